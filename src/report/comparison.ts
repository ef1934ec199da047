// Several completed operations of one kind, side by side: a row for each metric that any of them has.

import { figureText, metricLabel, orderedKeys } from './figures.ts'
import type { Figures } from './report-data.ts'

export type ComparedRun = {
  readonly operationId: string
  /** As short as it can be and still be told from the others. */
  readonly label: string
  readonly name: string
  readonly market: string
  readonly range: string
  /** What it trades differently, as a phrase; '' = nothing. */
  readonly trading: string
  readonly metrics: Figures
}

export type ComparisonRow = {
  readonly key: string
  readonly label: string
  readonly values: readonly (number | null)[]
  readonly texts: readonly string[]
  /** Indexes of the best runs; empty when none is better, or nobody can say what better is. */
  readonly best: readonly number[]
}

export function compareMetrics(runs: readonly ComparedRun[]): ComparisonRow[] {
  const keys = orderedKeys(
    runs.flatMap(({ metrics }) =>
      Object.keys(metrics).filter(
        (key) => metrics[key] === null || typeof metrics[key] === 'number',
      ),
    ),
  )
  return keys.flatMap((key) => {
    const { label, unit, better } = metricLabel(key)
    const values = runs.map(({ metrics }) => {
      const value = metrics[key]
      return typeof value === 'number' ? value : null
    })
    if (values.every((value) => value === null)) return []
    const texts = values.map((value) => figureText(value, unit))
    return [{ key, label, values, texts, best: better === null ? [] : bestOf(values, better) }]
  })
}

function bestOf(values: readonly (number | null)[], better: 'more' | 'less'): number[] {
  const numbers = values.filter((value) => value !== null)
  const most = better === 'more' ? Math.max(...numbers) : Math.min(...numbers)
  const best = values.flatMap((value, i) => (value === most ? [i] : []))
  return best.length === values.length ? [] : best
}

/** What a training's record says in two places as one: the loss while training, and the scores of the test slice. */
export function trainingMetrics(metrics: Figures): Figures {
  const { test, ...ofCurves } = metrics
  return { ...ofCurves, ...(test as Figures | null) }
}
