// Losses: values, and optionally gradients with respect to the outputs. Row by row, in ascending order.
// Formulas as PyTorch: weighted cross-entropy is Σ wᵧ·(−log pᵧ) / Σ wᵧ, the others are means over the rows.
// A sample weight s multiplies the value of its row, and the divisor is Σ s·wᵧ, or Σ s (C29).
//
//   cross_entropy   wᵧ·(log Σ eʳ − rᵧ)                      r = logits − max
//   focal           wᵧ·(1−pᵧ)^γ·(−log pᵧ)                   Lin et al. 2017, α = class weights
//   huber           ½e² if |e| ≤ δ, else δ(|e| − ½δ)        e = output − target
//   mse             e²

import { exp32, log32, SMALLEST_NORMAL } from './float32-math.ts'
import type { FitSettings, LossSettings, Rows } from './network.ts'

const f = Math.fround

export type Loss = {
  readonly settings: LossSettings
  /** One weight a class; null = all 1 (always for regression). */
  readonly classWeights: Float32Array | null
}

type RegressionSettings = Extract<LossSettings, { kind: 'huber' | 'mse' }>
type ClassificationSettings = Exclude<LossSettings, RegressionSettings>

export function isRegression(settings: LossSettings): settings is RegressionSettings {
  return settings.kind === 'huber' || settings.kind === 'mse'
}

/** The loss that a network is trained with. A regression has no classes, so class weights mean nothing to it. */
export function lossOf({ loss: settings, classWeights }: FitSettings): Loss {
  const isWeighted = classWeights !== null && !isRegression(settings)
  return { settings, classWeights: isWeighted ? Float32Array.from(classWeights) : null }
}

export type LossResult = {
  /** Weighted mean over the rows: what the optimizer minimises. */
  readonly loss: number
  readonly correct: number
}

export type Judged = Pick<Rows, 'count' | 'targets' | 'weights'>

/**
 * @param outputs row-major `count` × `width`
 * @param gradient of the same size as `outputs`, overwritten with ∂loss/∂outputs; or null for the value alone
 */
export function evaluateLoss(
  loss: Loss,
  outputs: Float32Array,
  rows: Judged,
  width: number,
  gradient: Float32Array | null,
): LossResult {
  const { settings } = loss
  if (isRegression(settings)) return regressionLoss(settings, outputs, rows, gradient)
  return classificationLoss(settings, loss.classWeights, outputs, rows, width, gradient)
}

/** What the sum of a loss is divided by: rows, or their weights. In float64, in ascending order. */
export function lossDivisor(
  { settings, classWeights }: Loss,
  { count, targets, weights }: Judged,
): number {
  const classes = settings.kind === 'cross_entropy' ? classWeights : null
  if (!classes && !weights) return count
  let divisor = 0
  for (let m = 0; m < count; m++) divisor += rowWeight(classes, targets, weights, m)
  return divisor
}

function rowWeight(
  classWeights: Float32Array | null,
  targets: Float32Array,
  weights: Float32Array | null,
  m: number,
): number {
  const ofClass = classWeights ? classWeights[targets[m]!]! : 1
  return weights ? f(ofClass * weights[m]!) : ofClass
}

function classificationLoss(
  settings: ClassificationSettings,
  classWeights: Float32Array | null,
  outputs: Float32Array,
  rows: Judged,
  width: number,
  gradient: Float32Array | null,
): LossResult {
  const { count, targets, weights } = rows
  const divisor = lossDivisor({ settings, classWeights }, rows)
  const share = f(1 / divisor)
  const p = new Float32Array(width)
  let sum = 0
  let correct = 0

  for (let m = 0; m < count; m++) {
    const row = m * width
    const y = targets[m]!
    const weight = rowWeight(classWeights, targets, weights, m)
    const { logSum, rest, max } = softmaxRow(outputs, row, width, y, p)
    const negativeLogP = f(logSum - f(outputs[row + y]! - max))

    let value = negativeLogP
    let slope = 1 // ∂value/∂r = slope · (p − onehot)
    if (settings.kind === 'focal') {
      // With q = 1 − pᵧ: value = qᵞ·(−log p), slope = qᵞ − γ·qᵞ⁻¹·p·log p.
      const q = Math.max(rest, SMALLEST_NORMAL)
      const powered = exp32(f(f(settings.gamma - 1) * log32(q)))
      const qGamma = f(powered * q)
      value = f(qGamma * negativeLogP)
      slope = f(qGamma + f(f(f(f(settings.gamma) * powered) * p[y]!) * negativeLogP))
    }
    sum += f(value * weight)

    if (argmax(outputs, row, width) === y) correct++
    if (gradient) {
      const scale = f(f(weight * share) * slope)
      for (let j = 0; j < width; j++) gradient[row + j] = f(j === y ? p[j]! - 1 : p[j]!) * scale
    }
  }
  return { loss: sum / divisor, correct }
}

