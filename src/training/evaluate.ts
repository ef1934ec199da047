// How good a trained network is on rows it has never seen (spec §6.5; regression by the configured loss).

import { diverged } from '../neural/diverged.ts'
import { argmax, evaluateLoss, isRegression } from '../neural/loss.ts'
import type { LossSettings, Network, Rows } from '../neural/network.ts'

export type Evaluation = {
  readonly rows: number
  /** Classification: unweighted cross-entropy. Regression: the loss of the training. */
  readonly loss: number
  /** Share of right classes, or of equal signs (C30). */
  readonly accuracy: number
  /** Averages over the classes, weighted by how often each occurs; null for regression. */
  readonly precision: number | null
  readonly recall: number | null
  readonly f1: number | null
  /** Mean absolute error; null for classification. */
  readonly meanAbsoluteError: number | null
}

/**
 * Null when there are no rows to judge by.
 * @throws TRAINING_DIVERGED when the loss is not finite
 */
export function evaluate(network: Network, rows: Rows, loss: LossSettings): Evaluation | null {
  if (rows.count === 0) return null
  const { outputs: width } = network.shape
  const outputs = network.predict(rows)
  const hasValues = isRegression(loss)
  const judged = evaluateLoss(
    { settings: hasValues ? loss : { kind: 'cross_entropy' }, classWeights: null },
    outputs,
    { ...rows, weights: null },
    width,
    null,
  )
  if (!Number.isFinite(judged.loss)) throw diverged('test loss', judged.loss)
  return {
    rows: rows.count,
    loss: judged.loss,
    accuracy: judged.correct / rows.count,
    ...(hasValues
      ? {
          precision: null,
          recall: null,
          f1: null,
          meanAbsoluteError: meanAbsoluteError(outputs, rows),
        }
      : { ...classScores(outputs, rows, width), meanAbsoluteError: null }),
  }
}

function meanAbsoluteError(outputs: Float32Array, { targets, count }: Rows): number {
  let sum = 0
  for (let m = 0; m < count; m++) sum += Math.abs(outputs[m]! - targets[m]!)
  return sum / count
}

/** Precision, recall and F1 of each class, weighted by its share; 0 where a class is never predicted. */
function classScores(
  outputs: Float32Array,
  { targets, count }: Rows,
  width: number,
): { precision: number; recall: number; f1: number } {
  const hits = new Float64Array(width)
  const predicted = new Float64Array(width)
  const actual = new Float64Array(width)
  for (let m = 0; m < count; m++) {
    const guess = argmax(outputs, m * width, width)
    const truth = targets[m]!
    predicted[guess]! += 1
    actual[truth]! += 1
    if (guess === truth) hits[guess]! += 1
  }
  const scores = { precision: 0, recall: 0, f1: 0 }
  for (let c = 0; c < width; c++) {
    const share = actual[c]! / count
    const precision = predicted[c]! > 0 ? hits[c]! / predicted[c]! : 0
    const recall = actual[c]! > 0 ? hits[c]! / actual[c]! : 0
    scores.precision += share * precision
    scores.recall += share * recall
    if (precision + recall > 0) scores.f1 += (share * 2 * precision * recall) / (precision + recall)
  }
  return scores
}
