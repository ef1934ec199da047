// Optimizers, one element at a time. Formulas and defaults as torch.optim; weight decay of `adam`, `sgd` and
// `rmsprop` is L2 (added to the gradient), of `adamw` decoupled (Loshchilov & Hutter 2019).

import type { OptimizerSettings } from '../network.ts'

const f = Math.fround

const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = f(1e-8)
const RMS_ALPHA = 0.99

export type Slots = Readonly<Record<string, Float32Array>>

/** Names of the slots that an optimizer keeps beside each weight, all zero before the first step. */
export function slotNames(kind: OptimizerSettings['kind']): readonly string[] {
  switch (kind) {
    case 'adam':
    case 'adamw':
      return ['m', 'v']
    case 'sgd':
      return ['momentum']
    case 'rmsprop':
      return ['squares']
  }
}

/** βᵗ by repeated squaring in float64: a pure function of t, without Math.pow, whose bits are not specified. */
function betaPower(beta: number, t: number): number {
  let power = 1
  for (let square = beta, rest = t; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power *= square
    square *= square
  }
  return power
}

/** The update rule of one optimizer step: constants of the step are worked out once, in float64. */
export function optimizerStep(
  settings: OptimizerSettings,
  step: number,
  learningRate: number,
): (weight: Float32Array, gradient: Float32Array, slots: Slots) => void {
  const rate = f(learningRate)
  const l2 = settings.kind === 'adamw' ? 0 : f(settings.weightDecay)
  const withDecay = (w: number, g: number): number => (l2 === 0 ? g : f(g + f(l2 * w)))

  switch (settings.kind) {
    case 'adam':
    case 'adamw': {
      const b1 = f(BETA_1)
      const b2 = f(BETA_2)
      const c1 = f(1 - BETA_1)
      const c2 = f(1 - BETA_2)
      const stepSize = f(learningRate / (1 - betaPower(BETA_1, step)))
      const vScale = f(1 / Math.sqrt(1 - betaPower(BETA_2, step)))
      const keep = settings.kind === 'adamw' ? f(1 - learningRate * settings.weightDecay) : 1
      return (weight, gradient, slots) => {
        const m = slots['m']!
        const v = slots['v']!
        for (let i = 0; i < weight.length; i++) {
          const w = weight[i]!
          const g = withDecay(w, gradient[i]!)
          const mean = f(f(b1 * m[i]!) + f(c1 * g))
          const square = f(f(b2 * v[i]!) + f(f(g * g) * c2))
          m[i] = mean
          v[i] = square
          const denominator = f(f(f(Math.sqrt(square)) * vScale) + EPSILON)
          weight[i] = f(w * keep) - f(f(mean * stepSize) / denominator)
        }
      }
    }
    case 'sgd': {
      const mu = f(settings.momentum)
      return (weight, gradient, slots) => {
        const momentum = slots['momentum']!
        for (let i = 0; i < weight.length; i++) {
          const w = weight[i]!
          const velocity = f(f(mu * momentum[i]!) + withDecay(w, gradient[i]!))
          momentum[i] = velocity
          weight[i] = w - f(rate * velocity)
        }
      }
    }
    case 'rmsprop': {
      const alpha = f(RMS_ALPHA)
      const rest = f(1 - RMS_ALPHA)
      return (weight, gradient, slots) => {
        const squares = slots['squares']!
        for (let i = 0; i < weight.length; i++) {
          const w = weight[i]!
          const g = withDecay(w, gradient[i]!)
          const square = f(f(alpha * squares[i]!) + f(f(g * g) * rest))
          squares[i] = square
          weight[i] = w - f(f(rate * g) / f(f(Math.sqrt(square)) + EPSILON))
        }
      }
    }
  }
}

/**
 * Global L2 norm of gradients: the squares of each row (one output unit) are one float32 chain; the row sums are
 * added in float64, tensor by tensor, in ascending order.
 */
export function gradientNorm(
  gradients: readonly { data: Float32Array; rowLength: number }[],
): number {
  let total = 0
  for (const { data, rowLength } of gradients) {
    for (let row = 0; row < data.length; row += rowLength) {
      let sum = 0
      for (let i = row; i < row + rowLength; i++) sum = f(sum + f(data[i]! * data[i]!))
      total += sum
    }
  }
  return f(Math.sqrt(total))
}

/** Scales gradients in place so that their norm is at most `maxNorm` (torch.nn.utils.clip_grad_norm_). */
export function clipGradients(
  gradients: readonly { data: Float32Array }[],
  norm: number,
  maxNorm: number,
): void {
  const scale = f(f(maxNorm) / f(norm + f(1e-6)))
  if (scale >= 1) return
  for (const { data } of gradients) for (let i = 0; i < data.length; i++) data[i]! *= scale
}
