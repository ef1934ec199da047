// The bar loop of a backtest. On each bar: fill the order of the bar before at the open, mark to market at
// the close, decide on the close; the decision becomes an order for the next open. A decision therefore
// never sees what it trades on, and one on the last bar is never filled.
//
// `simulate` changes nothing but `state` and returns exactly at `until`, so that every bar is a safe point.
// Prices are finite and positive (data/check-bars). There is no margin: a short may lose more than the capital.

import { invariant } from '../core/errors.ts'
import { appendTo, emptyColumn, filled } from '../core/snapshot.ts'
import type { Bars } from '../data/bars.ts'
import { measureBarsPerYear } from './bars-per-year.ts'
import { fillOrder, settle, signedUnits } from './broker.ts'
import { confidenceOf, mayFollow, readForecast, signalTowards } from './decide.ts'
import { measurePerformance, type Performance } from './performance.ts'
import type { SimulationSettings } from './simulation-settings.ts'
import type { Position, Rejection, SimulationState, Trade } from './simulation-state.ts'
import { barsInPosition } from './trade-figures.ts'

/** Part of the fingerprint: it changes whenever a figure of a simulation would. */
export const ARITHMETIC = 'simulate-v1'

export type SimulationInputs = {
  /** Whole, warm-up included. */
  readonly bars: Bars
  readonly firstBar: number
  /** Exclusive. */
  readonly endBar: number
  /** Probabilities of BUY, HOLD, SELL, one expected return, or one target position; `null`: none, which holds. */
  readonly forecastAt: (bar: number) => Float32Array | null
  readonly settings: SimulationSettings
}

export type SimulationResult = {
  readonly firstBar: number
  /** At the close of each bar from `firstBar`; the last point includes the cost of the forced close (W26). */
  readonly equity: Float64Array
  readonly finalEquity: number
  readonly trades: readonly Trade[]
  readonly metrics: Performance
  /** Bars at whose close a position was held. */
  readonly barsInPosition: number
  readonly rejectedOrders: Readonly<Record<Rejection, number>>
  /** 1 when the last bar gave a signal, which had no next open. */
  readonly unfilledSignals: number
  readonly missingForecasts: number
  readonly invalidForecasts: number
}

export function beginSimulation(inputs: SimulationInputs): SimulationState {
  const { bars, firstBar, endBar, settings } = inputs
  invariant(
    0 <= firstBar && firstBar < endBar && endBar <= bars.length,
    `A simulation of bars ${firstBar} to ${endBar} does not fit ${bars.length} bars.`,
  )
  invariant(settings.capital > 0, `A capital of ${settings.capital} cannot trade.`)
  invariant(
    settings.commission >= 0 && settings.slippage >= 0 && settings.slippage < 1,
    `Commission ${settings.commission} and slippage ${settings.slippage} are not shares.`,
  )
  invariant(
    settings.positionSize > 0 && settings.positionSize <= 1,
    `A position size of ${settings.positionSize} is not a share of the equity.`,
  )
  return {
    nextBar: firstBar,
    cash: settings.capital,
    position: null,
    order: null,
    lastFillBar: null,
    trades: [],
    equity: emptyColumn(endBar - firstBar),
    rejectedOrders: { zeroSize: 0, noEquity: 0, alreadyInPosition: 0 },
    missingForecasts: 0,
    invalidForecasts: 0,
  }
}

/** Processes the bars from `state.nextBar` up to, not including, `until` (at most `endBar`). */
export function simulate(state: SimulationState, inputs: SimulationInputs, until: number): void {
  const { bars, forecastAt, settings } = inputs
  const end = Math.min(until, inputs.endBar)
  for (let bar = state.nextBar; bar < end; bar++) {
    const forecast = forecastAt(bar) // first: if it throws, the state is still at the bar before
    if (state.order !== null) fillOrder(state, state.order, bars, bar, settings)
    markToMarket(state, bars.close[bar]!)
    if (forecast === null) state.missingForecasts++
    else orderOn(state, inputs, bar, forecast)
    state.nextBar = bar + 1
  }
}

/**
 * The result of a simulation that has reached `endBar`; an open position is closed at the last close.
 * @param barsPerYear for annualising; measured from the timestamps unless given (C7)
 */
export function finishSimulation(
  state: SimulationState,
  inputs: SimulationInputs,
  barsPerYear: number | null = measureBarsPerYear(inputs.bars, inputs.firstBar, inputs.endBar),
): SimulationResult {
  const { bars, firstBar, endBar, settings } = inputs
  invariant(state.nextBar === endBar, `The simulation stands at bar ${state.nextBar} of ${endBar}.`)
  const last = endBar - 1
  const equity = filled(state.equity).slice()
  const trades = [...state.trades]
  if (state.position !== null) {
    const price = bars.close[last]!
    const { trade, proceeds } = settle(state.position, price, bars, last, 'end of data', settings)
    trades.push(trade)
    equity[equity.length - 1] = state.cash + proceeds
  }
  const metrics = measurePerformance({
    equity,
    timestampMs: bars.timestampMs.subarray(firstBar, endBar),
    closes: bars.close.subarray(firstBar, endBar),
    trades,
    capital: settings.capital,
    commission: settings.commission,
    slippage: settings.slippage,
    barsPerYear,
  })
  return {
    firstBar,
    equity,
    finalEquity: equity.at(-1)!,
    trades,
    metrics,
    barsInPosition: barsInPosition(trades),
    rejectedOrders: { ...state.rejectedOrders },
    unfilledSignals: state.order === null ? 0 : 1,
    missingForecasts: state.missingForecasts,
    invalidForecasts: state.invalidForecasts,
  }
}

function markToMarket(state: SimulationState, close: number): void {
  const { cash, position } = state
  if (position === null) {
    appendTo(state.equity, cash)
    return
  }
  noteExcursion(position, close)
  appendTo(state.equity, cash + signedUnits(position) * close)
}

function noteExcursion(position: Position, close: number): void {
  const { side, units, entryPrice } = position
  const pnl = (side === 'LONG' ? close - entryPrice : entryPrice - close) * units
  if (pnl > position.maxFavorableExcursion) position.maxFavorableExcursion = pnl
  if (pnl < position.maxAdverseExcursion) position.maxAdverseExcursion = pnl
}

/** Turns the forecast made at the close of `bar` into an order, if it is one and the rules allow it. */
function orderOn(
  state: SimulationState,
  inputs: SimulationInputs,
  bar: number,
  forecast: Float32Array,
): void {
  const { decisions } = inputs.settings
  const side = state.position === null ? null : state.position.side
  const signal =
    decisions.outputFormat === 'position'
      ? signalTowards(forecast[0]!, side)
      : readForecast(forecast, decisions)
  if (signal === null) state.invalidForecasts++
  if (signal === null || signal === 'HOLD') return
  if (!mayFollow(signal, side, sinceFill(state, inputs.bars, bar), decisions)) return
  state.order = { signal, confidence: confidenceOf(forecast, signal, decisions) }
}

const HOUR_MS = 3_600_000

function sinceFill(state: SimulationState, bars: Bars, bar: number) {
  const fill = state.lastFillBar
  if (fill === null) return null
  return { bars: bar - fill, hours: (bars.timestampMs[bar]! - bars.timestampMs[fill]!) / HOUR_MS }
}
