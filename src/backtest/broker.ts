// Fills market orders and settles trades (ktrdr §7.4). A fill is at a reference price plus slippage, always
// against us, and pays its commission at once, shorts too (W39). An opposite order closes, it never reverses.

import type { Bars } from '../data/bars.ts'
import type { SimulationSettings } from './simulation-settings.ts'
import type {
  ExitReason,
  Order,
  Position,
  Rejection,
  SimulationState,
  Trade,
} from './simulation-state.ts'

/** More than the rounding of one sizing and one fill: an all-in purchase never overdraws the cash. */
const ROUNDING_ROOM = 1 - 4 * Number.EPSILON

/** Fills the waiting order, or counts why it could not be, at the open of `bar`. */
export function fillOrder(
  state: SimulationState,
  order: Order,
  bars: Bars,
  bar: number,
  settings: SimulationSettings,
): void {
  state.order = null
  const price = bars.open[bar]!
  const { position } = state
  if (position === null) {
    const opened = openPosition(order, price, bar, state.cash, settings)
    if (typeof opened === 'string') {
      state.rejectedOrders[opened]++
      return
    }
    state.position = opened
    state.cash -= signedUnits(opened) * opened.entryPrice + opened.entryCommission
  } else {
    if ((order.signal === 'BUY') === (position.side === 'LONG')) {
      state.rejectedOrders.alreadyInPosition++
      return
    }
    const { trade, proceeds } = settle(position, price, bars, bar, 'signal', settings)
    state.trades.push(trade)
    state.position = null
    state.cash += proceeds
  }
  state.lastFillBar = bar
}

/** Negative for a short: the position is worth `signedUnits · price`. */
export function signedUnits(position: Position): number {
  return position.side === 'LONG' ? position.units : -position.units
}

/** A new position at `price` before slippage; flat, the equity is the cash. */
function openPosition(
  order: Order,
  price: number,
  bar: number,
  equity: number,
  settings: SimulationSettings,
): Position | Rejection {
  if (equity <= 0) return 'noEquity'
  const entryPrice = slippedPrice(order.signal === 'BUY', price, settings)
  const spendable = equity / (1 + settings.commission)
  const wanted = (settings.positionSize * spendable) / price
  const affordable = (ROUNDING_ROOM * spendable) / entryPrice
  const exact = Math.min(wanted, affordable)
  const units = settings.wholeUnits ? Math.floor(exact) : exact
  if (units === 0) return 'zeroSize'
  return {
    side: order.signal === 'BUY' ? 'LONG' : 'SHORT',
    units,
    entryBar: bar,
    entryPrice,
    entryCommission: entryPrice * units * settings.commission,
    entrySlippageCost: Math.abs(entryPrice - price) * units,
    confidence: order.confidence,
    maxFavorableExcursion: 0,
    maxAdverseExcursion: 0,
  }
}

/** Closes `position` at `price` before slippage: the finished trade, and what the cash gains. */
export function settle(
  position: Position,
  price: number,
  bars: Bars,
  bar: number,
  exitReason: ExitReason,
  settings: SimulationSettings,
): { readonly trade: Trade; readonly proceeds: number } {
  const { side, units, entryBar, entryPrice } = position
  const exitPrice = slippedPrice(side === 'SHORT', price, settings)
  const exitCommission = exitPrice * units * settings.commission
  const grossPnl = (side === 'LONG' ? exitPrice - entryPrice : entryPrice - exitPrice) * units
  const commission = position.entryCommission + exitCommission
  const netPnl = grossPnl - commission
  const trade: Trade = {
    side,
    units,
    entryBar,
    entryTimeMs: bars.timestampMs[entryBar]!,
    entryPrice,
    exitBar: bar,
    exitTimeMs: bars.timestampMs[bar]!,
    exitPrice,
    exitReason,
    confidence: position.confidence,
    grossPnl,
    commission,
    slippageCost: position.entrySlippageCost + Math.abs(exitPrice - price) * units,
    netPnl,
    returnRatio: netPnl / (entryPrice * units),
    holdingBars: bar - entryBar,
    holdingMs: bars.timestampMs[bar]! - bars.timestampMs[entryBar]!,
    maxFavorableExcursion: position.maxFavorableExcursion,
    maxAdverseExcursion: position.maxAdverseExcursion,
  }
  return { trade, proceeds: signedUnits(position) * exitPrice - exitCommission }
}

function slippedPrice(buys: boolean, price: number, settings: SimulationSettings): number {
  return price * (buys ? 1 + settings.slippage : 1 - settings.slippage)
}
