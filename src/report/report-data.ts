// What a report is made of: everything is passed in, nothing is looked up here. Facts that could not be had are a
// sentence that says why, and the page says it where they would stand.

import type { SimulationSettings } from '../trading/simulation-settings.ts'
import type { Json } from '../core/hash.ts'
import type { EquityCurve, Trade } from './result-files.ts'

export type Missing = { readonly missing: string }

export function isMissing(value: object): value is Missing {
  return 'missing' in value
}

export type Figures = Readonly<Record<string, Json>>

export type OperationFacts = {
  readonly operationId: string
  readonly name: string
  readonly createdAt: string
  readonly endedAt: string | null
  /** Version of the program and platform of its newest attempt. */
  readonly program: string
  /** A line for each start: who ran it, from which checkpoint, how it ended. */
  readonly attempts: readonly string[]
  readonly fingerprints: Readonly<Record<string, string>>
  /** Hashes of what it made, by name. */
  readonly hashes: Readonly<Record<string, string>>
  /** Ready to paste. */
  readonly command: string
  readonly directory: string
}

/** A fuzzy set and the values that it was asked about, one a bar. */
export type FuzzyFacts = {
  readonly id: string
  readonly indicator: string
  readonly values: Float64Array
  readonly words: readonly string[]
  /** Membership of each word at each x. */
  readonly degreesAt: (x: Float64Array) => readonly Float64Array[]
}

export type IndicatorFacts = {
  readonly name: string
  readonly values: Float64Array
  /** Of the scale of prices, so that it belongs over the bars. */
  readonly isPriceScaled: boolean
}

/** Columns of the bars that a report is about, from the file that they came from. */
export type MarketFacts = {
  readonly timeMs: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly indicators: readonly IndicatorFacts[]
  /** Missing when there is no strategy to ask. */
  readonly fuzzySets: readonly FuzzyFacts[] | Missing
  readonly memberships: Memberships | Missing
}

/** What the network was told of each bar, or the rules looked at, as far as it is a membership. */
export type Memberships = {
  readonly ids: readonly string[]
  readonly columns: readonly Float64Array[]
}

/** A stretch of time that a chart shades, e.g. the training slice. */
export type Band = { readonly name: string; readonly firstMs: number; readonly lastMs: number }

export type TrainingFacts = {
  readonly operation: OperationFacts
  readonly market: string
  readonly range: string
  readonly epochs: number
  readonly seed: number
  readonly history: Readonly<Record<string, readonly (number | null)[]>>
  readonly metrics: Figures
  readonly model: { readonly path: string; readonly version: number; readonly sha256: string }
  readonly checkpoints: readonly { readonly epoch: number; readonly text: string }[]
  readonly resumes: readonly { readonly epoch: number; readonly text: string }[]
  /** Slices of the bars. */
  readonly bands: readonly Band[]
  readonly warnings: readonly string[]
}

/** A symbol that was traded. */
export type SymbolFacts = {
  readonly symbol: string
  /** Of its bars; where these are missing, of the bars of the result from its first one on. */
  readonly timeMs: Float64Array
  readonly close: Float64Array
  readonly market: MarketFacts | Missing
}

export type OpenPosition = {
  readonly symbol: string
  readonly side: string
  readonly units: number
  readonly entryTimeMs: number
  readonly entryPrice: number
  readonly unrealizedPnl: number
}

export type RejectedOrder = {
  readonly symbol: string
  readonly timeMs: number
  readonly side: string
  readonly reason: string
}

/** What decided: a network, signals from a file, or rules, by their texts. */
export type DecidedBy = 'network' | 'signals' | readonly RuleText[]

export type RuleText = { readonly title: string; readonly condition: string }

export type Account = Omit<SimulationSettings, 'decisions'>

export type BacktestFacts = {
  readonly operation: OperationFacts
  /** At least one, in the order of the result. */
  readonly symbols: readonly SymbolFacts[]
  readonly timeframe: string
  /** null = nobody knows, of signals from a file and of rules. */
  readonly isOutOfSample: boolean | null
  readonly account: Account
  readonly hasFunding?: boolean
  /** The whole result of the operation. */
  readonly result: Figures
  readonly metrics: Figures
  readonly trades: readonly Trade[]
  readonly curve: EquityCurve
  readonly decidedBy: DecidedBy
  /** Of a walk-forward. */
  readonly walk?: WalkFacts
  /** null = there never was one. */
  readonly training: TrainingFacts | Missing | null
  readonly warnings: readonly string[]
}

export type FoldFacts = {
  /** From 1. */
  readonly fold: number
  readonly trainFromMs: number
  readonly testFromMs: number
  /** Exclusive. */
  readonly testToMs: number
  readonly outcome: 'traded' | 'failed'
  readonly totalReturnRatio: number
  readonly sharpeRatio: number | null
  readonly maxDrawdownRatio: number
  readonly trades: number
  readonly inSampleAnnualizedReturnRatio: number | null
  readonly bestEpoch: number | null
  readonly valLoss: number | null
  /** One a parameter; null: failed. */
  readonly values: readonly Json[] | null
  readonly reason: string | null
}

/** How much the best values of a parameter moved between folds. */
export type StabilityFacts = {
  readonly name: string
  readonly mean: number | null
  readonly deviation: number | null
  readonly lowest: number | null
  readonly highest: number | null
  readonly mostFrequent: Json
  readonly mostFrequentShare: number
}

export type WalkFacts = {
  readonly windows: string
  readonly search: string | null
  /** Of each fold; 1 where nothing was searched. */
  readonly trials: number
  readonly folds: readonly FoldFacts[]
  readonly parameters: readonly StabilityFacts[]
  /** Annual returns: out of sample over in sample. */
  readonly efficiency: number | null
  readonly inSample: number | null
  readonly outOfSample: number | null
  readonly deflatedSharpe: number | null
}
