// A fold of a walk-forward, with one set of values: what a trial does on the train window alone, and then what its model, or
// its rules, want of each bar of the test window, which nothing before has seen.

import { MISSING, type Intents } from '../backtest/intents.ts'
import { intentsOfForecasts } from '../backtest/read-forecasts.ts'
import { invariant } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import { inSharedMemory, sharedBytes } from '../core/shared-memory.ts'
import { firstBarAtOrAfter } from '../data/bars.ts'
import { completeBars, computeFeatures, type FeatureColumns } from '../features/feature-matrix.ts'
import type { FeaturePlan } from '../features/feature-plan.ts'
import { makeSamples } from '../features/samples.ts'
import { ruleIntents } from '../rules/rule-intents.ts'
import type { RuleStrategy } from '../strategy/strategy.ts'
import type { TrainingState } from '../training/training-state.ts'
import type { FoldWindow } from '../walkforward/fold-windows.ts'
import { allForecasts } from './forecaster.ts'
import { packIntents, type PackedIntents } from './intents-text.ts'
import { windowsOf } from './labelled-rows.ts'
import type { MarketData, SymbolData } from './market-data.ts'
import { marketKnownAt } from './market-views.ts'
import {
  bestNetwork,
  trialWork,
  type TrialInputs,
  type TrialResult,
  type TrialSettings,
  type TrialShared,
  type TrialState,
} from './trial.ts'
import type { SharedCache, Work } from './work.ts'

/** What all folds share: the whole market, of which each sees its own part. */
export type FoldShared = Pick<
  TrialShared,
  'market' | 'marketSha256' | 'objective' | 'paths' | 'strategy' | 'trading'
> & { readonly windows: readonly FoldWindow[] }

export type FoldSettings = { readonly fold: number; readonly trial: TrialSettings }

export type FoldResult = TrialResult & {
  /** Of each symbol that has bars in the test window; none where the trial came to nothing. */
  readonly intents: readonly PackedIntents[]
}

export type FoldInputs = {
  readonly trial: TrialInputs
  readonly window: FoldWindow
  readonly market: Pick<MarketData, 'symbols'>
  readonly marketSha256: string
  readonly cache: SharedCache
}

export const foldWork: Work<FoldInputs, TrialState> = {
  async load(settings, context) {
    const { fold, trial } = settings as unknown as FoldSettings
    const shared = context.shared as FoldShared
    const { market, marketSha256 } = shared
    return {
      trial: await trialWork.load(trial, { ...context, shared: sharedOf(shared, fold) }),
      window: shared.windows[fold]!,
      market,
      marketSha256,
      cache: context.cache,
    }
  },

  begin: ({ trial }) => trialWork.begin(trial),
  isDone: (state, { trial }) => trialWork.isDone(state, trial),
  advance: (state, { trial }) => trialWork.advance(state, trial),
  encode: (state, { trial }) => trialWork.encode(state, trial),
  decode: (encoded, { trial }) => trialWork.decode(encoded, trial),
  doneRatio: (state, { trial }) => trialWork.doneRatio(state, trial),
  metrics: (state, { trial }) => trialWork.metrics(state, trial),

  async finish(state, inputs) {
    const result = (await trialWork.finish(state, inputs.trial)) as TrialResult
    const intents = result.outcome === 'completed' ? testIntents(state, inputs) : []
    return { ...result, intents } satisfies FoldResult as unknown as Json
  },

  dispose: (state, { trial }) => trialWork.dispose?.(state, trial),
}

/** What a trial may know of the market: nothing that was not known when the test window begins. */
function sharedOf(shared: FoldShared, fold: number): TrialShared {
  const { market, marketSha256, strategy, paths, objective, trading, windows } = shared
  const { trainFromMs, testFromMs } = windows[fold]!
  return {
    strategy,
    paths,
    objective,
    trading,
    market: {
      symbols: market.symbols.map((data) => knownAt(data, trainFromMs, testFromMs)),
      settings: market.settings,
    },
    marketSha256: sha256(marketSha256, `${trainFromMs} ${testFromMs}`),
    isTraded: true,
    furtherFigures: ['annualizedReturnRatio'],
    hasNoTest: true,
    judgedShare: 1,
  }
}

function knownAt({ symbol, market }: SymbolData, fromMs: number, nowMs: number): SymbolData {
  const known = marketKnownAt(market, nowMs)
  const bars = known.frames.get(known.baseTimeframe)!
  return { symbol, market: known, bars, from: firstBarAtOrAfter(bars, fromMs) }
}

function testIntents({ training }: TrialState, inputs: FoldInputs): PackedIntents[] {
  const { trial, market, window } = inputs
  return market.symbols.flatMap((data): PackedIntents[] => {
    const from = firstBarAtOrAfter(data.bars, window.testFromMs)
    const to = firstBarAtOrAfter(data.bars, window.testToMs)
    if (from === to) return []
    const { tried } = trial
    const intents =
      tried.kind === 'rules'
        ? intentsOfRules(tried.strategy, data, from, to, window.testToMs)
        : intentsOfNetwork(training!, data, from, to, inputs)
    return [packIntents(data.symbol, intents)]
  })
}

function intentsOfRules(
  strategy: RuleStrategy,
  { market }: SymbolData,
  from: number,
  to: number,
  endMs: number,
): Intents {
  const bits = new Uint8Array(to - from).fill(MISSING)
  const begin = Math.max(from, strategy.historyRequired ?? 0)
  const wanted = ruleIntents(strategy, marketKnownAt(market, endMs), begin)
  if (wanted !== undefined)
    bits.set(wanted.bits.subarray(0, Math.max(0, to - wanted.from)), wanted.from - from)
  return { from, to, bits, confidence: null }
}

function intentsOfNetwork(
  training: TrainingState,
  data: SymbolData,
  from: number,
  to: number,
  { trial: { tried }, marketSha256, cache }: FoldInputs,
): Intents {
  invariant(tried.kind === 'network', 'Rules are not trained.')
  const { strategy, features: ofTrial } = tried
  const features = featuresOf(data, strategy, marketSha256, cache)
  const windows = windowsOf(strategy)
  const complete = completeBars(features, from, to, windows)
  const samples = makeSamples(features, ofTrial.normalizations, complete, windows.length)
  const network = bestNetwork(training, tried)
  const forecasts = allForecasts(network, samples)
  return intentsOfForecasts(forecasts, complete, from, to, strategy.decisions)
}

/** Of the whole market, once for all folds: what a feature of a bar is depends on no later bar. */
function featuresOf(
  { symbol, market }: SymbolData,
  { indicators, fuzzySets, inputs }: FeaturePlan,
  marketSha256: string,
  cache: SharedCache,
): FeatureColumns {
  const plan = { indicators, fuzzySets, inputs }
  const key = `columns ${sha256(JSON.stringify({ symbol, plan }), marketSha256)}`
  const known = cache.get(key) as FeatureColumns | undefined
  if (known !== undefined) return known
  const made = inSharedMemory(computeFeatures(market, plan))
  cache.put(key, made, sharedBytes(made))
  return made
}
