// A backtest of signals from a file: no model, no features. What the rows say is decided and traded as the forecasts of
// a model are.

import { basename, extname, resolve } from 'node:path'
import { neverGoesShort, type DecisionSettings } from '../trading/decision-settings.ts'
import { describeTrading } from '../trading/describe-trading.ts'
import { intentsOfForecasts } from '../backtest/read-forecasts.ts'
import { ARITHMETIC } from '../backtest/simulate.ts'
import { simulationInputs } from '../backtest/simulation-inputs.ts'
import { KtrdrError } from '../core/errors.ts'
import type { Headline } from '../core/events.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import { bytesOf } from '../core/snapshot.ts'
import { shellWord } from '../core/shell-word.ts'
import { counted } from '../core/text.ts'
import type { BarCache } from '../data/bar-cache.ts'
import type { Timeframe } from '../data/bars.ts'
import { fingerprintBars } from '../data/fingerprint.ts'
import { cutToRange, readChecked, typicallyApart } from '../data/checked-file.ts'
import { readSignals, type SignalKind } from '../data/read-signals.ts'
import { timeframeOf } from '../data/timeframe.ts'
import { formatTimestamp } from '../data/timestamp.ts'
import { marketOf } from '../features/market.ts'
import {
  dataText,
  symbolToTrade,
  type BacktestJobInputs,
  type BacktestRequest,
} from './backtest-inputs.ts'
import { loadFunding } from './funding.ts'
import type { Loaded, Resources } from './job.ts'
import { firstInRange, loadMarketData, marketText, type MarketData } from './market-data.ts'
import { matchSignals, type MatchedSignals } from './match-signals.ts'

/** What `ktrdr backtest --signals FILE` asks for. */
export type SignalRequest = Omit<BacktestRequest, 'model'> & {
  readonly signals: {
    readonly path: string
    /** How probabilities and words become orders; positions are followed as they are. */
    readonly decisions: DecisionSettings
  }
  /** What is traded, one of these symbols; the timeframe is null until it is measured. */
  readonly traded: {
    readonly symbols: readonly string[]
    readonly timeframe: Timeframe | null
  }
}

export async function loadSignals(
  request: SignalRequest,
  { barCache = null, tell, breathe }: Pick<Resources, 'barCache' | 'tell' | 'breathe'> = {},
): Promise<Loaded<BacktestJobInputs>> {
  const { path, decisions: given } = request.signals
  tell?.('reading data')
  const { data, timeframe } = await marketToTrade(request, barCache)
  const { bars, from, symbol } = data.symbols[0]!
  const signals = await readSignals(path, bars.timestampMs[bars.length - 1]!)
  const decisions = decisionsFor(signals.kind, given)
  if (request.simulation.sides === 'short' && neverGoesShort(decisions))
    throw new KtrdrError('USAGE', '--sides is short, and a SELL opens no short.', {
      suggestions: ['--allow-short', '--sides both'],
    })
  const matched = matchSignals(signals, bars, from, path)
  const name = nameOf(path)
  const settings = { ...request.simulation, decisions }
  const { length } = bars
  const funding = await loadFunding(request.funding, data)
  const intents = intentsOfForecasts(matched.values, matched.bars, from, length, decisions)
  const instrument = {
    symbol,
    bars,
    firstBar: from,
    endBar: length,
    intentsAt: () => intents,
    funding: funding.rates.get(symbol),
  }
  const simulation = simulationInputs([instrument], settings)
  const signalsSha256 = sha256(bytesOf(matched.timestampMs), bytesOf(matched.values))
  const warnings = strangerWarnings(matched, path)
  return {
    name,
    settings: {
      ...request,
      signals: { ...request.signals, path: resolve(path) },
      traded: { symbols: [symbol], timeframe },
      data: data.settings,
      ...(request.funding ? { funding: funding.settings } : {}),
    } satisfies SignalRequest as Json,
    fingerprints: {
      signals: `${signals.kind} ${signalsSha256}`,
      arithmetic: ARITHMETIC,
      'resolved settings': sha256(exactJson(settings)),
      ...data.fingerprints,
      ...funding.fingerprints,
    },
    sources: [...data.settings, ...funding.settings].map((file) => file.path).concat(path),
    headline: [
      [
        'Signals',
        `${path}  ${KIND_TEXT[signals.kind]}  ${counted(matched.bars.length, 'row')} in use`,
      ],
      ['Data', dataText(timeframe, simulation)],
      ...decisionsText(decisions),
      ['Account', describeTrading(settings).join(', ')],
    ],
    warnings: [...data.warnings, ...funding.warnings, ...warnings],
    inputs: {
      simulation,
      name,
      timeframe,
      source: { signals: signalsSha256, decisions },
      signals: { kind: signals.kind, rows: matched.bars.length, rowsOfNoBar: matched.strangers },
      isOutOfSample: null,
      warnings,
      trials: request.trials,
      pause: breathe,
    },
  }
}

