// A strategy as the rest of the program sees it: checked, every default filled in, references resolved.
// `load-strategy.ts` makes one from YAML (grammar: docs/strategy-format.md).

import type { StrategyDecisions } from '../trading/decision-settings.ts'
import type { TradingTerms } from '../trading/trading-terms.ts'
import type { Timeframe } from '../data/bars.ts'
import type { FeaturePlan } from '../features/feature-plan.ts'
import type { Activation, RecurrentKind } from '../neural/network.ts'
import type { Rules } from '../rules/rule-plan.ts'
import type { TrainingSettings } from '../training/training-settings.ts'

export type ModelSettings =
  | {
      readonly type: 'mlp'
      readonly hiddenLayers: readonly number[]
      readonly activation: Activation
      readonly dropout: number
    }
  | {
      readonly type: RecurrentKind
      /** Bars of a window. */
      readonly sequenceLength: number
      readonly hiddenSize: number
      readonly layerCount: number
      readonly dropout: number
    }

/** A series beside the bars, which indicators may look at; or the difference of two such series. */
export type ContextSeries = {
  /** What `data_source` and `--data ID=FILE` call it. */
  readonly id: string
  /** Ids of minuend and subtrahend; null for a series that is given. */
  readonly difference: readonly [string, string] | null
  /** After its stamp, when a value is known; null = when the next value of the series is due. */
  readonly publicationLagMs: number | null
}

/** What every strategy has. */
export type StrategyBase = FeaturePlan & {
  readonly name: string
  readonly description: string
  readonly symbols: readonly string[]
  readonly timeframes: readonly Timeframe[]
  readonly baseTimeframe: Timeframe
  readonly context: readonly ContextSeries[]
  /** Bars of the base timeframe before the first that is used; null = as many as the indicators need. */
  readonly historyRequired: number | null
  /** What it says of orders, sizes and costs; absent: nothing. */
  readonly trading?: TradingTerms
}

/** A strategy with a network. */
export type Strategy = StrategyBase & {
  readonly model: ModelSettings
  readonly decisions: StrategyDecisions
  readonly training: TrainingSettings
}

/** A strategy that has rules instead; it has no inputs. */
export type RuleStrategy = StrategyBase & { readonly rules: Rules }

export function hasRules(strategy: Strategy | RuleStrategy): strategy is RuleStrategy {
  return 'rules' in strategy
}
