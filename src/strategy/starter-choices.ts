// What `ktrdr init` lets one choose. Without the grammar of strategies, so that a command's flags cost nothing.

import type { Timeframe } from '../data/bars.ts'

export const STARTER_TEMPLATES = ['momentum', 'mean-reversion', 'trend', 'multi-timeframe'] as const
export type StarterTemplate = (typeof STARTER_TEMPLATES)[number]

/** A network that classifies (three of them), one that forecasts the return, or rules, which are not trained. */
export const STARTER_KINDS = ['mlp', 'lstm', 'gru', 'regression', 'rules'] as const
export type StarterKind = (typeof STARTER_KINDS)[number]

export type Starter = {
  readonly name: string
  readonly kind: StarterKind
  readonly template: StarterTemplate
  readonly symbol: string
  readonly timeframe: Timeframe
}
