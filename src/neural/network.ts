// Networks: shapes, settings and the one interface that every engine satisfies.
//
// Words: a *network* is weights plus what an optimizer keeps for each of them; a *step* is one batch forward,
// backward and one optimizer update; a *sample* is what one forecast is made from: a row of features, or for a
// recurrent network a window of consecutive rows. Two engines implement `Network` bit for bit alike: `reference/`
// (plain TypeScript, written to be read) and `kernel/` (SIMD). The arithmetic is `f32-muladd-v1`:
// docs/decisions/0004. A network knows nothing of epochs, checkpoints or time.

import type { Tensor } from '../core/snapshot.ts'

export const ARITHMETIC = 'f32-muladd-v1'

export const ACTIVATIONS = ['relu', 'leaky_relu', 'tanh', 'sigmoid'] as const
export type Activation = (typeof ACTIVATIONS)[number]
/** Activations that are a function of their own in the kernel; ReLU is part of its products. */
export type SoftActivation = Exclude<Activation, 'relu'>

export type NetworkShape = MlpShape | RecurrentShape

export type MlpShape = {
  readonly kind: 'mlp'
  readonly inputs: number
  readonly hiddenLayers: readonly number[]
  readonly outputs: number
  readonly activation: Activation
  /** Probability that a hidden unit is dropped in a training step, in [0, 1). */
  readonly dropout: number
}

export type RecurrentKind = 'lstm' | 'gru'

/** A stack of layers that read a window from its oldest row to its newest; the last hidden state feeds a linear head. */
export type RecurrentShape = {
  readonly kind: RecurrentKind
  readonly inputs: number
  /** Rows of a window. */
  readonly sequenceLength: number
  readonly hiddenSize: number
  readonly layerCount: number
  readonly outputs: number
  /** As above: of the units that one layer hands to the next, and of those that the head reads. */
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
  /** One weight a class, or null; a regression ignores them. */
  readonly classWeights: readonly number[] | null
  readonly optimizer: OptimizerSettings
  /** Global L2 norm to which a gradient is clipped; null = never. */
  readonly clipNorm: number | null
  /** Seeds the initial weights and the dropout masks. */
  readonly seed: number
}

export type Samples = {
  readonly count: number
  /** Row-major, `inputs` to a row. */
  readonly features: Float32Array
  /** The row that each sample begins with; null = sample i begins with row i. */
  readonly firstRows: Int32Array | null
}

/** Samples to train on or to judge by. */
export type Rows = Samples & {
  /** Class numbers (classification) or values (regression). */
  readonly targets: Float32Array
  /** Above 0: how much each sample counts in the loss; null = all alike. */
  readonly weights: Float32Array | null
}

export type StepOptions = {
  /** 1-based number of this optimizer step in the whole run. */
  readonly step: number
  readonly learningRate: number
}

export type StepResult = {
  /** Loss of the batch as the optimizer sees it: the weighted mean over its samples. */
  readonly loss: number
  /** Samples whose prediction is right: same class, or same sign. */
  readonly correct: number
}

/**
 * All that a network remembers between two steps. Names as in PyTorch: `layers.0.weight` is [out, in]; recurrent
 * `lstm.weight_ih_l0` is [gates · hidden, in], gates in the order i f g o (LSTM) or r z n (GRU); `head.weight`.
 */
export type NetworkState = {
  readonly weights: Readonly<Record<string, Tensor>>
  /** Optimizer slots: `layers.0.weight.m`, `….v` (Adam), `….momentum` (SGD), `….squares` (RMSprop). */
  readonly slots: Readonly<Record<string, Tensor>>
}

export type Network = {
  readonly shape: NetworkShape
  /**
   * One optimizer step on `batch`, sample numbers of the rows the network was created with.
   * @throws TRAINING_DIVERGED when the loss or the gradient is not finite
   */
  readonly trainStep: (batch: Int32Array, options: StepOptions) => StepResult
  /** Outputs of each sample, row-major `count` × `outputs`: logits, or the forecast. */
  readonly predict: (samples: Samples) => Float32Array
  /** The same as probabilities of classes: the softmax of each row. */
  readonly classify: (samples: Samples) => Float32Array
  /** The state as it is now; the next step may write to it, so copy what must outlast that. */
  readonly read: () => NetworkState
  readonly write: (state: NetworkState) => void
  /** Ends the threads that it has; it cannot be used any more. */
  readonly close: () => void
}
