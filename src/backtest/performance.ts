// The metrics of a backtest: a pure function of its equity, its trades and the closes. `null` marks what is
// undefined; NaN and Infinity do not leave this file. The definitions stand beside the fields, in
// equity-curve.ts and trade-figures.ts.

import { curveFigures, type CurveFigures } from './equity-curve.ts'
import type { Trade } from './simulation-state.ts'
import { barsInPosition, tradeFigures, type TradeFigures } from './trade-figures.ts'

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
}

export type BuyAndHold = Pick<
  CurveFigures,
  | 'totalReturnRatio'
  | 'annualizedReturnRatio'
  | 'volatilityRatio'
  | 'sharpeRatio'
  | 'maxDrawdownRatio'
>

export type Performance = CurveFigures &
  TradeFigures & {
    /** Used for annualising. */
    readonly barsPerYear: number | null
    /** Bars at whose close a position was held, as a share of all bars. */
    readonly exposureRatio: number
    /** `costsPaid` as a share of the capital. */
    readonly costsRatio: number
    /** All the capital in at the first close and out at the last, at the same costs. */
    readonly buyAndHold: BuyAndHold
  }

export function measurePerformance(inputs: PerformanceInputs): Performance {
  const { equity, timestampMs, trades, capital, barsPerYear } = inputs
  const ofTrades = tradeFigures(trades)
  return {
    ...curveFigures(equity, timestampMs, capital, barsPerYear),
    ...ofTrades,
    barsPerYear,
    exposureRatio: barsInPosition(trades) / equity.length,
    costsRatio: ofTrades.costsPaid / capital,
    buyAndHold: measureBuyAndHold(inputs),
  }
}

function measureBuyAndHold(inputs: PerformanceInputs): BuyAndHold {
  const { closes, timestampMs, capital, commission, slippage, barsPerYear } = inputs
  const last = closes.length - 1
  const units = capital / (closes[0]! * (1 + slippage) * (1 + commission))
  const equity = new Float64Array(closes.length)
  for (let i = 0; i < last; i++) equity[i] = units * closes[i]!
  equity[last] = units * closes[last]! * (1 - slippage) * (1 - commission)
  const figures = curveFigures(equity, timestampMs, capital, barsPerYear)
  return {
    totalReturnRatio: figures.totalReturnRatio,
    annualizedReturnRatio: figures.annualizedReturnRatio,
    volatilityRatio: figures.volatilityRatio,
    sharpeRatio: figures.sharpeRatio,
    maxDrawdownRatio: figures.maxDrawdownRatio,
  }
}
