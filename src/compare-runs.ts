// `ktrdr compare`: the metrics of completed operations side by side, and their curves as a page when asked for.

import { resolve } from 'node:path'
import { describeTrading } from './trading/describe-trading.ts'
import type { SimulationSettings } from './trading/simulation-settings.ts'
import { KtrdrError } from './core/errors.ts'
import { completed, type ReportContext, type ReportOptions } from './make-report.ts'
import { placeOf } from './report-facts.ts'
import { pageAssets, placePage, refuseToReplace, resultCurve } from './report-files.ts'
import type { OperationDetails } from './operations/views.ts'
import {
  compareMetrics,
  trainingMetrics,
  type ComparedRun,
  type ComparisonRow,
} from './report/comparison.ts'
import { comparisonPage } from './report/comparison-page.ts'
import { dayText } from './report/figures.ts'
import type { Figures } from './report/report-data.ts'

export type ComparedRuns = {
  readonly type: string
  readonly runs: readonly ComparedRun[]
  readonly rows: readonly ComparisonRow[]
  /** The page that was asked for. */
  readonly path: string | null
  readonly warnings: readonly string[]
}

/** @throws USAGE for fewer than two, for two of different kinds and for what is not completed, and what a report throws */
export function compareRuns(
  { show }: Pick<ReportContext, 'show'>,
  texts: readonly string[],
  { out, force = false }: ReportOptions,
): ComparedRuns {
  const all = texts.map((text) => completed(show(text)))
  const twice = all.find(
    ({ operationId }, i) => all.findIndex((one) => one.operationId === operationId) < i,
  )
  if (twice) throw new KtrdrError('USAGE', `${twice.operationId} is named twice.`)
  const search = all.find(({ type }) => type === 'search')
  if (search)
    throw new KtrdrError(
      'USAGE',
      `${search.operationId} is a search: its report compares its trials.`,
      { suggestions: [`ktrdr report ${search.operationId}`] },
    )
  const [first] = all
  if (!first || all.length < 2)
    throw new KtrdrError('USAGE', 'Comparing needs two operations or more.', {
      suggestions: ['ktrdr operations list --status completed'],
    })
  const other = all.find((one) => isTraining(one) !== isTraining(first))
  if (other)
    throw new KtrdrError(
      'USAGE',
      `${first.operationId} is a ${kindOf(first)} and ${other.operationId} a ${kindOf(other)}: they have no figures in common.`,
    )
  const path = out === undefined ? null : resolve(out)
  if (path !== null) refuseToReplace(path, force)
  const trading = tradingApart(all)
  const runs = all.map((details, i) => runOf(details, trading[i]!))
  const rows = compareMetrics(runs)
  if (path !== null) {
    const program = first.attempts.at(-1)?.program ?? 'ktrdr'
    const curves = first.type === 'training' ? [] : all.map(curveOf)
    placePage(path, comparisonPage(runs, rows, curves, program, pageAssets()), false)
  }
  return { type: first.type, runs, rows, path, warnings: warningsOf(runs) }
}

/** All others have the figures of a backtest. */
function isTraining({ type }: Pick<OperationDetails, 'type'>): boolean {
  return type === 'training'
}

function kindOf({ type }: OperationDetails): string {
  if (type === 'walkforward') return 'walk-forward'
  return type === 'training' ? 'training' : 'backtest'
}

/** How it traded. */
function accountOf({ type, settings, result }: OperationDetails): SimulationSettings {
  const request = settings as unknown as { simulation: SimulationSettings }
  if (type !== 'walkforward') return request.simulation
  return (result as unknown as { account: SimulationSettings }).account
}

function runOf(
  { operationId, type, name, result, settings }: OperationDetails,
  trading: string,
): ComparedRun {
  const { metrics, symbol, timeframe, range } = result as Figures & {
    readonly metrics: Figures
    readonly range?: { readonly firstMs: number; readonly lastMs: number }
  }
  const { data } = settings as unknown as { readonly data: readonly { readonly symbol: string }[] }
  const symbols = [...new Set(data.map((file) => file.symbol))].join(', ')
  return {
    operationId,
    label: operationId.slice(-6),
    name,
    market: type === 'training' ? symbols : `${String(symbol)} ${String(timeframe)}`,
    range: range ? `${dayText(range.firstMs)} … ${dayText(range.lastMs)}` : '',
    trading,
    metrics: type === 'training' ? trainingMetrics(metrics) : metrics,
  }
}

/** Of each what it does not share with all others. */
function tradingApart(all: readonly OperationDetails[]): string[] {
  const phrases = all.map((one) => (isTraining(one) ? [] : describeTrading(accountOf(one))))
  return phrases.map((own) =>
    own.filter((phrase) => phrases.some((other) => !other.includes(phrase))).join(', '),
  )
}

function curveOf(details: OperationDetails) {
  const { equitySha256, symbol } = details.result as Figures
  const kind = details.type === 'walkforward' ? 'walkforward' : 'backtest'
  const { path } = placeOf(details, kind)
  const { curve } = resultCurve(details.operationId, path, equitySha256, String(symbol))
  return { curve, capital: accountOf(details).capital }
}

/** What makes a comparison lame. */
function warningsOf(runs: readonly ComparedRun[]): string[] {
  const differ = (of: (run: ComparedRun) => string): boolean => new Set(runs.map(of)).size > 1
  return [
    ...(differ(({ market }) => market) ? ['They are not of the same market.'] : []),
    ...(differ(({ range }) => range) ? ['They are not of the same range of bars.'] : []),
  ]
}
