// How far and how long an equity lies below its highest point so far, at first the capital. A drawdown lasts from
// a peak to the bar that regains it, or to the last bar.

const DAY_MS = 86_400_000

export type DrawdownFigures = {
  /** Largest fall below the highest equity so far, as a share of it; the capital is the first peak. */
  readonly maxDrawdownRatio: number
  /** The money of that fall (W40). */
  readonly maxDrawdown: number
  /** From the lowest point of that fall to the bar that regains the peak; `null` when none does. */
  readonly maxDrawdownRecoveryBars: number | null
  /** Longest time below a peak: from the peak to the bar that regains it, or to the last bar. */
  readonly maxDrawdownBars: number
  /** The calendar days of that stretch. */
  readonly maxDrawdownDays: number
  readonly drawdowns: number
  /** Mean of the deepest points and of the lengths of all drawdowns. */
  readonly averageDrawdownRatio: number | null
  readonly averageDrawdownBars: number | null
  /** √(mean of the squared drawdowns at all closes) (Martin & McCann 1989). */
  readonly ulcerIndexRatio: number
}

export type Drawdown = {
  readonly peak: number
  /** The bar of the peak; −1 when it is the capital, before the first bar. */
  readonly peakBar: number
  readonly deepestBar: number
  /** The bar that regains the peak; null = not yet. */
  readonly recoveredBar: number | null
}

/** All of them, in order. */
export function drawdownsOf(equity: Float64Array, capital: number): Drawdown[] {
  const drawdowns: Drawdown[] = []
  let peak = capital
  let peakBar = -1
  let bar = 0
  while (bar < equity.length) {
    if (equity[bar]! >= peak) {
      peak = equity[bar]!
      peakBar = bar++
      continue
    }
    let deepestBar = bar
    for (; bar < equity.length && equity[bar]! < peak; bar++)
      if (equity[bar]! < equity[deepestBar]!) deepestBar = bar
    drawdowns.push({ peak, peakBar, deepestBar, recoveredBar: bar < equity.length ? bar : null })
  }
  return drawdowns
}

export function drawdownFigures(
  equity: Float64Array,
  timestampMs: Float64Array,
  capital: number,
): DrawdownFigures {
  const drawdowns = drawdownsOf(equity, capital)
  let maxDrawdownRatio = 0
  let maxDrawdown = 0
  let maxDrawdownRecoveryBars: number | null = null
  let maxDrawdownBars = 0
  let maxDrawdownMs = 0
  let depths = 0
  let lengths = 0
  let squares = 0
  for (const { peak, peakBar, deepestBar, recoveredBar } of drawdowns) {
    const fromBar = Math.max(peakBar, 0)
    const endBar = recoveredBar ?? equity.length - 1
    const depth = (peak - equity[deepestBar]!) / peak
    if (depth > maxDrawdownRatio) {
      maxDrawdownRatio = depth
      maxDrawdown = peak - equity[deepestBar]!
      maxDrawdownRecoveryBars = recoveredBar === null ? null : recoveredBar - deepestBar
    }
    if (endBar - fromBar > maxDrawdownBars) {
      maxDrawdownBars = endBar - fromBar
      maxDrawdownMs = timestampMs[endBar]! - timestampMs[fromBar]!
    }
    depths += depth
    lengths += endBar - fromBar
    for (let bar = peakBar + 1; bar < (recoveredBar ?? equity.length); bar++) {
      const ratio = (peak - equity[bar]!) / peak
      squares += ratio * ratio
    }
  }
  const count = drawdowns.length
  return {
    maxDrawdownRatio,
    maxDrawdown,
    maxDrawdownRecoveryBars,
    maxDrawdownBars,
    maxDrawdownDays: maxDrawdownMs / DAY_MS,
    drawdowns: count,
    averageDrawdownRatio: count === 0 ? null : depths / count,
    averageDrawdownBars: count === 0 ? null : lengths / count,
    ulcerIndexRatio: Math.sqrt(squares / equity.length),
  }
}
