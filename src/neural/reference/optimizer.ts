// Optimizers, one element at a time, and the norm of a gradient.

import type { OptimizerSettings } from '../network.ts'
import {
  adamNumbers,
  clipScale,
  l2Factor,
  rmspropNumbers,
  sgdNumbers,
  SLOT_FLOOR,
} from '../optimizer.ts'

const f = Math.fround

export type Slots = Readonly<Record<string, Float32Array>>

/** What a slot keeps of a number. */
function kept(x: number): number {
  return Math.abs(x) < SLOT_FLOOR ? 0 : x
}

/** The update rule of one optimizer step: constants of the step are worked out once, in float64. */
export function optimizerStep(
  settings: OptimizerSettings,
  step: number,
  learningRate: number,
): (weight: Float32Array, gradient: Float32Array, slots: Slots) => void {
  const l2 = l2Factor(settings)
  const withDecay = (w: number, g: number): number => (l2 === 0 ? g : f(g + f(l2 * w)))

  switch (settings.kind) {
    case 'adam':
    case 'adamw': {
      const numbers = adamNumbers(settings, step, learningRate)
      const { b1, c1, b2, c2, stepSize, vScale, epsilon, keep } = numbers
      return (weight, gradient, slots) => {
        const m = slots['m']!
        const v = slots['v']!
        for (let i = 0; i < weight.length; i++) {
          const w = weight[i]!
          const g = withDecay(w, gradient[i]!)
          const mean = kept(f(f(b1 * m[i]!) + f(c1 * g)))
          const square = kept(f(f(b2 * v[i]!) + f(f(g * g) * c2)))
          m[i] = mean
          v[i] = square
          const denominator = f(f(f(Math.sqrt(square)) * vScale) + epsilon)
          weight[i] = f(w * keep) - f(f(mean * stepSize) / denominator)
        }
      }
    }
    case 'sgd': {
      const { rate, mu } = sgdNumbers(settings, learningRate)
      return (weight, gradient, slots) => {
        const momentum = slots['momentum']!
        for (let i = 0; i < weight.length; i++) {
          const w = weight[i]!
          const velocity = kept(f(f(mu * momentum[i]!) + withDecay(w, gradient[i]!)))
          momentum[i] = velocity
          weight[i] = w - f(rate * velocity)
        }
      }
    }
    case 'rmsprop': {
      const { rate, alpha, rest, epsilon } = rmspropNumbers(learningRate)
      return (weight, gradient, slots) => {
        const squares = slots['squares']!
        for (let i = 0; i < weight.length; i++) {
          const w = weight[i]!
          const g = withDecay(w, gradient[i]!)
          const square = kept(f(f(alpha * squares[i]!) + f(f(g * g) * rest)))
          squares[i] = square
          weight[i] = w - f(f(rate * g) / f(f(Math.sqrt(square)) + epsilon))
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
  const scale = clipScale(norm, maxNorm)
  if (scale === 1) return
  for (const { data } of gradients) for (let i = 0; i < data.length; i++) data[i]! *= scale
}
