// From what was asked to what the bar loop needs: the model, the bars, its features, and the forecast of each bar.

import { basename, resolve } from 'node:path'
import { describeTrading } from '../trading/describe-trading.ts'
import { givesSignals, type DecisionSettings } from '../trading/decision-settings.ts'
import { ARITHMETIC as SIMULATION_ARITHMETIC } from '../backtest/simulate.ts'
import { simulationInputs, type SimulationInputs } from '../backtest/simulation-inputs.ts'
import type { SimulationSettings } from '../trading/simulation-settings.ts'
import { KtrdrError } from '../core/errors.ts'
import type { Headline } from '../core/events.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import { counted } from '../core/text.ts'
import { dataFlag } from '../data/data-flag.ts'
import { formatDateRange } from '../data/date-range.ts'
import { completeBars, computeFeatures } from '../features/feature-matrix.ts'
import { makeSamples } from '../features/samples.ts'
import { loadModel, type Model } from '../models/load-model.ts'
import { lastSeenMs, STRATEGY_FILE } from '../models/model.ts'
import { parseStrategy, readStrategy } from '../strategy/load-strategy.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { checkModel, MODEL_ARITHMETIC } from './check-model.ts'
import { loadFunding } from './funding.ts'
import { forecastIntents } from './forecaster.ts'
import type { Loaded, Resources } from './job.ts'
import { windowsOf } from './labelled-rows.ts'
import {
  loadMarketData,
  type DataRequest,
  type MarketData,
  type RangeSettings,
  type SymbolData,
} from './market-data.ts'
import { networkOf } from './model-network.ts'

/** What `ktrdr backtest` asks for. */
export type BacktestRequest = {
  readonly model: {
    readonly directory: string
    readonly sha256: string | null
    /** The strategy that was asked for by its file; the model has a copy of its own. */
    readonly strategyFile: string | null
  }
  readonly data: readonly DataRequest[]
  readonly range: RangeSettings
  readonly simulation: Omit<SimulationSettings, 'decisions'>
  /** Series of rates, if there are any. */
  readonly funding?: readonly DataRequest[]
  /** How many strategies were tried to find this one. */
  readonly trials?: number
}

/** A hash: of the model, of what rules want of each bar, or of the rows in use and with them the rules of decision, which a model has with itself. */
export type ForecastSource =
  | { readonly model: string }
  | { readonly signals: string; readonly decisions: DecisionSettings }
  | { readonly rules: string }

export type SignalFacts = {
  readonly kind: string
  /** In use. */
  readonly rows: number
  /** In the range, but stamped at none of its bars. */
  readonly rowsOfNoBar: number
}

export type BacktestJobInputs = {
  readonly simulation: SimulationInputs
  readonly name: string
  readonly timeframe: string
  /** Where the forecasts come from, as the manifest of the result has it. */
  readonly source: ForecastSource
  /** Of signals from a file: what was read of it. */
  readonly signals?: SignalFacts
  /** No bar of the backtest was seen when the model was trained or chosen; null: nobody knows, of signals from a file. */
  readonly isOutOfSample: boolean | null
  readonly warnings: readonly string[]
  /** How many strategies were tried to find this one. */
  readonly trials?: number | undefined
  /** For the midst of what its end takes, see Resources. */
  readonly pause?: Resources['breathe']
}

export async function loadBacktest(
  request: BacktestRequest,
  resources: Resources,
): Promise<Loaded<BacktestJobInputs>> {
  const { barCache, tell } = resources
  tell?.('reading data')
  const model = loadModel(request.model.directory, request.model.sha256)
  const { strategy } = parseStrategy(model.strategyText, STRATEGY_FILE)
  checkModel(model, strategy)
  const { name, baseTimeframe: timeframe, decisions } = strategy
  const symbols = symbolsToTrade(request.data, strategy.symbols)
  const data = await loadMarketData(request.data, { ...strategy, symbols }, request.range, barCache)
  tell?.('computing features')
  const network = networkOf(model, resources)
  const rows = data.symbols.map((one) => completeRows(one, strategy, model, data))
  const funding = await loadFunding(request.funding, data)
  const settings = { ...request.simulation, decisions }
  const simulation = simulationInputs(
    rows.map(({ symbol, bars, complete, samples }) => ({
      symbol,
      bars,
      firstBar: complete[0]!,
      endBar: bars.length,
      intentsAt: forecastIntents(network, samples, complete, bars.length, decisions),
      funding: funding.rates.get(symbol),
    })),
    settings,
  )
  const isOutOfSample = lastSeenMs(model.manifest) < simulation.timeline.timestampMs[0]!
  const warnings = [
    ...(isOutOfSample
      ? []
      : ['The range overlaps the bars that the model was trained on: the result is in sample.']),
    ...(givesSignals(decisions)
      ? []
      : ['The model names the state of the market, not what to do: every bar holds.']),
  ]

  return {
    name,
    settings: {
      ...request,
      model: {
        ...request.model,
        directory: resolve(request.model.directory),
        sha256: model.sha256,
      },
      data: data.settings,
      ...(request.funding ? { funding: funding.settings } : {}),
    } satisfies BacktestRequest as Json,
    fingerprints: {
      model: model.sha256,
      arithmetic: `${MODEL_ARITHMETIC} ${SIMULATION_ARITHMETIC}`,
      'resolved settings': sha256(exactJson(settings)),
      ...data.fingerprints,
      ...funding.fingerprints,
      ...Object.fromEntries(
        rows.map(({ symbol, samples }) => [
          rows.length === 1 ? 'features' : `${symbol} features`,
          sha256(bytesOf(samples.features)),
        ]),
      ),
    },
    sources: [...data.settings, ...funding.settings]
      .map(({ path }) => path)
      .concat(model.directory),
    headline: headlineOf(model, simulation, isOutOfSample),
    warnings: [
      ...data.warnings,
      ...funding.warnings,
      ...otherStrategy(request.model.strategyFile, model),
      ...warnings,
    ],
    inputs: {
      simulation,
      name,
      timeframe,
      source: { model: model.sha256 },
      isOutOfSample,
      warnings,
      trials: request.trials,
      pause: resources.breathe,
    },
  }
}

