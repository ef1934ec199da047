// What the report of a search is made of: its parameters, and its trials as trials.csv has them.

import type { Figures, OperationFacts } from './report-data.ts'

export type ParameterFacts = {
  readonly name: string
  /** In the strategy. */
  readonly path: string
  readonly importance: number | null
} & (
  | {
      readonly kind: 'numbers'
      readonly low: number
      readonly high: number
      readonly isLog: boolean
    }
  /** As trials.csv spells them. */
  | { readonly kind: 'choice'; readonly values: readonly string[] }
)

export type TrialFacts = {
  readonly trial: number
  readonly rung: number
  readonly outcome: string
  readonly objective: number | null
  /** One a parameter, as trials.csv spells it. */
  readonly texts: readonly string[]
  readonly figures: Readonly<Record<string, number | null>>
  readonly reason: string
}

export type SearchFacts = {
  readonly operation: OperationFacts
  readonly market: string
  readonly method: string
  readonly objective: string
  readonly better: 'more' | 'less'
  readonly seed: number
  readonly parameters: readonly ParameterFacts[]
  /** By number. */
  readonly trials: readonly TrialFacts[]
  /** Of a figure of a backtest: how much of the best is luck. */
  readonly luck: Figures | null
  readonly result: Figures
  readonly warnings: readonly string[]
}

/** Trained to the end of what their method gave them, and with a figure: the best first. */
export function rankedTrials({ trials, better }: SearchFacts): TrialFacts[] {
  const sign = better === 'more' ? -1 : 1
  return trials
    .filter(({ outcome, objective }) => objective !== null && RANKED.has(outcome))
    .toSorted(
      (a, b) => b.rung - a.rung || sign * (a.objective! - b.objective!) || a.trial - b.trial,
    )
}

const RANKED = new Set(['completed', 'halved'])

/** Where a value stands on the axis of its parameter, 0 … 1. */
export function shareOf(parameter: ParameterFacts, text: string): number {
  if (parameter.kind === 'choice') {
    const { values } = parameter
    return values.indexOf(text) / Math.max(1, values.length - 1)
  }
  const { low, high, isLog } = parameter
  const scale = (x: number): number => (isLog ? Math.log(x) : x)
  return (scale(Number(text)) - scale(low)) / (scale(high) - scale(low))
}

/** @param parameters how many columns of values there are, and what they are called */
export function readTrials(csv: string, parameters: readonly string[]): TrialFacts[] {
  const [header = [], ...rows] = readCsv(csv)
  const first = header.indexOf('objective') + 1
  const last = header.length - 1
  const figures = header.slice(first + parameters.length, last)
  const number = (text: string | undefined): number | null =>
    text === undefined || text === '' ? null : Number(text)
  return rows.map((row) => ({
    trial: Number(row[0]),
    rung: Number(row[1]),
    outcome: row[2] ?? '',
    objective: number(row[3]),
    texts: row.slice(first, first + parameters.length),
    figures: Object.fromEntries(
      figures.map((name, i) => [name, number(row[first + parameters.length + i])]),
    ),
    reason: row[last] ?? '',
  }))
}

/** Cells in quotes may hold commas, line ends and doubled quotes. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/gy
  while (cell.lastIndex < text.length) {
    const [, quoted, plain, end] = cell.exec(text)!
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
