// From what was typed to what a job is asked: names looked up, paths made absolute, dates read.

import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import type { Json } from './core/hash.ts'
import { shellWord } from './core/shell-word.ts'
import { parseDataArgument } from './data-argument.ts'
import type { Timeframe } from './data/bars.ts'
import { dataFlag } from './data/data-flag.ts'
import { parseDateRange } from './data/date-range.ts'
import { neverGoesShort, type DecisionSettings } from './trading/decision-settings.ts'
import { tradingSettings } from './trading/trading-settings.ts'
import type { TradingTerms } from './trading/trading-terms.ts'
import type { BacktestRequest } from './jobs/backtest-inputs.ts'
import type { DataRequest } from './jobs/market-data.ts'
import type { RuleRequest } from './jobs/rule-inputs.ts'
import type { SignalRequest } from './jobs/signal-inputs.ts'
import type { TrainingRequest } from './jobs/training-inputs.ts'
import { placeNamed } from './model-named.ts'
import type { ModelPlace } from './models/find-model.ts'
import { loadModel } from './models/load-model.ts'
import { STRATEGY_FILE } from './models/model.ts'
import type { Settings } from './settings.ts'
import type { Sqlite } from './store/database.ts'

export type DataOptions = {
  /** FILE or directory, or SYMBOL= either. */
  readonly data: readonly string[]
  readonly start?: string | undefined
  readonly end?: string | undefined
}

export type TrainOptions = DataOptions & {
  readonly strategy: string
  readonly epochs?: number | undefined
  readonly seed?: number | undefined
  /** A model to start from. */
  readonly from?: string | undefined
}

export type TradingOptions = DataOptions & {
  /** What is to be otherwise than the strategy or the defaults say. */
  readonly trading?: TradingTerms | undefined
  /** FILE, or SYMBOL=FILE: rates of funding, a series of stamps and values. */
  readonly funding?: readonly string[] | undefined
  /** How many strategies were tried to find this one. */
  readonly trials?: number | undefined
}

export type BacktestOptions = TradingOptions & {
  /** A model, or a strategy: its newest model, unless `model` says which. */
  readonly given: string
  readonly model?: string | undefined
  /** Of the bars to trade by rules, instead of that of their strategy. */
  readonly timeframe?: Timeframe | undefined
}

export type SignalOptions = TradingOptions & {
  readonly signals: string
  /** Whose symbols, timeframe and decisions apply. */
  readonly strategy?: string | undefined
  /** Of the bars to trade, instead of that of the strategy or of the file. */
  readonly timeframe?: Timeframe | undefined
  /** Instead of what the strategy, or upstream's defaults, say. */
  readonly confidenceThreshold?: number | undefined
  readonly allowShort?: boolean | undefined
  readonly separationHours?: number | undefined
}

/** What names are looked up in. */
export type RequestContext = { readonly db: Sqlite; readonly settings: Settings }

export async function trainRequest(
  { db, settings }: RequestContext,
  options: TrainOptions,
): Promise<TrainingRequest & Json> {
  const { strategy, epochs, seed, from } = options
  return {
    strategy: { given: strategy, directories: settings.strategyDirectories, snapshot: null },
    ...dataRequest(options),
    epochs: epochs ?? null,
    seed: seed ?? null,
    warmStart: from === undefined ? null : await placeNamed({ db, layout: settings.layout }, from),
  }
}

export async function backtestRequest(
  { db, settings }: RequestContext,
  options: BacktestOptions,
): Promise<(BacktestRequest | RuleRequest) & Json> {
  const { given, model, timeframe } = options
  if (await hasRules(given, db, settings)) return ruleRequest(settings, options)
  if (timeframe !== undefined)
    throw new KtrdrError('USAGE', 'A model is for bars of the timeframe that it was trained on.', {
      suggestions: ['Leave --timeframe away; it is for rules and for signals.'],
    })
  const strategyFile = /\.ya?ml$/.test(given) ? resolve(given) : null
  const name = strategyFile === null ? given : await nameIn(strategyFile)
  const untrained = model === undefined && strategyFile !== null ? given : undefined
  const place = await placeNamed({ db, layout: settings.layout }, model ?? name, untrained)
  if (model !== undefined) checkStrategyOf(model, place, name)
  return {
    model: { ...place, strategyFile },
    ...dataRequest(options),
    ...tradingRequest(options, await termsOfModel(place, options.trading?.sides)),
  }
}

/** Whether a file is of a strategy with rules; or a name, which no model has. */
async function hasRules(
  given: string,
  db: Sqlite,
  { layout, strategyDirectories }: Settings,
): Promise<boolean> {
  const files = () => import('./strategy/load-strategy.ts')
  if (/\.ya?ml$/.test(given)) return (await files()).saysRules(given)
  try {
    await placeNamed({ db, layout }, given)
    return false
  } catch (error) {
    if (!(error instanceof KtrdrError) || error.code !== 'MODEL_NOT_FOUND') throw error
  }
  const { findStrategy, saysRules } = await files()
  try {
    return saysRules(findStrategy(given, strategyDirectories))
  } catch (error) {
    if (!(error instanceof KtrdrError)) throw error
    return false // that there is no model says more
  }
}