/** A symbol's features on every bar that has all of them. @throws DATA_INVALID when there is none */
function completeRows(
  { symbol, market, bars, from }: SymbolData,
  strategy: Strategy,
  model: Model,
  data: MarketData,
) {
  const features = computeFeatures(market, strategy)
  const windows = windowsOf(strategy)
  const complete = completeBars(features, from, bars.length, windows)
  if (complete.length === 0) {
    const { path } = data.settings.find((file) => file.symbol === symbol)!
    throw new KtrdrError('DATA_INVALID', `No bar of ${path} in this range has all features.`, {
      suggestions: ['Choose an earlier --start or a later --end, or give more history.'],
    })
  }
  const samples = makeSamples(features, model.manifest.normalizations, complete, windows.length)
  return { symbol, bars, complete, samples }
}

/** The symbols that data was named for; all, when it was named for none. */
export function symbolsToTrade(
  data: readonly DataRequest[],
  symbols: readonly string[],
): readonly string[] {
  const named = symbols.filter((symbol) => data.some((request) => request.symbol === symbol))
  return named.length > 0 ? named : symbols
}

/**
 * One symbol of the strategy: the only one, or the one that data was named for.
 * @param what says which symbols there are, in messages
 */
export function symbolToTrade(
  data: readonly DataRequest[],
  symbols: readonly string[],
  what: string,
): string {
  const [symbol, ...others] = symbolsToTrade(data, symbols)
  // Data of what is none of them is refused when it is loaded.
  if (symbol !== undefined && others.length === 0) return symbol
  throw new KtrdrError(
    'USAGE',
    `Signals are of one symbol, and ${what} is for ${symbols.join(', ')}.`,
    { suggestions: symbols.map((each) => dataFlag(each, pathFor(each, data))) },
  )
}

/** What was named for a symbol, else what was not named for any. */
function pathFor(symbol: string, data: readonly DataRequest[]): string {
  const own = data.find((request) => request.symbol === symbol)
  return (own ?? data.find((request) => request.symbol === null))?.path ?? 'FILE'
}

function otherStrategy(strategyFile: string | null, { strategyText }: Model): string[] {
  try {
    if (strategyFile === null || readStrategy(strategyFile) === strategyText) return []
    return [
      `${basename(strategyFile)} is not what the model was trained with; the model's own copy is used.`,
    ]
  } catch {
    return []
  }
}

function headlineOf(
  { manifest, directory }: Model,
  simulation: SimulationInputs,
  isOutOfSample: boolean,
): Headline {
  const sample = isOutOfSample ? 'OUT OF SAMPLE' : 'IN SAMPLE'
  return [
    [
      'Model',
      `${manifest.strategy}  epoch ${manifest.bestEpoch} of ${manifest.epochs}  ${directory}`,
    ],
    ['Data', `${dataText(manifest.timeframe, simulation)}  ${sample}`],
    ['Account', describeTrading(simulation.settings).join(', ')],
  ]
}

/** What is traded, as a headline names it. */
export function dataText(
  timeframe: string,
  { instruments, timeline: { timestampMs } }: SimulationInputs,
): string {
  const symbols = instruments.map(({ symbol }) => symbol).join(', ')
  const range = formatDateRange({ firstMs: timestampMs[0], lastMs: timestampMs.at(-1) })
  return `${symbols} ${timeframe}  ${range}  ${counted(timestampMs.length, 'bar')}`
}
