// The metrics of a backtest: a pure function of its equity, its trades and the closes. `null` marks what is
// undefined; NaN and Infinity do not leave this file. The definitions stand beside the fields, in
// equity-curve.ts, trade-figures.ts and what they import.

import { YEAR_MS } from './bars-per-year.ts'
import {
  holdingEquity,
  holdingFigures,
  relativeFigures,
  type BuyAndHold,
  type RelativeFigures,
} from './buy-and-hold.ts'
import { calendarReturns, type CalendarReturns } from './calendar-returns.ts'
import { entryTimes, type EntryTimes } from './entry-times.ts'
import { curveFigures, curveOf, type CurveFigures } from './equity-curve.ts'
import { finite } from './finite.ts'
import type { Trade } from './simulation-state.ts'
import { tailRisk, type TailRisk } from './tail-risk.ts'
import { barsInPosition, tradedValue, tradeFigures, type TradeFigures } from './trade-figures.ts'

export type PerformanceInputs = {
  /** One point a bar, at its close; at least one. */
  readonly equity: Float64Array
  /** Of the same bars. */
  readonly timestampMs: Float64Array
  readonly closes: Float64Array
  readonly trades: readonly Trade[]
  readonly capital: number
  /** Shares, per side. */
  readonly commission: number
  readonly slippage: number
  readonly barsPerYear: number | null
  /** How many strategies were tried to find this one, for the deflated Sharpe ratio; 1 by default. */
  readonly trials?: number
}

export type Performance = CurveFigures &
  TailRisk &
  RelativeFigures &
  TradeFigures & {
    /** Used for annualising. */
    readonly barsPerYear: number | null
    /** Bars at whose close a position was held, as a share of all bars. */
    readonly exposureRatio: number
    /** Value of all fills, entries and exits, a year, over the mean equity. */
    readonly annualizedTurnoverRatio: number | null
    /** `costsPaid` as a share of the capital. */
    readonly costsRatio: number
    /** All the capital in at the first close and out at the last, at the same costs. */
    readonly buyAndHold: BuyAndHold
    /** The figures of the trades of one side only. */
    readonly long: TradeFigures
    readonly short: TradeFigures
  } & CalendarReturns &
  EntryTimes

export function measurePerformance(inputs: PerformanceInputs): Performance {
  const { equity, timestampMs, closes, trades, capital, barsPerYear, trials } = inputs
  const curve = curveOf(equity, inputs)
  const holding = curveOf(holdingEquity(closes, inputs), inputs)
  const ofTrades = tradeFigures(trades)
  return {
    ...curveFigures(curve, trials),
    ...tailRisk(curve),
    ...relativeFigures(curve, holding),
    ...ofTrades,
    barsPerYear,
    exposureRatio: barsInPosition(trades) / equity.length,
    annualizedTurnoverRatio: annualizedTurnover(inputs),
    costsRatio: ofTrades.costsPaid / capital,
    buyAndHold: holdingFigures(holding),
    long: tradeFigures(trades.filter(({ side }) => side === 'LONG')),
    short: tradeFigures(trades.filter(({ side }) => side === 'SHORT')),
    ...calendarReturns(equity, timestampMs, capital),
    ...entryTimes(trades),
  }
}

function annualizedTurnover({ equity, timestampMs, trades }: PerformanceInputs): number | null {
  const years = (timestampMs.at(-1)! - timestampMs[0]!) / YEAR_MS
  let sum = 0
  for (let bar = 0; bar < equity.length; bar++) sum += equity[bar]!
  const meanEquity = sum / equity.length
  return years > 0 && meanEquity > 0 ? finite(tradedValue(trades) / meanEquity / years) : null
}