/** Fills `p` with the softmax of a row; `rest` is 1 − p[y] without the cancellation. */
function softmaxRow(
  outputs: Float32Array,
  row: number,
  width: number,
  y: number,
  p: Float32Array,
): { logSum: number; rest: number; max: number } {
  const max = greatest(outputs, row, width)
  const sum = exponentials(outputs, row, width, max, p, 0)
  let others = 0
  for (let j = 0; j < width; j++) if (j !== y) others = f(others + p[j]!)
  const inverse = f(1 / sum)
  for (let j = 0; j < width; j++) p[j] = p[j]! * inverse
  return { logSum: log32(sum), rest: f(others * inverse), max }
}

function greatest(outputs: Float32Array, row: number, width: number): number {
  let max = outputs[row]!
  for (let j = 1; j < width; j++) max = Math.max(max, outputs[row + j]!)
  return max
}

/** Writes e^(output − max) of a row to `into` from `at` on; gives their sum. */
function exponentials(
  outputs: Float32Array,
  row: number,
  width: number,
  max: number,
  into: Float32Array,
  at: number,
): number {
  let sum = 0
  for (let j = 0; j < width; j++) {
    const e = exp32(f(outputs[row + j]! - max))
    into[at + j] = e
    sum = f(sum + e)
  }
  return sum
}

function regressionLoss(
  settings: RegressionSettings,
  outputs: Float32Array,
  rows: Judged,
  gradient: Float32Array | null,
): LossResult {
  const { count, targets, weights } = rows
  const delta = settings.kind === 'huber' ? f(settings.delta) : 0
  const divisor = lossDivisor({ settings, classWeights: null }, rows)
  const share = f(1 / divisor)
  let sum = 0
  let correct = 0
  for (let m = 0; m < count; m++) {
    const output = outputs[m]!
    const target = targets[m]!
    const e = f(output - target)
    const size = Math.abs(e)
    let value: number
    let slope: number
    if (settings.kind === 'mse') {
      value = f(e * e)
      slope = f(e + e)
    } else if (size <= delta) {
      value = f(0.5 * f(e * e))
      slope = e
    } else {
      value = f(delta * f(size - f(0.5 * delta)))
      slope = e < 0 ? -delta : delta
    }
    const weight = weights ? weights[m]! : 1
    sum += f(value * weight)
    if (Math.sign(output) === Math.sign(target)) correct++
    if (gradient) gradient[m] = f(weight * share) * slope
  }
  return { loss: sum / divisor, correct }
}

/** Probabilities of each row of logits, row-major; the arithmetic of the losses above. */
export function softmax(logits: Float32Array, count: number, width: number): Float32Array {
  const p = new Float32Array(count * width)
  for (let row = 0; row < p.length; row += width) {
    const sum = exponentials(logits, row, width, greatest(logits, row, width), p, row)
    const inverse = f(1 / sum)
    for (let j = row; j < row + width; j++) p[j] = p[j]! * inverse
  }
  return p
}

/** Index of the greatest entry of a row, the first of equals. */
export function argmax(values: Float32Array, row: number, width: number): number {
  let best = 0
  for (let j = 1; j < width; j++) if (values[row + j]! > values[row + best]!) best = j
  return best
}
