// `ktrdr report`: gathers what is known of a completed operation and writes it as one HTML file.

import { join, resolve } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import type { Json } from './core/hash.ts'
import type { Layout } from './core/layout.ts'
import { barCacheOf } from './data/bar-cache.ts'
import type { Timeframe } from './data/bars.ts'
import type { BacktestRequest } from './jobs/backtest-inputs.ts'
import { ruleStrategyOf, ruleTexts, type RuleRequest } from './jobs/rule-inputs.ts'
import type { SignalRequest } from './jobs/signal-inputs.ts'
import type { TrainingRequest } from './jobs/training-inputs.ts'
import { loadModel, type Model } from './models/load-model.ts'
import { STRATEGY_FILE } from './models/model.ts'
import type { OperationDetails } from './operations/views.ts'
import { pageAssets, placePage, refuseToReplace, resultCurve, resultFile } from './report-files.ts'
import {
  backtestCommand,
  operationFacts,
  placeOf,
  trainCommand,
  trainingMarks,
  type Page,
} from './report-facts.ts'
import { ofSearch } from './report-search.ts'
import { ofWalkForward } from './report-walk.ts'
import { marketFacts, symbolFacts, type LookedAt } from './report-market.ts'
import { backtestReport } from './report/backtest-report.ts'
import { dayText } from './report/figures.ts'
import {
  isMissing,
  type BacktestFacts,
  type DecidedBy,
  type Figures,
  type FuzzyFacts,
  type Missing,
  type TrainingFacts,
} from './report/report-data.ts'
import { readTrades } from './report/result-files.ts'
import { trainingReport } from './report/training-report.ts'
import { inputsOfRules } from './rules/inputs-of-rules.ts'
import type { Sqlite } from './store/database.ts'
import { findBundleByHash } from './store/bundle-table.ts'
import { parseStrategy } from './strategy/load-strategy.ts'
import type { Strategy } from './strategy/strategy.ts'

export type ReportContext = {
  readonly db: Sqlite
  readonly layout: Layout
  readonly show: (operation: string) => OperationDetails
}

export type ReportOptions = {
  /** undefined = in the data directory. */
  readonly out?: string | undefined
  readonly force?: boolean | undefined
}

export type WrittenReport = {
  readonly operationId: string
  readonly type: string
  readonly path: string
  readonly sizeBytes: number
  /** What the report has to do without, and why. */
  readonly missing: readonly string[]
}

/** @throws OPERATION_NOT_FOUND, USAGE for what has no result yet, FILE_NOT_FOUND and DATA_INVALID for results that are gone or changed, IO_FAILED */
export async function writeReport(
  context: ReportContext,
  text: string,
  { out, force = false }: ReportOptions,
): Promise<WrittenReport> {
  const details = completed(context.show(text))
  const { operationId, type } = details
  const path =
    out === undefined ? join(context.layout.root, 'reports', `${operationId}.html`) : resolve(out)
  if (out !== undefined) refuseToReplace(path, force)
  const { page, missing } = await PAGES[type as ReportedType](context, details)
  return { operationId, type, path, sizeBytes: placePage(path, page, out === undefined), missing }
}

/** Kinds of work that have a report. */
const REPORTED = ['training', 'backtesting', 'search', 'walkforward'] as const
type ReportedType = (typeof REPORTED)[number]

const PAGES: Readonly<
  Record<ReportedType, (context: ReportContext, details: OperationDetails) => Promise<Page>>
> = {
  training: ofTraining,
  backtesting: ofBacktest,
  search: async (_, details) => ofSearch(details),
  walkforward: ofWalkForward,
}

export function completed(details: OperationDetails): OperationDetails {
  const { operationId, type, status, resumable } = details
  if (!(REPORTED as readonly string[]).includes(type))
    throw new KtrdrError('USAGE', `${operationId} is of type ${type}, which has no report.`)
  if (status === 'completed') return details
  throw new KtrdrError('USAGE', `${operationId} is ${status}: it has no result to report yet.`, {
    suggestions: [
      resumable ? `ktrdr operations resume ${operationId}` : `ktrdr operations show ${operationId}`,
    ],
  })
}

