// Figures of one equity curve: the strategy's and that of buying and holding. `null`: undefined.

import { pow } from '../core/exact-math.ts'
import { barReturns } from './bar-returns.ts'
import { YEAR_MS } from './bars-per-year.ts'
import { drawdownFigures, type DrawdownFigures } from './drawdown.ts'
import { finite, quotient } from './finite.ts'
import { returnFigures, type ReturnFigures } from './return-figures.ts'

export type CurveFigures = ReturnFigures &
  DrawdownFigures & {
    readonly totalReturn: number
    readonly totalReturnRatio: number
    /** Compound growth per year of 365.25 days between the first and the last bar. */
    readonly annualizedReturnRatio: number | null
    /** annualizedReturnRatio / maxDrawdownRatio. */
    readonly calmarRatio: number | null
  }

/** Of one account: a point a bar, at its close; at least one. */
export type Curve = {
  readonly equity: Float64Array
  /** Between its points; `null` where there are none (bar-returns.ts). */
  readonly returns: Float64Array | null
  readonly timestampMs: Float64Array
  readonly capital: number
  readonly barsPerYear: number | null
}

export function curveOf(
  equity: Float64Array,
  { timestampMs, capital, barsPerYear }: Omit<Curve, 'equity' | 'returns'>,
): Curve {
  return { equity, returns: barReturns(equity), timestampMs, capital, barsPerYear }
}

/** @param trials how many strategies were tried to find this one */
export function curveFigures(curve: Curve, trials = 1): CurveFigures {
  const { equity, returns, timestampMs, capital, barsPerYear } = curve
  const growth = growthFigures(curve)
  const drawdown = drawdownFigures(equity, timestampMs, capital)
  return {
    ...growth,
    ...returnFigures(returns, barsPerYear, trials),
    ...drawdown,
    calmarRatio: quotient(growth.annualizedReturnRatio, drawdown.maxDrawdownRatio),
  }
}

function growthFigures({ equity, timestampMs, capital }: Curve) {
  const last = equity.length - 1
  const final = equity[last]!
  const years = (timestampMs[last]! - timestampMs[0]!) / YEAR_MS
  return {
    totalReturn: final - capital,
    totalReturnRatio: (final - capital) / capital,
    annualizedReturnRatio:
      years > 0 && final > 0 ? finite(pow(final / capital, 1 / years) - 1) : null,
  }
}
