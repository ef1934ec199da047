// Figures of one equity curve: the strategy's and that of buying and holding.
//
// Returns are per bar, r_i = E_i / E_(i−1) − 1 between neighbouring points, summed in bar order in two passes
// (first the mean, then the spread about it), so that a figure has one bit pattern. `null`: undefined.

import { pow } from '../core/exact-math.ts'
import { YEAR_MS } from './bars-per-year.ts'

const DAY_MS = 86_400_000
/** A spread below this share of the mean is the rounding of equal returns. */
const ROUNDING = 1e-12

export type CurveFigures = {
  readonly totalReturn: number
  readonly totalReturnRatio: number
  /** Compound growth per year of 365.25 days between the first and the last bar. */
  readonly annualizedReturnRatio: number | null
  /** Standard deviation (ddof 1) of returns · √barsPerYear. */
  readonly volatilityRatio: number | null
  /** Mean / standard deviation (ddof 1) of returns · √barsPerYear; risk-free rate 0. */
  readonly sharpeRatio: number | null
  /** Mean / √(Σ min(r, 0)² / N) · √barsPerYear, N = all returns (Sortino & Price 1994, target 0). */
  readonly sortinoRatio: number | null
  /** Largest fall below the highest equity so far, as a share of it; the capital is the first peak. */
  readonly maxDrawdownRatio: number
  /** The money of that fall (W40). */
  readonly maxDrawdown: number
  /** Longest time below a peak: from the peak to the bar that regains it, or to the last bar. */
  readonly maxDrawdownBars: number
  /** The calendar days of that stretch. */
  readonly maxDrawdownDays: number
  /** annualizedReturnRatio / maxDrawdownRatio. */
  readonly calmarRatio: number | null
}

/** @param equity one point a bar, at least one */
export function curveFigures(
  equity: Float64Array,
  timestampMs: Float64Array,
  capital: number,
  barsPerYear: number | null,
): CurveFigures {
  const last = equity.length - 1
  const final = equity[last]!
  const years = (timestampMs[last]! - timestampMs[0]!) / YEAR_MS
  const annualizedReturnRatio =
    years > 0 && final > 0 ? finite(pow(final / capital, 1 / years) - 1) : null
  const drawdown = drawdownOf(equity, timestampMs, capital)
  return {
    totalReturn: final - capital,
    totalReturnRatio: (final - capital) / capital,
    annualizedReturnRatio,
    ...returnFigures(equity, barsPerYear),
    ...drawdown,
    calmarRatio:
      annualizedReturnRatio === null || drawdown.maxDrawdownRatio === 0
        ? null
        : finite(annualizedReturnRatio / drawdown.maxDrawdownRatio),
  }
}

/** Undefined for fewer than two returns, and once the equity has been lost. */
function returnFigures(equity: Float64Array, barsPerYear: number | null) {
  const undefinedFigures = { volatilityRatio: null, sharpeRatio: null, sortinoRatio: null }
  const count = equity.length - 1
  if (count < 2 || barsPerYear === null) return undefinedFigures
  let sum = 0
  for (let i = 1; i <= count; i++) {
    if (equity[i - 1]! <= 0) return undefinedFigures
    sum += equity[i]! / equity[i - 1]! - 1
  }
  const mean = sum / count
  let squares = 0
  let downsideSquares = 0
  for (let i = 1; i <= count; i++) {
    const value = equity[i]! / equity[i - 1]! - 1
    squares += (value - mean) * (value - mean)
    if (value < 0) downsideSquares += value * value
  }
  const spread = Math.sqrt(squares / (count - 1))
  const downside = Math.sqrt(downsideSquares / count)
  const yearly = Math.sqrt(barsPerYear)
  return {
    volatilityRatio: spread * yearly,
    sharpeRatio: perRisk(mean, spread, yearly),
    sortinoRatio: perRisk(mean, downside, yearly),
  }
}

function perRisk(mean: number, risk: number, yearly: number): number | null {
  return risk > ROUNDING * Math.abs(mean) ? finite((mean / risk) * yearly) : null
}

function drawdownOf(equity: Float64Array, timestampMs: Float64Array, capital: number) {
  let peak = capital
  let peakBar = 0
  let maxDrawdownRatio = 0
  let maxDrawdown = 0
  let maxDrawdownBars = 0
  let maxDrawdownMs = 0
  let isBelow = false
  for (let bar = 0; bar < equity.length; bar++) {
    const value = equity[bar]!
    const wasBelow = isBelow
    isBelow = value < peak
    if (isBelow && (peak - value) / peak > maxDrawdownRatio) {
      maxDrawdownRatio = (peak - value) / peak
      maxDrawdown = peak - value
    }
    if ((isBelow || wasBelow) && bar - peakBar > maxDrawdownBars) {
      maxDrawdownBars = bar - peakBar
      maxDrawdownMs = timestampMs[bar]! - timestampMs[peakBar]!
    }
    if (!isBelow) {
      peak = value
      peakBar = bar
    }
  }
  return { maxDrawdownRatio, maxDrawdown, maxDrawdownBars, maxDrawdownDays: maxDrawdownMs / DAY_MS }
}

/** An undefined figure, or one too large to mean anything, is `null`. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
