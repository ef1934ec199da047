// The two directions through a network: all that an architecture has to say.

import type { Drop } from './drop.ts'
import type { Window } from './samples.ts'

export type Pass = {
  /** Row-major, one row a sample. */
  readonly outputs: Float32Array
  /** Adds the gradient of every parameter to what is in it, given ∂loss/∂outputs. */
  readonly backward: (dOutputs: Float32Array) => void
}

export type Forward = (window: Window, drop: Drop) => Pass
