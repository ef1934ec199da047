// The result of a walk-forward: its folds side by side, how much the best values moved between them, and the figures of
// what one account has traded.

import { counted, grouped } from '../core/text.ts'
import { backtestResult, type BacktestResult } from './backtest-result.ts'
import { figure, percent, signedPercent } from './format.ts'
import { labelled, table, type Column } from './table.ts'
import { hanging } from './wrap.ts'

type FoldRow = {
  readonly fold: number
  readonly trainFromMs: number
  readonly testFromMs: number
  readonly testToMs: number
  readonly isShort: boolean
  readonly outcome: string
  readonly values: readonly unknown[] | null
  readonly bestEpoch: number | null
  readonly valLoss: number | null
  readonly inSampleAnnualizedReturnRatio: number | null
  readonly totalReturnRatio: number
  readonly sharpeRatio: number | null
  readonly maxDrawdownRatio: number
  readonly trades: number
  readonly reason: string | null
}

type ParameterRow = {
  readonly name: string
  readonly mean: number | null
  readonly deviation: number | null
  readonly lowest: number | null
  readonly highest: number | null
  readonly mostFrequent: unknown
  readonly mostFrequentShare: number
}

export type WalkForwardResult = Omit<BacktestResult, 'backtest' | 'metrics'> & {
  readonly metrics: BacktestResult['metrics'] & { readonly deflatedSharpeRatio: number | null }
  readonly windows: {
    readonly train: string
    readonly test: string
    readonly step: string
    readonly isAnchored: boolean
  }
  readonly search?: {
    readonly method: string
    readonly objective: string
    readonly trials: number
  }
  readonly folds: readonly FoldRow[]
  readonly parameters: readonly ParameterRow[]
  readonly inSampleAnnualizedReturnRatio: number | null
  readonly walkForwardEfficiencyRatio: number | null
  readonly profitableFoldsRatio: number
  readonly walkforward: { readonly path: string }
}

/** More are in the file. */
const MOST_ROWS = 40

export function walkForwardResult(result: WalkForwardResult, room: number): string {
  const { walkforward, ...rest } = result
  const failed = result.folds.filter(({ outcome }) => outcome !== 'traded')
  return [
    hanging('', headingOf(result), room),
    foldTable(result, room),
    failed
      .map(({ fold, reason }) =>
        hanging('! ', `Fold ${fold} came to nothing and was not traded: ${reason}`, room),
      )
      .join('\n'),
    parameterTable(result, room),
    labelled(factsOf(result), { room }),
    backtestResult({ ...rest, backtest: walkforward }, room),
  ]
    .filter(Boolean)
    .join('\n\n')
}

function headingOf({ folds, windows, search }: WalkForwardResult): string {
  const { train, test, step, isAnchored } = windows
  const tried = search
    ? `   ${counted(search.trials, 'trial')} a fold by ${search.method}, objective ${search.objective}`
    : ''
  return `${counted(folds.length, 'fold')}   train ${train}${isAnchored ? ' and more (anchored)' : ''}, test ${test}, step ${step}${tried}`
}

const right = (head: string): Column => ({ head, align: 'right' })

function foldTable({ folds, parameters }: WalkForwardResult, room: number): string {
  const isTrained = folds.some(({ valLoss }) => valLoss !== null)
  const columns: Column[] = [
    right('FOLD'),
    { head: 'TRAIN FROM', gone: 3 },
    { head: 'TEST' },
    right('RETURN'),
    right('SHARPE'),
    right('DRAWDOWN'),
    right('TRADES'),
    { ...right('IN SAMPLE, ANNUAL'), gone: 4 },
    ...(isTrained
      ? [
          { ...right('EPOCH'), gone: 2 },
          { ...right('VAL LOSS'), gone: 1 },
        ]
      : []),
    ...parameters.map(({ name }) => ({ ...right(name), gone: 5 })),
  ]
  const shown = folds.slice(-MOST_ROWS)
  const rows = shown.map((row) => [
    String(row.fold),
    day(row.trainFromMs),
    `${day(row.testFromMs)} … ${day(row.testToMs - 1)}`,
    row.outcome === 'traded' ? signedPercent(row.totalReturnRatio) : 'failed',
    figure(row.sharpeRatio),
    percent(row.maxDrawdownRatio),
    grouped(row.trades),
    signedPercent(row.inSampleAnnualizedReturnRatio),
    ...(isTrained ? [figure(row.bestEpoch), figure(row.valLoss)] : []),
    ...parameters.map((_, i) => (row.values ? valueText(row.values[i]) : '--')),
  ])
  const lines = [table(columns, rows, room)]
  const [more, last] = [folds.length - shown.length, folds.at(-1)!]
  if (more > 0) lines.push(`${counted(more, 'earlier fold')} in folds.csv`)
  if (last.isShort) lines.push('The last test window ends with the data.')
  return lines.join('\n')
}

/** How much the best values move: those that jump were fitted to noise. */
function parameterTable({ parameters }: WalkForwardResult, room: number): string {
  if (parameters.length === 0) return ''
  const columns: Column[] = [
    { head: 'BEST VALUES' },
    right('MEAN'),
    right('DEVIATION'),
    { ...right('LOWEST'), gone: 1 },
    { ...right('HIGHEST'), gone: 2 },
    right('MOST FREQUENT'),
    right('IN FOLDS'),
  ]
  const rows = parameters.map((row) => [
    row.name,
    figure(row.mean),
    figure(row.deviation),
    figure(row.lowest),
    figure(row.highest),
    valueText(row.mostFrequent),
    percent(row.mostFrequentShare, 0),
  ])
  return table(columns, rows, room)
}

function factsOf(result: WalkForwardResult): [string, string][] {
  const { walkForwardEfficiencyRatio: efficiency, folds, search, metrics, walkforward } = result
  const profitable = Math.round(result.profitableFoldsRatio * folds.length)
  const inSample = signedPercent(result.inSampleAnnualizedReturnRatio)
  const outOfSample = signedPercent(metrics.annualizedReturnRatio)
  return [
    [
      'Efficiency',
      efficiency === null
        ? `undefined: ${inSample} a year in sample`
        : `${percent(efficiency, 0)}: ${outOfSample} a year out of sample, ${inSample} in sample`,
    ],
    ['Profitable', `${profitable} of ${counted(folds.length, 'fold')}`],
    ...(search
      ? [
          [
            'Luck',
            `${counted(search.trials, 'trial')} a fold were tried; probability that the Sharpe ratio is more than the luck of it: ${percent(metrics.deflatedSharpeRatio, 0)} (deflated Sharpe ratio)`,
          ] as [string, string],
        ]
      : []),
    ['Folds', `${walkforward.path}/folds.csv`],
  ]
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return figure(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
