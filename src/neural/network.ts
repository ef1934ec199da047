// Networks: shapes, settings and the one interface that every engine satisfies.
//
// Words: a *network* is weights plus what an optimizer keeps for each of them; a *step* is one batch forward,
// backward and one optimizer update. Two engines implement `Network` bit for bit alike: `reference/` (plain
// TypeScript, written to be read) and, later, a SIMD kernel. The arithmetic is `f32-muladd-v1`:
// docs/decisions/0004. A network knows nothing of epochs, checkpoints, threads or time.

import type { Tensor } from '../core/snapshot.ts'

export const ARITHMETIC = 'f32-muladd-v1'

export const ACTIVATIONS = ['relu', 'leaky_relu', 'tanh', 'sigmoid'] as const
export type Activation = (typeof ACTIVATIONS)[number]

export type NetworkShape = {
  readonly kind: 'mlp'
  readonly inputs: number
  readonly hiddenLayers: readonly number[]
  readonly outputs: number
  readonly activation: Activation
  /** Probability that a hidden unit is dropped in a training step, in [0, 1). */
  readonly dropout: number
}

export type LossSettings =
  | { readonly kind: 'cross_entropy' }
  | { readonly kind: 'focal'; readonly gamma: number }
  | { readonly kind: 'huber'; readonly delta: number }
  | { readonly kind: 'mse' }

export type OptimizerSettings =
  | { readonly kind: 'adam' | 'adamw'; readonly weightDecay: number }
  | { readonly kind: 'sgd'; readonly momentum: number; readonly weightDecay: number }
  | { readonly kind: 'rmsprop'; readonly weightDecay: number }

export type FitSettings = {
  readonly loss: LossSettings
  /** One weight a class, or null for regression. */
  readonly classWeights: readonly number[] | null
  readonly optimizer: OptimizerSettings
  /** Global L2 norm to which a gradient is clipped; null = never. */
  readonly clipNorm: number | null
  /** Seeds the initial weights and the dropout masks. */
  readonly seed: number
}

/** Rows of a data set: `features` is row-major, `count` × `inputs`. */
export type Rows = {
  readonly count: number
  readonly features: Float32Array
  /** Class numbers (classification) or values (regression). */
  readonly targets: Float32Array
}

export type StepOptions = {
  /** 1-based number of this optimizer step in the whole run. */
  readonly step: number
  readonly learningRate: number
}

export type StepResult = {
  /** Loss of the batch as the optimizer sees it: the weighted mean over its rows. */
  readonly loss: number
  /** Rows whose prediction is right: same class, or same sign. */
  readonly correct: number
}

/** All that a network remembers between two steps. Names as in PyTorch: `layers.0.weight` is [out, in]. */
export type NetworkState = {
  readonly weights: Readonly<Record<string, Tensor>>
  /** Optimizer slots: `layers.0.weight.m`, `….v` (Adam), `….momentum` (SGD), `….squares` (RMSprop). */
  readonly slots: Readonly<Record<string, Tensor>>
}

export type Network = {
  readonly shape: NetworkShape
  /**
   * One optimizer step on `batch`, row numbers of the data set the network was created with.
   * @throws TRAINING_DIVERGED when the loss or the gradient is not finite
   */
  readonly trainStep: (batch: Int32Array, options: StepOptions) => StepResult
  /** Outputs for `count` rows, row-major `count` × `outputs`: logits, or the forecast. */
  readonly predict: (features: Float32Array, count: number) => Float32Array
  /** The live state: copy what must outlast the next step. */
  readonly read: () => NetworkState
  readonly write: (state: NetworkState) => void
}
