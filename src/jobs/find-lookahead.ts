// What looks ahead: a column whose value at a bar, or before it, is another one when the bars after it are not there, or
// are others. Computed anew at sampled bars, on the very code that trains and backtests; freqtrade calls it lookahead
// analysis.

import { baseBars, closesMs, type Market } from '../features/market.ts'
import { marketKnownAt, marketWithOtherFuture } from './market-views.ts'

export type ColumnKind = 'feature' | 'label' | 'signal'

export type AnalysedColumn = {
  readonly kind: ColumnKind
  readonly name: string
  /** One a bar of the base timeframe. */
  readonly values: ArrayLike<number>
  /** The bar at whose close each value is known, −1 where there is none; null = its own bar. */
  readonly knownBar: Int32Array | null
}

/** The columns of a market; the same ones, in the same order, whatever the market. */
export type ComputeColumns = (market: Market) => readonly AnalysedColumn[]

export type Lookahead = {
  readonly kind: ColumnKind
  readonly name: string
  /** Sampled bars after which something of the column changed. */
  readonly samples: number
  /** The first of them … */
  readonly lastKnownBar: number
  /** … what was done to the bars after it … */
  readonly future: 'missing' | 'other'
  /** … and the last bar up to there whose value changed. NaN: it had none. */
  readonly bar: number
  readonly value: number
  readonly changed: number
}

/**
 * One finding a column that looks ahead, in the order of the columns.
 * @param samples bars of the base timeframe, ascending; bars must come after them
 */
export function findLookahead(
  market: Market,
  compute: ComputeColumns,
  samples: readonly number[],
): Lookahead[] {
  const whole = compute(market)
  const closes = closesMs(baseBars(market), market.baseTimeframe)
  const found = new Map<number, Lookahead>()
  for (const sample of samples) {
    const nowMs = closes[sample]!
    const changedHere = new Set<number>()
    for (const future of ['missing', 'other'] as const) {
      const view = future === 'missing' ? marketKnownAt : marketWithOtherFuture
      const columns = compute(view(market, nowMs))
      for (const [i, column] of whole.entries()) {
        const bar = lastChange(column, columns[i]!, sample)
        if (bar === undefined) continue
        changedHere.add(i)
        const { kind, name, values } = column
        if (!found.has(i))
          found.set(i, {
            kind,
            name,
            samples: 0,
            lastKnownBar: sample,
            future,
            bar,
            value: values[bar]!,
            changed: columns[i]!.values[bar]!,
          })
      }
    }
    for (const i of changedHere) found.set(i, counted(found.get(i)!))
  }
  return whole.flatMap((_, i) => found.get(i) ?? [])
}

function counted(finding: Lookahead): Lookahead {
  return { ...finding, samples: finding.samples + 1 }
}

/** The last bar up to `sample` whose value was known by then, with these bars or with others, and is not the same. */
function lastChange(
  whole: AnalysedColumn,
  other: AnalysedColumn,
  sample: number,
): number | undefined {
  for (let bar = sample; bar >= 0; bar--) {
    const isKnown = isKnownBy(whole, bar, sample) || isKnownBy(other, bar, sample)
    if (isKnown && !Object.is(whole.values[bar], other.values[bar])) return bar
  }
  return undefined
}

function isKnownBy({ knownBar }: AnalysedColumn, bar: number, sample: number): boolean {
  if (knownBar === null) return true
  return knownBar[bar]! >= 0 && knownBar[bar]! <= sample
}

const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2

/**
 * Up to `count` bars of [from, to), ascending: spread evenly, but by no step that a week or a day has too (the golden
 * ratio has the least in common with any).
 */
export function sampleBars(count: number, from: number, to: number): number[] {
  const picked = Array.from(
    { length: Math.min(count, to - from) },
    (_, i) => from + Math.floor((((i + 1) * GOLDEN_RATIO) % 1) * (to - from)),
  )
  return [...new Set(picked)].toSorted((a, b) => a - b)
}