async function ofTraining({ layout }: ReportContext, details: OperationDetails): Promise<Page> {
  const model = modelOf(placeOf(details, 'model').path, null)
  const fuzzySets = isMissing(model) ? model : await fuzzySetsOf(details, model, layout)
  return {
    page: trainingReport(trainingFacts(details, model), fuzzySets, pageAssets()),
    missing: isMissing(fuzzySets) ? [fuzzySets.missing] : [],
  }
}

/** Over the bars of the first symbol. */
async function fuzzySetsOf(
  { settings, fingerprints }: OperationDetails,
  { strategy }: UsedModel,
  layout: Layout,
): Promise<readonly FuzzyFacts[] | Missing> {
  const { data, range } = settings as TrainingRequest
  const { symbols, baseTimeframe: timeframe } = strategy
  const [symbol, ...others] = symbols
  const files = data.filter((file) => !others.includes(file.symbol ?? ''))
  const markets = await marketFacts(
    { data: files, range, symbols: [symbol!], timeframe, fingerprints, cache: barCacheOf(layout) },
    strategy,
    null,
  )
  const market = markets[0]!
  return isMissing(market) ? sentenceOf(market) : market.fuzzySets
}

const NO_MODEL: Missing = { missing: 'The signals came from a file: there is no model.' }
const NO_NETWORK: Missing = { missing: 'The strategy has rules: there is no model.' }

async function ofBacktest(context: ReportContext, details: OperationDetails): Promise<Page> {
  const { operationId } = details
  const result = details.result as Figures
  const request = details.settings as BacktestRequest | SignalRequest | RuleRequest
  const { data, range, simulation } = request
  const used = 'model' in request ? request.model : null
  const directory = placeOf(details, 'backtest').path
  const symbol = String(result['symbol'])
  const trades = resultFile(operationId, directory, 'trades.csv', result['tradesSha256'])
  const equity = resultCurve(operationId, directory, result['equitySha256'], symbol)
  const { curve } = equity
  const timeframe = String(result['timeframe']) as Timeframe
  const without = 'rules' in request ? NO_NETWORK : NO_MODEL
  const model = used ? modelOf(used.directory, used.sha256) : without
  const ofModel = isMissing(model) ? model : model.strategy
  const lookedAt = 'rules' in request ? rulesOf(request.rules, timeframe) : ofModel
  const { fingerprints } = details
  const cache = barCacheOf(context.layout)
  const symbols = await symbolFacts(
    { data, range, timeframe, fingerprints, cache },
    lookedAt,
    curve,
  )
  const facts: BacktestFacts = {
    operation: operationFacts(
      details,
      backtestCommand(
        request,
        calledIn(context, request),
        isMissing(lookedAt) ? undefined : lookedAt.trading,
      ),
      {
        ...(used?.sha256 ? { Model: used.sha256 } : {}),
        'trades.csv': String(result['tradesSha256']),
        [equity.name]: String(result['equitySha256']),
      },
      directory,
    ),
    symbols,
    timeframe,
    isOutOfSample: result['isOutOfSample'] as boolean | null,
    account: simulation,
    hasFunding: (request.funding ?? []).length > 0,
    result,
    metrics: result['metrics'] as Figures,
    trades: readTrades(new TextDecoder().decode(trades), symbol),
    curve,
    decidedBy: decidedBy(request),
    training: used ? trainingOf(context, used.sha256, model) : null,
    warnings: warningsOf(details.result),
  }
  return {
    page: backtestReport(facts, pageAssets()),
    missing: sentencesOf(
      ...('rules' in request ? [] : [model]),
      ...(facts.training === null ? [] : [facts.training]),
      ...symbols.map(({ market }) => market),
    ),
  }
}

