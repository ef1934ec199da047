// trials.csv: one row a trial, by number. Its bytes are hashed: UTF-8, '\n', and the shortest decimals that read back to
// the same float64. Lists are JSON.

import type { Json } from '../core/hash.ts'
import type { Space } from '../search/space.ts'
import type { TrialRow } from './search-outcome.ts'

export function trialsCsv({ parameters }: Space, rows: readonly TrialRow[]): string {
  const figures = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))]
  const header = [
    'trial',
    'rung',
    'outcome',
    'objective',
    ...parameters.map(({ name }) => name),
    ...figures,
    'reason',
  ]
  const lines = rows.map((row) => [
    row.trial,
    row.rung,
    row.outcome,
    row.objective,
    ...row.values,
    ...figures.map((name) => row.figures[name] ?? null),
    row.reason,
  ])
  return [header, ...lines, []].map((cells) => cells.map(cellText).join(',')).join('\n')
}

export function cellText(value: Json): string {
  if (value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
