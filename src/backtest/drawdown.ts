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

export function drawdownFigures(
  equity: Float64Array,
  timestampMs: Float64Array,
  capital: number,
): DrawdownFigures {
  let peak = capital
  let peakBar = 0
  let maxDrawdownRatio = 0
  let maxDrawdown = 0
  let maxDrawdownRecoveryBars: number | null = null
  let maxDrawdownBars = 0
  let maxDrawdownMs = 0
  let drawdowns = 0
  let depths = 0
  let lengths = 0
  let squares = 0
  let bar = 0
  while (bar < equity.length) {
    if (equity[bar]! >= peak) {
      peak = equity[bar]!
      peakBar = bar++
      continue
    }
    let depth = 0
    let deepestBar = bar
    for (; bar < equity.length && equity[bar]! < peak; bar++) {
      const ratio = (peak - equity[bar]!) / peak
      squares += ratio * ratio
      if (ratio > depth) {
        depth = ratio
        deepestBar = bar
      }
    }
    const isRegained = bar < equity.length
    const endBar = isRegained ? bar : bar - 1
    if (depth > maxDrawdownRatio) {
      maxDrawdownRatio = depth
      maxDrawdown = peak - equity[deepestBar]!
      maxDrawdownRecoveryBars = isRegained ? bar - deepestBar : null
    }
    if (endBar - peakBar > maxDrawdownBars) {
      maxDrawdownBars = endBar - peakBar
      maxDrawdownMs = timestampMs[endBar]! - timestampMs[peakBar]!
    }
    drawdowns++
    depths += depth
    lengths += endBar - peakBar
  }
  return {
    maxDrawdownRatio,
    maxDrawdown,
    maxDrawdownRecoveryBars,
    maxDrawdownBars,
    maxDrawdownDays: maxDrawdownMs / DAY_MS,
    drawdowns,
    averageDrawdownRatio: drawdowns === 0 ? null : depths / drawdowns,
    averageDrawdownBars: drawdowns === 0 ? null : lengths / drawdowns,
    ulcerIndexRatio: Math.sqrt(squares / equity.length),
  }
}