/** The training that made a model, as far as this data directory knows of it. */
function trainingOf(
  { db, show }: ReportContext,
  modelSha256: string | null,
  model: UsedModel | Missing,
): TrainingFacts | Missing {
  const row = findBundleByHash(db, 'model', modelSha256)
  const unknown = { missing: 'The training of the model is not in this data directory.' }
  if (!row) return unknown
  try {
    const details = show(row.operationId)
    return details.status === 'completed' ? trainingFacts(details, model) : unknown
  } catch (error) {
    if (error instanceof KtrdrError && error.code === 'OPERATION_NOT_FOUND') return unknown
    throw error
  }
}

function trainingFacts(details: OperationDetails, model: UsedModel | Missing): TrainingFacts {
  const result = details.result as Figures
  const { data, range } = details.settings as TrainingRequest
  const place = placeOf(details, 'model')
  const split = isMissing(model) ? null : model.manifest.split
  const bands = Object.entries(split ?? {}).flatMap(([name, slice]) =>
    slice ? [{ name, ...slice }] : [],
  )
  const ends = [bands[0]?.firstMs ?? range.fromMs, bands.at(-1)?.lastMs ?? range.toMs]
  const timeframe = isMissing(model) ? '' : ` ${model.manifest.timeframe}`
  return {
    operation: operationFacts(
      details,
      trainCommand(details.settings as TrainingRequest),
      { 'model.safetensors': place.sha256 },
      place.path,
    ),
    market: `${[...new Set(data.map(({ symbol }) => symbol))].join(', ')}${timeframe}`,
    range: ends
      .map((ms) => (ms == null ? '' : dayText(ms)))
      .join(' … ')
      .trim(),
    epochs: Number(result['epochs']),
    seed: Number(result['seed']),
    history: (result['history'] ?? {}) as TrainingFacts['history'],
    metrics: result['metrics'] as Figures,
    model: place,
    ...trainingMarks(details),
    bands,
    warnings: warningsOf(details.result),
  }
}

type UsedModel = Pick<Model, 'manifest'> & { readonly strategy: Strategy }

/** Missing when it is gone, damaged, or of a grammar that this program does not know. */
function modelOf(directory: string, expected: string | null): UsedModel | Missing {
  try {
    const { manifest, strategyText } = loadModel(directory, expected)
    return { manifest, strategy: parseStrategy(strategyText, STRATEGY_FILE).strategy }
  } catch (error) {
    if (!(error instanceof KtrdrError)) throw error
    return { missing: error.message }
  }
}

/** What the rules look at, in the place of the inputs of a network. */
function rulesOf({ snapshot }: RuleRequest['rules'], timeframe: Timeframe): LookedAt {
  const { strategy } = ruleStrategyOf(snapshot!, timeframe)
  return { ...strategy, inputs: inputsOfRules(strategy.rules, timeframe) }
}

function decidedBy(request: BacktestRequest | SignalRequest | RuleRequest): DecidedBy {
  if ('signals' in request) return 'signals'
  if ('model' in request) return 'network'
  const { strategy } = ruleStrategyOf(request.rules.snapshot!, request.traded.timeframe)
  return ruleTexts(strategy)
}

function calledIn(
  context: ReportContext,
  request: BacktestRequest | SignalRequest | RuleRequest,
): string {
  if ('rules' in request) return request.rules.snapshot!.path
  return 'model' in request ? modelName(context, request.model) : ''
}

/** `name/SYMBOL_1d@3` when this data directory knows it, else where it lies. */
function modelName({ db }: ReportContext, used: BacktestRequest['model']): string {
  const row = findBundleByHash(db, 'model', used.sha256)
  return row ? `${row.name}/${row.variant}@${row.version}` : used.directory
}

function warningsOf(result: Json): readonly string[] {
  const { warnings } = result as { readonly warnings?: readonly string[] }
  return warnings ?? []
}

/** What is missing, each once. */
function sentencesOf(...parts: readonly object[]): string[] {
  return [...new Set(parts.flatMap((part) => (isMissing(part) ? [sentenceOf(part).missing] : [])))]
}

/** A missing part as a sentence of its own. */
function sentenceOf({ missing }: Missing): Missing {
  return { missing: missing.charAt(0).toUpperCase() + missing.slice(1) }
}
