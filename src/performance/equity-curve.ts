// Figures of one equity curve: the strategy's and that of buying and holding. `null`: undefined.

import { pow } from '../core/exact-math.ts'
import { YEAR_MS } from './bars-per-year.ts'
import { drawdownFigures, type DrawdownFigures, type DrawdownSums } from './drawdown.ts'
import { finite, quotient } from './finite.ts'
import { returnFigures, type ReturnFigures } from './return-figures.ts'
import type { ReturnMoments } from './return-moments.ts'

export type CurveFigures = ReturnFigures &
  DrawdownFigures & {
    readonly totalReturn: number
    readonly totalReturnRatio: number
    /** Compound growth per year of 365.25 days between the first and the last bar. */
    readonly annualizedReturnRatio: number | null
    /** annualizedReturnRatio / maxDrawdownRatio. */
    readonly calmarRatio: number | null
  }

/** Whose curve it is; the timestamps of its points. */
export type Account = {
  readonly timestampMs: Float64Array
  readonly capital: number
  readonly barsPerYear: number | null
}

/** What a curve adds up to. */
export type CurveSums = {
  readonly last: number
  /** Of its returns; `null`: there are none. */
  readonly moments: ReturnMoments | null
  readonly drawdowns: DrawdownSums
}

/** @param trials how many strategies were tried to find this one */
export function curveFigures(curve: CurveSums, account: Account, trials = 1): CurveFigures {
  const growth = growthFigures(curve.last, account)
  const drawdown = drawdownFigures(curve.drawdowns, account.timestampMs)
  return {
    ...growth,
    ...returnFigures(curve.moments, account.barsPerYear, trials),
    ...drawdown,
    calmarRatio: quotient(growth.annualizedReturnRatio, drawdown.maxDrawdownRatio),
  }
}

function growthFigures(final: number, { timestampMs, capital }: Account) {
  const years = (timestampMs.at(-1)! - timestampMs[0]!) / YEAR_MS
  return {
    totalReturn: final - capital,
    totalReturnRatio: (final - capital) / capital,
    annualizedReturnRatio:
      years > 0 && final > 0 ? finite(pow(final / capital, 1 / years) - 1) : null,
  }
}
