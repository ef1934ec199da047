// What the trials of a search that have the same features and labels share: rows to train on and to judge by, and what a
// backtest of the validation looks at. The test slice is no part of it: no trial is ever judged by it.

import { sha256 } from '../core/hash.ts'
import { inSharedMemory, sharedBytes } from '../core/shared-memory.ts'
import type { Bars } from '../data/bars.ts'
import { completeBars } from '../features/feature-matrix.ts'
import type { Normalizations } from '../features/normalize.ts'
import { makeSamples, type FeatureSamples } from '../features/samples.ts'
import type { Rows } from '../neural/network.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { windowsOf, type SymbolRows } from './labelled-rows.ts'
import type { MarketData } from './market-data.ts'
import { labelledSymbols, normalizationsOf, sliceRows } from './training-data.ts'
import type { SharedCache } from './work.ts'

export type TrialFeatures = {
  readonly featureIds: readonly string[]
  /** Names of the classes; empty for values. */
  readonly classes: readonly string[]
  readonly normalizations: Normalizations
  readonly train: Rows
  readonly validation: Rows
  /** Of each symbol whose validation is traded. */
  readonly traded: readonly TradedSlice[]
}

export type TradedSlice = {
  readonly symbol: string
  /** With a window of features each, ascending. */
  readonly complete: Int32Array
  readonly samples: FeatureSamples
  /** Exclusive: the bar after the last of the validation. */
  readonly endBar: number
}

/**
 * Of the cache, where another trial has made them.
 * @param market that of the whole search
 * @param marketSha256 what it holds
 * @throws DATA_INVALID when too little is left of a symbol to train on
 */
export function trialFeatures(
  strategy: Strategy,
  market: Pick<MarketData, 'symbols' | 'settings'>,
  marketSha256: string,
  isTraded: boolean,
  cache: SharedCache,
): TrialFeatures {
  const { indicators, fuzzySets, inputs, historyRequired, training } = strategy
  const decisive = {
    plan: { indicators, fuzzySets, inputs },
    windows: windowsOf(strategy),
    historyRequired,
    labels: training.labels,
    split: training.split,
    isTraded,
  }
  const key = `features ${sha256(JSON.stringify(decisive), marketSha256)}`
  const known = cache.get(key) as TrialFeatures | undefined
  if (known !== undefined) return known
  const made = inSharedMemory(makeFeatures(strategy, market, isTraded))
  cache.put(key, made, sharedBytes(made))
  return made
}

function makeFeatures(
  strategy: Strategy,
  market: Pick<MarketData, 'symbols' | 'settings'>,
  isTraded: boolean,
): TrialFeatures {
  const symbols = labelledSymbols(strategy, market)
  const normalizations = normalizationsOf(symbols)
  return {
    featureIds: symbols[0]!.features.ids,
    classes: symbols[0]!.labels.classes,
    normalizations,
    train: sliceRows(strategy, symbols, normalizations, 'train'),
    validation: sliceRows(strategy, symbols, normalizations, 'validation'),
    traded: isTraded
      ? symbols.flatMap((rows) => tradedSlice(strategy, rows, normalizations) ?? [])
      : [],
  }
}

/** From the first to the last bar of the validation, those without a label too. */
function tradedSlice(
  strategy: Strategy,
  { symbol, features, split: { validation } }: SymbolRows,
  normalizations: Normalizations,
): TradedSlice | null {
  if (validation.length === 0) return null
  const endBar = validation.at(-1)! + 1
  const windows = windowsOf(strategy)
  const complete = completeBars(features, validation[0]!, endBar, windows)
  const samples = makeSamples(features, normalizations, complete, windows.length)
  return { symbol, complete, samples, endBar }
}

/** The bars of a symbol. */
export function barsOf({ symbols }: Pick<MarketData, 'symbols'>, name: string): Bars {
  return symbols.find(({ symbol }) => symbol === name)!.bars
}
