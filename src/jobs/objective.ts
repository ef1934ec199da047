// What a search makes as good as it can: a figure of the validation, or of a backtest of the bars of the validation.

import type { Performance } from '../performance/performance.ts'

type Objective = {
  readonly figure: string
  readonly better: 'more' | 'less'
  /** A figure of a backtest, not of the training. */
  readonly isTraded: boolean
}

const traded = (figure: keyof Performance, better: Objective['better'] = 'more'): Objective => ({
  figure,
  better,
  isTraded: true,
})

const OBJECTIVES_BY_NAME = {
  val_loss: { figure: 'valLoss', better: 'less', isTraded: false },
  val_accuracy: { figure: 'valAccuracy', better: 'more', isTraded: false },
  sharpe: traded('sharpeRatio'),
  sortino: traded('sortinoRatio'),
  calmar: traded('calmarRatio'),
  omega: traded('omegaRatio'),
  return: traded('totalReturnRatio'),
  profit_factor: traded('profitFactor'),
  max_drawdown: traded('maxDrawdownRatio', 'less'),
} as const satisfies Readonly<Record<string, Objective>>

export type ObjectiveName = keyof typeof OBJECTIVES_BY_NAME

export const OBJECTIVES = Object.keys(OBJECTIVES_BY_NAME) as readonly ObjectiveName[]

export function objectiveNamed(name: ObjectiveName): Objective {
  return OBJECTIVES_BY_NAME[name]
}

/** Lower is better; null: undefined, which is worse than all others. */
export function lossOf(name: ObjectiveName, objective: number | null): number | null {
  if (objective === null) return null
  return objectiveNamed(name).better === 'more' ? -objective : objective
}
