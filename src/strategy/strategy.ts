// A strategy as the rest of the program sees it: checked, every default filled in, references resolved.
// `load-strategy.ts` makes one from YAML (grammar: docs/strategy-format.md).

import type { DecisionSettings } from '../backtest/decision-settings.ts'
import type { Timeframe } from '../data/bars.ts'
import type { FeaturePlan } from '../features/feature-plan.ts'
import type { Activation } from '../neural/network.ts'
import type { TrainingSettings } from '../training/training-settings.ts'

export type ModelSettings = {
  readonly type: 'mlp'
  readonly hiddenLayers: readonly number[]
  readonly activation: Activation
  readonly dropout: number
}

export type Strategy = FeaturePlan & {
  readonly name: string
  readonly description: string
  readonly symbols: readonly string[]
  readonly timeframes: readonly Timeframe[]
  readonly baseTimeframe: Timeframe
  readonly model: ModelSettings
  readonly decisions: DecisionSettings
  readonly training: TrainingSettings
}
