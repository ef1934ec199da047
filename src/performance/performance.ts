// The metrics of a backtest: a pure function of its equity, its trades and the closes. `null` marks what is
// undefined; NaN and Infinity do not leave this file. The definitions stand beside the fields, in
// equity-curve.ts, trade-figures.ts and what they import.

import { YEAR_MS } from './bars-per-year.ts'
import { holdingFigures, holdingPoints, type BuyAndHold } from './buy-and-hold.ts'
import { calendarReturns, type CalendarReturns } from './calendar-returns.ts'
import { passOver, type Points } from './curve-pass.ts'
import { entryTimes, type EntryTimes } from './entry-times.ts'
import { curveFigures, type CurveFigures, type CurveSums } from './equity-curve.ts'
import { exitReasons, type ExitReasons } from './exit-reasons.ts'
import { finite } from './finite.ts'
import { relativeFigures, type RelativeFigures } from './relative-figures.ts'
import type { Trade } from './trade.ts'
import { tailRisk, type TailRisk } from './tail-risk.ts'
import { barsInPosition, tradedValue, tradeFigures, type TradeFigures } from './trade-figures.ts'

export type PerformanceInputs = {
  /** One point a bar, at its close; at least one. */
  readonly equity: Float64Array
  /** Of the same bars. */
  readonly timestampMs: Float64Array
  readonly trades: readonly Trade[]
  readonly capital: number
  /** Shares, per side. */
  readonly commission: number
  readonly slippage: number
  readonly barsPerYear: number | null
  /** How many strategies were tried to find this one, for the deflated Sharpe ratio; 1 by default. */
  readonly trials?: number
  /** Bars at whose close a position was held; absent: those of the trades, which do not overlap. */
  readonly barsInPosition?: number
} & Benchmark

/** What is bought and held: an instrument by its closes, or an account of several by its equity (holdingEquityOf). */
export type Benchmark = { readonly closes: Float64Array } | { readonly holding: Float64Array }

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
    /** All the capital in at the first close and out at the last, at the same costs; several symbols in equal shares. */
    readonly buyAndHold: BuyAndHold
    /** The figures of the trades of one side only. */
    readonly long: TradeFigures
    readonly short: TradeFigures
  } & CalendarReturns &
  EntryTimes &
  ExitReasons

export function measurePerformance(inputs: PerformanceInputs): Performance {
  const { equity, timestampMs, trades, capital, barsPerYear, trials } = inputs
  const { own, lowest, holding, moments } = passOver(equity, benchmarkPoints(inputs), capital)
  const ofTrades = tradeFigures(trades)
  return {
    ...curveFigures(own, inputs, trials),
    ...tailRisk(lowest, equity),
    ...relativeFigures(moments, barsPerYear),
    ...ofTrades,
    barsPerYear,
    exposureRatio: (inputs.barsInPosition ?? barsInPosition(trades)) / equity.length,
    annualizedTurnoverRatio: annualizedTurnover(inputs, own),
    costsRatio: ofTrades.costsPaid / capital,
    buyAndHold: holdingFigures(curveFigures(holding, inputs)),
    long: tradeFigures(trades.filter(({ side }) => side === 'LONG')),
    short: tradeFigures(trades.filter(({ side }) => side === 'SHORT')),
    ...calendarReturns(equity, timestampMs, capital),
    ...entryTimes(trades),
    ...exitReasons(trades),
  }
}

function benchmarkPoints(inputs: PerformanceInputs): Points {
  if ('closes' in inputs) return holdingPoints(inputs.closes, inputs)
  return (from, to) => inputs.holding.subarray(from, to)
}

function annualizedTurnover(
  { equity, timestampMs, trades }: PerformanceInputs,
  { moments, last }: CurveSums,
): number | null {
  const years = (timestampMs.at(-1)! - timestampMs[0]!) / YEAR_MS
  const meanEquity = ((moments?.points ?? 0) + last) / equity.length
  return years > 0 && meanEquity > 0 ? finite(tradedValue(trades) / meanEquity / years) : null
}
