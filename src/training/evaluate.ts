// How good a trained network is on rows it has never seen (spec §6.5; regression by the configured loss). Every row
// counts alike, whatever it weighed in the training. One shape for both kinds: what belongs to the other one is null.

import { diverged } from '../neural/diverged.ts'
import { evaluateLoss, isRegression } from '../neural/loss.ts'
import type { LossSettings, Network, Rows } from '../neural/network.ts'
import { classificationScores, type ClassificationScores } from './classification-scores.ts'
import { regressionScores, type RegressionScores } from './regression-scores.ts'

type OrNull<Scores> = { readonly [Key in keyof Scores]: Scores[Key] | null }

export type Evaluation = {
  readonly rows: number
  /** Classification: unweighted cross-entropy. Regression: the loss of the training. */
  readonly loss: number
  /** Share of right classes, or of equal signs (C30). */
  readonly accuracy: number
  /** The accuracy of always giving the class, or the sign, that occurs most. */
  readonly majorityAccuracy: number
  /** The same as `loss`, in nats. */
  readonly logLoss: number | null
  /** The same as `accuracy`. */
  readonly signAgreement: number | null
} & OrNull<Omit<ClassificationScores, 'majorityAccuracy'>> &
  OrNull<Omit<RegressionScores, 'majorityAccuracy'>>

const NOT_CLASSIFIED = {
  logLoss: null,
  balancedAccuracy: null,
  precision: null,
  recall: null,
  f1: null,
  perClass: null,
  confusion: null,
} as const

const NOT_FORECAST = {
  signAgreement: null,
  meanAbsoluteError: null,
  rootMeanSquareError: null,
  informationCoefficient: null,
  rankInformationCoefficient: null,
  r2AgainstZero: null,
} as const

/**
 * Null when there are no rows to judge by.
 * @param classes names of the classes by number; empty for a regression
 * @throws TRAINING_DIVERGED when the loss is not finite
 */
export function evaluate(
  network: Network,
  rows: Rows,
  loss: LossSettings,
  classes: readonly string[],
): Evaluation | null {
  if (rows.count === 0) return null
  const outputs = network.predict(rows)
  const hasValues = isRegression(loss)
  const judged = evaluateLoss(
    { settings: hasValues ? loss : { kind: 'cross_entropy' }, classWeights: null },
    outputs,
    { ...rows, weights: null },
    network.shape.outputs,
    null,
  )
  if (!Number.isFinite(judged.loss)) throw diverged('test loss', judged.loss)
  const accuracy = judged.correct / rows.count
  return {
    rows: rows.count,
    loss: judged.loss,
    accuracy,
    ...(hasValues
      ? { signAgreement: accuracy, ...regressionScores(outputs, rows), ...NOT_CLASSIFIED }
      : { logLoss: judged.loss, ...classificationScores(outputs, rows, classes), ...NOT_FORECAST }),
  }
}