async function ruleRequest(
  { strategyDirectories }: Settings,
  options: BacktestOptions,
): Promise<RuleRequest & Json> {
  const { given, model, timeframe, trading } = options
  if (model !== undefined)
    throw new KtrdrError(
      'USAGE',
      `The strategy ${given} has rules and no network: it has no model.`,
      { suggestions: [`ktrdr backtest ${shellWord(given)} --data FILE`] },
    )
  const { findStrategy, loadAnyStrategy } = await import('./strategy/load-strategy.ts')
  const { strategy } = loadAnyStrategy(findStrategy(given, strategyDirectories))
  const sides = trading?.sides
  const isOne = sides === 'long' || sides === 'short'
  if (isOne && 'rules' in strategy && strategy.rules[sides] === null)
    throw new KtrdrError(
      'USAGE',
      `--sides is ${sides}, and the strategy ${strategy.name} never goes ${sides}.`,
      { suggestions: ['--sides both'] },
    )
  return {
    rules: { given, directories: strategyDirectories, snapshot: null },
    traded: { symbols: null, timeframe: timeframe ?? null },
    ...dataRequest(options),
    ...tradingRequest(options, strategy.trading),
  }
}

/**
 * What the strategy inside a model says of trading. The job checks and parses it in its own thread; that is done here as
 * well only where there may be something to find.
 */
async function termsOfModel(
  { directory, sha256 }: ModelPlace,
  sides: TradingTerms['sides'],
): Promise<TradingTerms | undefined> {
  if (sides !== 'short' && !mentionsTrading(join(directory, STRATEGY_FILE))) return undefined
  const { parseStrategy } = await import('./strategy/load-strategy.ts')
  const { strategy } = parseStrategy(loadModel(directory, sha256).strategyText, STRATEGY_FILE)
  if (sides === 'short' && neverGoesShort(strategy.decisions))
    throw new KtrdrError(
      'USAGE',
      `--sides is short, and the strategy ${strategy.name} never goes short.`,
      {
        suggestions: ['Train it with decisions: {allow_short_from_flat: true}.', '--sides both'],
      },
    )
  return strategy.trading
}

function mentionsTrading(path: string): boolean {
  try {
    return statSync(path).isFile() && readFileSync(path, 'utf8').includes('trading')
  } catch {
    return false // the job says what is wrong with the model
  }
}

function tradingRequest(
  { trading = {}, funding = [], trials }: TradingOptions,
  strategy: TradingTerms | undefined,
): Pick<BacktestRequest, 'simulation' | 'funding' | 'trials'> {
  return {
    simulation: tradingSettings(trading, strategy),
    ...(funding.length === 0 ? {} : { funding: funding.map(fileRequest) }),
    ...(trials === undefined ? {} : { trials }),
  }
}

/** @throws USAGE when nothing says what the symbol is, and what loading the strategy throws */
export async function signalRequest(
  { settings }: RequestContext,
  options: SignalOptions,
): Promise<SignalRequest & Json> {
  const { signals, confidenceThreshold, allowShort, separationHours } = options
  const { decisions, traded, trading } = await rulesOf(options, settings)
  return {
    signals: {
      path: resolve(signals),
      decisions: {
        ...decisions,
        ...(confidenceThreshold === undefined ? {} : { confidenceThreshold }),
        ...(allowShort === undefined ? {} : { allowShortFromFlat: allowShort }),
        ...(separationHours === undefined ? {} : { minSignalSeparationHours: separationHours }),
      },
    },
    traded,
    ...dataRequest(options),
    ...tradingRequest(options, trading),
  }
}

type Rules = Pick<SignalRequest, 'traded'> & {
  readonly decisions: DecisionSettings
  readonly trading?: TradingTerms | undefined
}

/** Those of the strategy; without one upstream's defaults, on the bars of the file. */
async function rulesOf(
  { strategy: given, data, timeframe }: SignalOptions,
  { strategyDirectories }: Settings,
): Promise<Rules> {
  if (given !== undefined) {
    const { findStrategy, loadStrategy } = await import('./strategy/load-strategy.ts')
    const { strategy } = loadStrategy(findStrategy(given, strategyDirectories))
    const { symbols, baseTimeframe, decisions, trading } = strategy
    return { decisions, trading, traded: { symbols, timeframe: timeframe ?? baseTimeframe } }
  }
  const [{ defaultDecisions }, { symbolOfFile }] = await Promise.all([
    import('./strategy/resolve.ts'),
    import('./data/symbol-of-file.ts'),
  ])
  const [file] = dataRequest({ data }).data
  const symbol = file && (file.symbol ?? symbolOfFile(file.path))
  if (file && symbol)
    return {
      decisions: defaultDecisions(),
      traded: { symbols: [symbol], timeframe: timeframe ?? null },
    }
  throw new KtrdrError('USAGE', `Nothing says what the symbol of ${file?.path ?? 'the data'} is.`, {
    suggestions: [dataFlag('SYMBOL', file?.path ?? 'FILE.csv')],
  })
}

export function dataRequest({
  data,
  start,
  end,
}: DataOptions): Pick<TrainingRequest, 'data' | 'range'> {
  const { firstMs, lastMs } = parseDateRange({ start, end })
  return {
    data: data.map(fileRequest),
    range: { fromMs: firstMs ?? null, toMs: lastMs ?? null },
  }
}

export function fileRequest(text: string): DataRequest {
  const { path, symbol } = parseDataArgument(text)
  return { path: resolve(path), symbol, used: null }
}

/** @throws USAGE unless the model was trained from the strategy of that name */
function checkStrategyOf(model: string, place: ModelPlace, strategy: string): void {
  const trained = loadModel(place.directory, place.sha256).manifest.strategy
  if (trained === strategy) return
  throw new KtrdrError(
    'USAGE',
    `The model ${model} was trained from the strategy ${trained}, not from ${strategy}.`,
    { suggestions: [`ktrdr backtest ${trained} --model ${model} --data FILE`] },
  )
}

/** A strategy file stands for the models of its name. */
async function nameIn(strategyFile: string): Promise<string> {
  const { loadStrategy } = await import('./strategy/load-strategy.ts')
  return loadStrategy(strategyFile).strategy.name
}
