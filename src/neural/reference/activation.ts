// Activations and their derivatives, expressed by the activated value `a` (which is what is kept).

import { sigmoid32, tanh32 } from '../float32-math.ts'
import { LEAKY_SLOPE } from '../leaky-slope.ts'
import type { Activation } from '../network.ts'

const f = Math.fround

/** Activates `count` values in place. */
export function activate(kind: Activation, values: Float32Array, count: number): void {
  switch (kind) {
    case 'relu':
      // Math.max lets NaN through, so a diverged network is seen in its loss.
      for (let i = 0; i < count; i++) values[i] = Math.max(values[i]!, 0)
      return
    case 'leaky_relu':
      for (let i = 0; i < count; i++) if (values[i]! < 0) values[i]! *= LEAKY_SLOPE
      return
    case 'tanh':
      for (let i = 0; i < count; i++) values[i] = tanh32(values[i]!)
      return
    case 'sigmoid':
      for (let i = 0; i < count; i++) values[i] = sigmoid32(values[i]!)
      return
    default:
      kind satisfies never
  }
}

/** Multiplies `count` gradients in place by the derivative at the activated values `a`. */
export function activationGradient(
  kind: Activation,
  a: Float32Array,
  gradient: Float32Array,
  count: number,
): void {
  switch (kind) {
    case 'relu':
      for (let i = 0; i < count; i++) if (!(a[i]! > 0)) gradient[i] = 0
      return
    case 'leaky_relu':
      for (let i = 0; i < count; i++) if (!(a[i]! > 0)) gradient[i]! *= LEAKY_SLOPE
      return
    case 'tanh':
      for (let i = 0; i < count; i++) gradient[i]! *= f(1 - f(a[i]! * a[i]!))
      return
    case 'sigmoid':
      for (let i = 0; i < count; i++) gradient[i] = f(gradient[i]! * a[i]!) * f(1 - a[i]!)
      return
    default:
      kind satisfies never
  }
}
