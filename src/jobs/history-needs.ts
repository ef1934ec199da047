// How much history a feature needs: what it says of a bar when the data begin some bars before it, beside what it says
// with all the history there is. An exponential average forgets its beginning slowly, a running sum never. freqtrade
// calls it recursive analysis.

import { baseBars, closesMs, type Market } from '../features/market.ts'
import type { AnalysedColumn, ColumnKind, ComputeColumns } from './find-lookahead.ts'
import { marketFrom, marketKnownAt } from './market-views.ts'

/** A change that no strategy notices, and one that is rounding. */
const SETTLED = { practically: 1e-3, exactly: 1e-9 } as const

export type HistoryNeed = {
  readonly kind: ColumnKind
  readonly name: string
  readonly changes: readonly HistoryChange[]
  /**
   * Bars of history from which on no sampled bar changes by 0.1 % or more, and by 1e-9; null = more than could be tried.
   */
  readonly practically: number | null
  readonly exactly: number | null
}

export type HistoryChange = {
  /** Bars there are, the sampled one included. */
  readonly bars: number
  /** The largest among the samples, as a share of the largest value of the feature; null = too few bars for a value. */
  readonly ratio: number | null
}

/**
 * The needs of each column that is known at its own bar. A sampled bar is judged with up to half of the bars before it: with
 * more, what it is held beside would be no better settled.
 * @param samples bars of the base timeframe
 */
export function historyNeeds(
  market: Market,
  compute: ComputeColumns,
  samples: readonly number[],
): HistoryNeed[] {
  const whole = compute(market)
  const { timestampMs } = baseBars(market)
  const closes = closesMs(baseBars(market), market.baseTimeframe)
  const scales = whole.map(({ values }) => largest(values))
  const changes = whole.map((): HistoryChange[] => [])
  for (const bars of horizonsUpTo(Math.floor((Math.max(...samples) + 1) / 2))) {
    const ratios = whole.map(() => 0)
    for (const sample of samples.filter((bar) => bar + 1 >= 2 * bars)) {
      const begun = marketFrom(market, timestampMs[sample - bars + 1]!)
      const columns = compute(marketKnownAt(begun, closes[sample]!))
      for (const [i, { values }] of whole.entries()) {
        const ratio = changeOf(values[sample]!, columns[i]!.values[bars - 1]!, scales[i]!)
        ratios[i] = Math.max(ratios[i]!, ratio)
      }
    }
    for (const [i, ratio] of ratios.entries())
      changes[i]!.push({ bars, ratio: Number.isFinite(ratio) ? ratio : null })
  }
  return whole.flatMap((column, i) =>
    column.knownBar === null ? [needOf(column, changes[i]!)] : [],
  )
}

/** 10, 20, 50, 100, 200, 500, … */
function horizonsUpTo(most: number): number[] {
  const horizons: number[] = []
  for (let power = 10; power <= most; power *= 10)
    horizons.push(...[power, 2 * power, 5 * power].filter((bars) => bars <= most))
  return horizons
}

/** A bar without a value is of no use with any history. */
function changeOf(settled: number, begun: number, scale: number): number {
  if (Number.isNaN(settled)) return 0
  if (Number.isNaN(begun)) return Infinity
  const difference = Math.abs(settled - begun)
  return difference === 0 ? 0 : difference / (scale || Math.abs(begun))
}

function largest(values: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i]!) > most) most = Math.abs(values[i]!)
  return most
}

function needOf({ kind, name }: AnalysedColumn, changes: readonly HistoryChange[]): HistoryNeed {
  const needed = (limit: number): number | null => {
    const last = changes.findLastIndex(({ ratio }) => ratio === null || ratio >= limit)
    return changes[last + 1]?.bars ?? null
  }
  return {
    kind,
    name,
    changes,
    practically: needed(SETTLED.practically),
    exactly: needed(SETTLED.exactly),
  }
}