const KIND_TEXT: Readonly<Record<SignalKind, string>> = {
  probabilities: 'probabilities',
  signal: 'BUY, HOLD, SELL',
  position: 'target positions',
}

/** A target is held as soon as it can be, whatever the rules for signals. */
function decisionsFor(kind: SignalKind, given: DecisionSettings): DecisionSettings {
  if (kind === 'position')
    return {
      ...given,
      outputFormat: 'position',
      positionAwareness: true,
      minSignalSeparationHours: 0,
      minSignalSeparationBars: 0,
    }
  if (given.outputFormat !== 'classification')
    throw new KtrdrError(
      'USAGE',
      `The strategy decides on ${given.outputFormat === 'regression' ? 'expected returns' : 'the state of the market'}, and signals say what to do.`,
      { suggestions: ['Leave the strategy out, or give one with output_format: classification.'] },
    )
  // As the probabilities are: one of 0.7 is not below a threshold of 0.7.
  return { ...given, confidenceThreshold: Math.fround(given.confidenceThreshold) }
}

async function marketToTrade(
  request: SignalRequest,
  cache: BarCache | null,
): Promise<{ data: MarketData; timeframe: Timeframe }> {
  const { symbols, timeframe } = request.traded
  if (timeframe === null) return measuredMarket(request, cache)
  const symbol = symbolToTrade(request.data, symbols, 'the strategy')
  const needs = { symbols: [symbol], baseTimeframe: timeframe, inputs: [], context: [] }
  return { data: await loadMarketData(request.data, needs, request.range, cache), timeframe }
}

/** The bars of the one file, on the timeframe that they have. */
async function measuredMarket(
  { data: [file, another], range: { fromMs, toMs }, traded: { symbols } }: SignalRequest,
  cache: BarCache | null,
): Promise<{ data: MarketData; timeframe: Timeframe }> {
  if (!file || another)
    throw new KtrdrError('USAGE', 'Signals are traded on the bars of one file.', {
      suggestions: ['--data SYMBOL=FILE.csv'],
    })
  const { path } = file
  const symbol = symbols[0]!
  const range = { lastMs: toMs ?? undefined }
  const checked = await readChecked(path, range, cache)
  const timeframe = timeframeOf(checked.spacingMs)
  if (timeframe === undefined)
    throw new KtrdrError(
      'DATA_INVALID',
      `${typicallyApart(path, checked.spacingMs)}, which is no timeframe.`,
      { suggestions: [`ktrdr data convert ${shellWord(path)} FILE.csv --timeframe 1h`] },
    )
  const { bars, warnings } = cutToRange(checked, range, fromMs ?? -Infinity)
  const used = { firstMs: bars.timestampMs[0]!, lastMs: bars.timestampMs[bars.length - 1]! }
  const from = firstInRange(bars, marketText([symbol], timeframe), { fromMs, toMs })
  const fingerprints = Object.entries(fingerprintBars(bars)).map(
    ([what, value]) => [`${symbol} ${what}`, value] as const,
  )
  return {
    timeframe,
    data: {
      settings: [{ path, symbol, used }],
      symbols: [{ symbol, market: marketOf(bars, timeframe), bars, from }],
      warnings,
      fingerprints: Object.fromEntries(fingerprints),
    },
  }
}

/** A result is called as its signals are. */
function nameOf(path: string): string {
  const stem = basename(path).replace(/(\.gz)$/i, '')
  const name = basename(stem, extname(stem)).replaceAll(/[^A-Za-z0-9_-]+/g, '-')
  return name.replace(/^[-_]+/, '') || 'signals'
}

function strangerWarnings({ strangers, firstStrangerMs }: MatchedSignals, path: string): string[] {
  if (firstStrangerMs === null) return []
  return [
    `${counted(strangers, 'row')} of ${path} ${strangers === 1 ? 'is' : 'are'} stamped at no bar and ignored; the first is of ${formatTimestamp(firstStrangerMs)}.`,
  ]
}

function decisionsText(decisions: DecisionSettings): Headline {
  const { outputFormat, confidenceThreshold, allowShortFromFlat } = decisions
  if (outputFormat === 'position') return []
  const { minSignalSeparationHours: hours, minSignalSeparationBars: bars } = decisions
  const apart = [...(hours > 0 ? [`${hours} h`] : []), ...(bars > 0 ? [counted(bars, 'bar')] : [])]
  return [
    [
      'Decisions',
      [
        `confidence of ${Number(confidenceThreshold.toPrecision(6))} at least`,
        allowShortFromFlat ? 'long and short' : 'no short from flat',
        ...(apart.length > 0 ? [`${apart.join(' and ')} from a fill to the next entry`] : []),
      ].join(', '),
    ],
  ]
}
