// What a simulation that has reached its end amounts to: a pure function of its state.

import { invariant } from '../core/errors.ts'
import { filled } from '../core/snapshot.ts'
import { firstBarAtOrAfter } from '../data/bars.ts'
import { measureBarsPerYear } from '../performance/bars-per-year.ts'
import { holdingEquityOf } from '../performance/buy-and-hold.ts'
import { measurePerformance, type Benchmark, type Performance } from '../performance/performance.ts'
import { barsInPosition } from '../performance/trade-figures.ts'
import type { Side, Trade } from '../performance/trade.ts'
import { signedUnits } from './account.ts'
import { additionsIn, type Addition } from './addition-log.ts'
import { exitOf, proceedsOf } from './broker.ts'
import type { SimulationInputs } from './simulation-inputs.ts'
import type { Position, RejectedOrder, Rejection, SimulationState } from './simulation-state.ts'
import { logTrade, tradesIn } from './trade-log.ts'

/** Of what is still held at the last close. */
export type OpenPosition = {
  readonly symbol: string
  readonly side: Side
  readonly units: number
  readonly entryBar: number
  readonly entryTimeMs: number
  readonly entryPrice: number
  /** At the last close, after the costs of the entry and of holding, before those of an exit. */
  readonly unrealizedPnl: number
}

export type SimulationResult = {
  /** At the close of each step; the last point includes the cost of the forced close (W26). */
  readonly equity: Float64Array
  readonly finalEquity: number
  /** By the time of their exits. */
  readonly trades: readonly Trade[]
  /** Only where positions are left open at the end. */
  readonly openPositions: readonly OpenPosition[]
  readonly additions: readonly Addition[]
  readonly metrics: Performance
  /** Steps at whose close a position was held. */
  readonly barsInPosition: number
  readonly rejectedOrders: Readonly<Record<Rejection, number>>
  /** The first of them. */
  readonly rejections: readonly RejectedOrder[]
  /** Signals and orders that had no further bar. */
  readonly unfilledSignals: number
  readonly missingForecasts: number
  readonly invalidForecasts: number
}

/**
 * Open positions are closed at the last close, or left open, as the settings say.
 * @param trials how many strategies were tried to find this one
 */
export function finishSimulation(
  state: SimulationState,
  inputs: SimulationInputs,
  trials = 1,
): SimulationResult {
  const { instruments, timeline, settings } = inputs
  invariant(
    state.nextStep === timeline.length,
    `The simulation stands at step ${state.nextStep} of ${timeline.length}.`,
  )
  const held = heldAtEnd(state)
  let log = state.trades
  let equity = filled(state.equity)
  if (held.length > 0 && settings.leaveOpen !== true) {
    const closed = closeAll(state, held, inputs)
    log = closed.trades
    equity = equity.slice()
    equity[equity.length - 1] = closed.cash
  }
  const trades = tradesIn(log, instruments)
  const openPositions = settings.leaveOpen ? held.map((one) => openPosition(one, inputs)) : []
  const stepsHeld = stepsInPosition(inputs, trades, openPositions)
  const metrics = measurePerformance({
    equity,
    timestampMs: timeline.timestampMs,
    ...benchmarkOf(inputs),
    trades,
    barsInPosition: stepsHeld,
    capital: settings.capital,
    commission: settings.commission,
    slippage: settings.slippage,
    barsPerYear: measureBarsPerYear(timeline, 0, timeline.length),
    trials,
  })
  return {
    equity,
    finalEquity: equity.at(-1)!,
    trades,
    openPositions,
    additions: additionsIn(state.additions),
    metrics,
    barsInPosition: stepsHeld,
    rejectedOrders: { ...state.rejectedOrders },
    rejections: [...state.rejections],
    unfilledSignals: state.books.filter(({ order }) => order !== null).length,
    missingForecasts: state.missingForecasts,
    invalidForecasts: state.invalidForecasts,
  }
}

/** The same bars, bought and held; of several symbols equal shares of each. */
function benchmarkOf({ instruments, timeline, settings }: SimulationInputs): Benchmark {
  const held = instruments.map(({ bars, firstBar, endBar }) => ({
    timestampMs: bars.timestampMs.subarray(firstBar, endBar),
    closes: bars.close.subarray(firstBar, endBar),
  }))
  return held.length === 1
    ? { closes: held[0]!.closes }
    : { holding: holdingEquityOf(held, timeline.timestampMs, settings) }
}

type Held = { readonly index: number; readonly position: Position }

function heldAtEnd({ books }: SimulationState): Held[] {
  return books.flatMap(({ position }, index) => (position === null ? [] : [{ index, position }]))
}

/** The trades and the cash when all that is held is closed at the last close. */
function closeAll(state: SimulationState, held: readonly Held[], inputs: SimulationInputs) {
  const trades = { column: state.trades.column.slice(), length: state.trades.length }
  let { cash } = state
  for (const { index, position } of held) {
    const { bars, endBar } = inputs.instruments[index]!
    const bar = endBar - 1
    const fill = { bar, price: bars.close[bar]!, liquidity: 'taker' } as const
    const exited = exitOf(position, inputs, index, fill, 'end of data')
    logTrade(trades, index, position, exited)
    cash += proceedsOf(position, exited)
  }
  return { trades, cash }
}

function openPosition({ index, position }: Held, { instruments }: SimulationInputs): OpenPosition {
  const { symbol, bars, endBar } = instruments[index]!
  const { side, units, entryBar, entryPrice, entryCommission, financingCost } = position
  const gross = signedUnits(position) * (bars.close[endBar - 1]! - entryPrice)
  return {
    symbol,
    side,
    units,
    entryBar,
    entryTimeMs: bars.timestampMs[entryBar]!,
    entryPrice,
    unrealizedPnl: gross - entryCommission - financingCost,
  }
}

/** The positions of one instrument follow each other. */
function stepsOfOne(
  { instruments }: SimulationInputs,
  trades: readonly Trade[],
  openPositions: readonly OpenPosition[],
): number {
  const heldOpen = openPositions.map(({ entryBar }) => instruments[0]!.endBar - entryBar)
  return heldOpen.reduce((sum, bars) => sum + bars, barsInPosition(trades))
}

/** Steps at whose close at least one of the positions was held. */
function stepsInPosition(
  inputs: SimulationInputs,
  trades: readonly Trade[],
  openPositions: readonly OpenPosition[],
): number {
  const { instruments, timeline } = inputs
  if (timeline.lastBars === null) return stepsOfOne(inputs, trades, openPositions)
  const places = new Map(instruments.map((instrument, index) => [instrument.symbol, index]))
  const stepOf = (symbol: string, bar: number): number => {
    const index = places.get(symbol)!
    return firstBarAtOrAfter(timeline, instruments[index]!.bars.timestampMs[bar]!)
  }
  const changes = new Int32Array(timeline.length + 1)
  for (const { symbol, entryBar, exitBar, exitReason } of trades) {
    const isHeldIntoClose = exitReason === 'end of data'
    changes[stepOf(symbol, entryBar)]! += 1
    changes[stepOf(symbol, exitBar) + (isHeldIntoClose ? 1 : 0)]! -= 1
  }
  for (const { symbol, entryBar } of openPositions) changes[stepOf(symbol, entryBar)]! += 1
  let held = 0
  let steps = 0
  for (let step = 0; step < timeline.length; step++) {
    held += changes[step]!
    if (held > 0) steps++
  }
  return steps
}
