// The first layout of a simulation's state, of one instrument that is traded at market: read so that backtests which were
// begun with it go on to the same bytes.

import { emptyColumn, type Column } from '../core/snapshot.ts'
import { column, fields, listOf, number, oneOf, orNull } from '../core/state-fields.ts'
import { SIDES, type Trade } from '../performance/trade.ts'
import { noRejections, type Book, type Position, type SimulationState } from './simulation-state.ts'
import { logTrade } from './trade-log.ts'

type Position1 = Omit<
  Position,
  | 'entries'
  | 'financingCost'
  | 'stopLoss'
  | 'takeProfit'
  | 'trailingStop'
  | 'trailingDistance'
  | 'bestPrice'
>

type Trade1 = Omit<Trade, 'symbol' | 'entries' | 'financingCost'>

type State1 = {
  readonly nextBar: number
  readonly cash: number
  readonly position: Position1 | null
  readonly order: { readonly signal: 'BUY' | 'SELL'; readonly confidence: number } | null
  readonly lastFillBar: number | null
  readonly trades: readonly Trade1[]
  readonly equity: Column
  readonly rejectedOrders: {
    readonly zeroSize: number
    readonly noEquity: number
    readonly alreadyInPosition: number
  }
  readonly missingForecasts: number
  readonly invalidForecasts: number
}

const state1 = fields<State1>({
  nextBar: number,
  cash: number,
  position: orNull(
    fields<Position1>({
      side: oneOf(SIDES),
      units: number,
      entryBar: number,
      entryPrice: number,
      entryCommission: number,
      entrySlippageCost: number,
      confidence: number,
      maxFavorableExcursion: number,
      maxAdverseExcursion: number,
    }),
  ),
  order: orNull(fields({ signal: oneOf(['BUY', 'SELL']), confidence: number })),
  lastFillBar: orNull(number),
  trades: listOf(
    fields<Trade1>({
      side: oneOf(SIDES),
      units: number,
      entryBar: number,
      entryTimeMs: number,
      entryPrice: number,
      exitBar: number,
      exitTimeMs: number,
      exitPrice: number,
      exitReason: oneOf(['signal', 'end of data']),
      confidence: number,
      grossPnl: number,
      commission: number,
      slippageCost: number,
      netPnl: number,
      returnRatio: number,
      holdingBars: number,
      holdingMs: number,
      maxFavorableExcursion: number,
      maxAdverseExcursion: number,
    }),
  ),
  equity: column,
  rejectedOrders: fields({ zeroSize: number, noEquity: number, alreadyInPosition: number }),
  missingForecasts: number,
  invalidForecasts: number,
})

/**
 * @param firstBar of the simulation
 * @throws CHECKPOINT_CORRUPT naming the field that is missing, unknown or of another kind
 */
export function decodeSimulationState1(encoded: object, firstBar: number): SimulationState {
  const { nextBar, cash, trades, equity, rejectedOrders, ...old } = state1(encoded, '')
  return {
    nextStep: nextBar - firstBar,
    cash,
    books: [bookOf(old, nextBar)],
    trades: logOf(trades),
    additions: emptyColumn(),
    equity,
    rejectedOrders: { ...noRejections(), ...rejectedOrders },
    rejections: [],
    missingForecasts: old.missingForecasts,
    invalidForecasts: old.invalidForecasts,
  }
}

function logOf(trades: readonly Trade1[]): Column {
  const log = emptyColumn()
  for (const { exitBar, exitPrice, exitReason, commission, slippageCost, ...trade } of trades) {
    const entered = { ...trade, ...NOTHING_SINCE, entryCommission: commission }
    const position = { ...entered, entrySlippageCost: slippageCost, bestPrice: trade.entryPrice }
    const exit = { bar: exitBar, price: exitPrice, commission: 0, slippageCost: 0 }
    logTrade(log, 0, position, { ...exit, reason: exitReason })
  }
  return log
}

/** What a position had none of. */
const NOTHING_SINCE = {
  entries: 1,
  financingCost: 0,
  stopLoss: null,
  takeProfit: null,
  trailingStop: null,
  trailingDistance: null,
} as const

/** An order closed the position that it was against, and otherwise entered. */
function bookOf(
  { position, order, lastFillBar }: Pick<State1, 'position' | 'order' | 'lastFillBar'>,
  nextBar: number,
): Book {
  const side = order?.signal === 'BUY' ? 'LONG' : 'SHORT'
  const closes = position !== null && position.side !== side
  return {
    position: position && {
      ...position,
      ...NOTHING_SINCE,
      bestPrice: position.entryPrice,
    },
    order: order && {
      closes,
      side: closes ? null : side,
      confidence: order.confidence,
      bar: nextBar - 1,
      stopPrice: null,
      limitPrice: null,
    },
    lastFillBar,
  }
}
