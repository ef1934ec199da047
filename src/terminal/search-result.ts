// The result of a search: its best trials side by side, which parameters mattered, and how much of the best figure is the
// luck of having tried so many.

import { shellWord } from '../core/shell-word.ts'
import { counted, grouped } from '../core/text.ts'
import { figure, percent, signedPercent } from './format.ts'
import { labelled, table, type Column } from './table.ts'
import { hanging } from './wrap.ts'

type Row = {
  readonly trial: number
  readonly values: readonly unknown[]
  readonly objective: number | null
  readonly figures: Readonly<Record<string, number | null>>
}

type Luck = {
  readonly trials: number
  readonly sharpeRatio: number | null
  readonly expectedHighestSharpeRatio: number | null
  readonly deflatedSharpeRatio: number | null
}

export type SearchResult = {
  readonly name: string
  readonly symbol: string
  readonly timeframe: string
  readonly method: string
  readonly objective: string
  readonly seed: number
  readonly trials: number
  readonly outcomes: Readonly<Record<string, number>>
  readonly parameters: readonly { readonly name: string; readonly importance: number | null }[]
  readonly best: Row
  readonly top: readonly Row[]
  /** Of a figure of a backtest. */
  readonly luck?: Luck
  readonly hasRules: boolean
  readonly heldBackFromMs: number | null
  readonly data: readonly { readonly symbol: string; readonly path: string }[]
  readonly trialsSha256: string
  readonly search: { readonly path: string }
}

export function searchResult(result: SearchResult, room: number): string {
  const { name, symbol, timeframe, trials, method, objective, seed, search } = result
  const heading = `${name}  ${symbol} ${timeframe}   ${counted(trials, 'trial')} by ${method}, seed ${seed}   objective ${objective}`
  const facts = labelled(
    [
      ['Trials', outcomesText(result)],
      ['Importance', importanceText(result)],
      ['Table', `${search.path}/trials.csv`],
      ['Best', `${search.path}/best.yaml`],
      ['SHA-256', result.trialsSha256],
    ],
    { room },
  )
  return [
    hanging('', heading, room),
    ranking(result, room),
    facts,
    [luckText(result, room), nextText(result)].join('\n'),
  ].join('\n\n')
}

/** Figures beside the objective, by who is shown first. */
const FIGURES: readonly (readonly [string, string, (value: number | null) => string])[] = [
  ['valLoss', 'val_loss', figure],
  ['valAccuracy', 'val_accuracy', percent],
  ['sharpeRatio', 'sharpe', figure],
  ['totalReturnRatio', 'return', signedPercent],
  ['maxDrawdownRatio', 'max_drawdown', percent],
  ['trades', 'trades', figure],
  ['bestEpoch', 'best epoch', figure],
]

function ranking({ top, parameters, objective }: SearchResult, room: number): string {
  const figures = FIGURES.filter(
    ([key, name]) => name !== objective && top.some((row) => row.figures[key] !== undefined),
  )
  const right = (head: string): Column => ({ head, align: 'right' })
  const columns: Column[] = [
    right('RANK'),
    right('TRIAL'),
    right(objective.toUpperCase()),
    // Where there is no room the parameters that mattered least go first, after the figures.
    ...parameters.map(({ name, importance }) => ({
      ...right(name),
      gone: 100 + Math.round(100 * (importance ?? 0)),
    })),
    ...figures.map(([, name], i) => ({ ...right(name.toUpperCase()), gone: figures.length - i })),
  ]
  const rows = top.map((row, i) => [
    String(i + 1),
    grouped(row.trial),
    figure(row.objective),
    ...row.values.map(valueText),
    ...figures.map(([key, , text]) => text(row.figures[key] ?? null)),
  ])
  return table(columns, rows, room)
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return figure(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function outcomesText({ outcomes }: SearchResult): string {
  const texts = Object.entries(outcomes).flatMap(([outcome, count]) =>
    count === 0 ? [] : [`${grouped(count)} ${outcome}`],
  )
  return texts.join(', ')
}

function importanceText({ parameters }: SearchResult): string {
  const known = parameters.flatMap(({ name, importance }) =>
    importance === null ? [] : [{ name, importance }],
  )
  if (known.length === 0) return 'too few trials to tell'
  return known
    .toSorted((a, b) => b.importance - a.importance)
    .map(({ name, importance }) => `${name} ${percent(importance, 0)}`)
    .join(', ')
}

/** Whoever tries enough finds something. */
function luckText({ trials, luck, objective }: SearchResult, room: number): string {
  const tried = `${counted(trials, 'trial')} ${trials === 1 ? 'was' : 'were'} tried`
  if (luck === undefined)
    return hanging(
      '! ',
      `${tried}, and the best of many is better than it is: its ${objective} says little about bars that it was not chosen by.`,
      room,
    )
  const { sharpeRatio, expectedHighestSharpeRatio: expected, deflatedSharpeRatio } = luck
  if (expected === null || deflatedSharpeRatio === null)
    return hanging(
      '! ',
      `${tried}: too few of them have a Sharpe ratio to tell luck from skill.`,
      room,
    )
  return hanging(
    '! ',
    `${tried}. Without any skill the best of ${grouped(luck.trials)} would show a Sharpe ratio of about ${figure(expected)}; the best has ${figure(sharpeRatio)}. Probability that it is above that: ${percent(deflatedSharpeRatio, 0)} (deflated Sharpe ratio).`,
    room,
  )
}

/** What no trial has seen judges the best one. */
function nextText({ hasRules, heldBackFromMs, data, search }: SearchResult): string {
  const flags = data.map(({ symbol, path }) => ` --data ${shellWord(`${symbol}=${path}`)}`)
  const best = shellWord(`${search.path}/best.yaml`)
  if (!hasRules) return `Next:  ktrdr train ${best}${flags.join('')}`
  const start =
    heldBackFromMs === null ? '' : ` --start ${new Date(heldBackFromMs).toISOString().slice(0, 10)}`
  return `Next:  ktrdr backtest ${best}${flags.join('')}${start}`
}
