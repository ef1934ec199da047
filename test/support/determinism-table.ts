// Small trainings that together reach every path of an engine: widths that are no multiples of 8, batches that are
// ragged, of one sample, and larger than a block of rows. A row is plain data and its name says all of it, so the name
// of a committed hash can never mean another training.

import type {
  Activation,
  LossSettings,
  MlpShape,
  NetworkShape,
  OptimizerSettings,
  RecurrentShape,
} from '../../src/neural/network.ts'

export type Row = {
  readonly shape: NetworkShape
  readonly loss: LossSettings
  readonly optimizer: OptimizerSettings
  /** Samples of a batch, and of the data set. */
  readonly batch: readonly [size: number, of: number]
  readonly clipNorm?: number
  readonly weighs?: 'classes' | 'samples' | 'both'
  /** Samples begin where they like: rows are shared, in no order. Otherwise sample i begins with row i. */
  readonly isScattered?: boolean
  /** Features are in [−2, 2) times this. Small ones bring the slots down to subnormals, large ones saturate. */
  readonly scale?: number
  readonly seed?: number
}

function mlp(sizes: readonly number[], activation: Activation = 'relu', dropout = 0): MlpShape {
  const [inputs, ...hiddenLayers] = sizes.slice(0, -1)
  return {
    kind: 'mlp',
    inputs: inputs!,
    hiddenLayers,
    outputs: sizes.at(-1)!,
    activation,
    dropout,
  }
}

/** @param sizes inputs, hidden units, outputs */
function recurrent(
  kind: RecurrentShape['kind'],
  [inputs, hiddenSize, outputs]: readonly [number, number, number],
  layerCount: number,
  sequenceLength: number,
  dropout = 0,
): RecurrentShape {
  return { kind, inputs, sequenceLength, hiddenSize, layerCount, outputs, dropout }
}

const CROSS_ENTROPY: LossSettings = { kind: 'cross_entropy' }
const FOCAL: LossSettings = { kind: 'focal', gamma: 2 }
const FOCAL_BELOW_1: LossSettings = { kind: 'focal', gamma: 0.5 }
const HUBER: LossSettings = { kind: 'huber', delta: 0.3 }
const MSE: LossSettings = { kind: 'mse' }

const ADAM: OptimizerSettings = { kind: 'adam', weightDecay: 0 }
const ADAM_L2: OptimizerSettings = { kind: 'adam', weightDecay: 0.01 }
const ADAMW: OptimizerSettings = { kind: 'adamw', weightDecay: 0.01 }
const SGD: OptimizerSettings = { kind: 'sgd', momentum: 0, weightDecay: 0 }
const MOMENTUM: OptimizerSettings = { kind: 'sgd', momentum: 0.9, weightDecay: 0.001 }
const RMSPROP: OptimizerSettings = { kind: 'rmsprop', weightDecay: 0 }
const RMSPROP_L2: OptimizerSettings = { kind: 'rmsprop', weightDecay: 0.1 }
/** With most units dropped, a momentum is left alone until nothing of it remains. */
const FORGETFUL: OptimizerSettings = { kind: 'sgd', momentum: 0.01, weightDecay: 0 }

const MLPS: readonly Row[] = [
  { shape: mlp([6, 3]), loss: CROSS_ENTROPY, optimizer: SGD, batch: [16, 50] },
  { shape: mlp([1, 1, 2]), loss: CROSS_ENTROPY, optimizer: ADAM, batch: [1, 20] },
  { shape: mlp([11, 7, 3], 'relu', 0.2), loss: CROSS_ENTROPY, optimizer: ADAM, batch: [16, 50] },
  {
    shape: mlp([21, 48, 20, 3], 'relu', 0.2),
    loss: CROSS_ENTROPY,
    optimizer: ADAMW,
    batch: [32, 70],
    weighs: 'both',
    seed: 0x100_0000_0003,
  },
  {
    shape: mlp([21, 48, 20, 3]),
    loss: CROSS_ENTROPY,
    optimizer: ADAMW,
    batch: [32, 70],
    clipNorm: 0.5,
    isScattered: true,
  },
  {
    shape: mlp([13, 31, 7, 3], 'leaky_relu'),
    loss: CROSS_ENTROPY,
    optimizer: RMSPROP_L2,
    batch: [33, 50],
  },
  {
    shape: mlp([13, 31, 7, 3], 'leaky_relu', 0.3),
    loss: FOCAL,
    optimizer: MOMENTUM,
    batch: [9, 50],
    clipNorm: 0.1,
  },
  {
    shape: mlp([8, 16, 8, 4], 'tanh'),
    loss: CROSS_ENTROPY,
    optimizer: ADAM,
    batch: [16, 48],
    weighs: 'samples',
  },
  {
    shape: mlp([17, 9, 9, 9, 5], 'tanh', 0.1),
    loss: FOCAL_BELOW_1,
    optimizer: RMSPROP,
    batch: [25, 60],
    clipNorm: 1,
    weighs: 'classes',
  },
  { shape: mlp([5, 40, 20], 'sigmoid'), loss: CROSS_ENTROPY, optimizer: ADAM_L2, batch: [20, 50] },
  {
    shape: mlp([19, 33, 2], 'sigmoid', 0.5),
    loss: FOCAL,
    optimizer: ADAMW,
    batch: [21, 50],
    weighs: 'both',
  },
  { shape: mlp([10, 23, 1]), loss: MSE, optimizer: ADAM, batch: [50, 50] },
  {
    shape: mlp([10, 23, 11, 1], 'tanh'),
    loss: HUBER,
    optimizer: RMSPROP,
    batch: [13, 50],
    clipNorm: 0.2,
    weighs: 'samples',
  },
  { shape: mlp([3, 65, 1], 'sigmoid', 0.3), loss: MSE, optimizer: MOMENTUM, batch: [30, 50] },
  {
    shape: mlp([30, 17, 1], 'leaky_relu', 0.1),
    loss: HUBER,
    optimizer: ADAMW,
    batch: [11, 50],
    clipNorm: 0.5,
    isScattered: true,
  },
  { shape: mlp([12, 24, 3]), loss: CROSS_ENTROPY, optimizer: ADAM_L2, batch: [210, 430] },
  { shape: mlp([70, 133, 3], 'tanh', 0.2), loss: FOCAL, optimizer: ADAM, batch: [6, 20] },
  {
    shape: mlp([4, 3, 3], 'relu', 0.4),
    loss: CROSS_ENTROPY,
    optimizer: MOMENTUM,
    batch: [1, 50],
    clipNorm: 0.1,
  },
  { shape: mlp([4, 19, 3], 'tanh', 0.9), loss: CROSS_ENTROPY, optimizer: FORGETFUL, batch: [1, 9] },
  { shape: mlp([7, 12, 3]), loss: FOCAL, optimizer: ADAM, batch: [16, 50], scale: Number.EPSILON },
  {
    shape: mlp([7, 12, 1], 'tanh'),
    loss: MSE,
    optimizer: RMSPROP,
    batch: [16, 50],
    clipNorm: 0.1,
    scale: Number.EPSILON,
  },
  {
    shape: mlp([7, 12, 3], 'sigmoid'),
    loss: CROSS_ENTROPY,
    optimizer: ADAMW,
    batch: [16, 50],
    scale: 128,
  },
]

/** The same for both cells, but for what `isLstm` decides: together they have each optimizer with each loss. */
function recurrents(kind: RecurrentShape['kind']): readonly Row[] {
  const isLstm = kind === 'lstm'
  return [
    {
      shape: recurrent(kind, [5, 9, 3], 1, 4),
      loss: CROSS_ENTROPY,
      optimizer: isLstm ? ADAM : RMSPROP_L2,
      batch: [16, 50],
      isScattered: true,
    },
    {
      shape: recurrent(kind, [3, 16, 3], 1, 5, 0.3),
      loss: isLstm ? CROSS_ENTROPY : FOCAL,
      optimizer: ADAMW,
      batch: [10, 50],
      clipNorm: 0.2,
      weighs: 'both',
      isScattered: true,
    },
    {
      shape: recurrent(kind, [9, 8, 1], 2, 3),
      loss: HUBER,
      optimizer: isLstm ? RMSPROP : MOMENTUM,
      batch: [7, 30],
      weighs: 'samples',
    },
    {
      shape: recurrent(kind, [4, 11, 4], 2, 3, 0.2),
      loss: isLstm ? FOCAL : CROSS_ENTROPY,
      optimizer: isLstm ? MOMENTUM : ADAM_L2,
      batch: [12, 40],
      weighs: 'classes',
      isScattered: true,
    },
    {
      shape: recurrent(kind, [6, 5, 1], 3, 4),
      loss: MSE,
      optimizer: isLstm ? ADAM_L2 : RMSPROP,
      batch: [9, 30],
      isScattered: true,
      seed: 0x2_0000_0000,
    },
    {
      shape: recurrent(kind, [6, 7, 3], 3, 3, 0.4),
      loss: isLstm ? FOCAL_BELOW_1 : CROSS_ENTROPY,
      optimizer: isLstm ? SGD : ADAM,
      batch: [8, 30],
      clipNorm: 1,
      isScattered: true,
    },
    {
      shape: recurrent(kind, [3, 6, 3], 1, 2),
      loss: CROSS_ENTROPY,
      optimizer: ADAM,
      batch: [103, 230],
      scale: 128,
    },
    {
      shape: recurrent(kind, [5, 43, 3], 1, 3),
      loss: CROSS_ENTROPY,
      optimizer: ADAM,
      batch: [5, 20],
    },
    {
      shape: recurrent(kind, [2, 3, 2], 2, 1, 0.1),
      loss: CROSS_ENTROPY,
      optimizer: ADAMW,
      batch: [1, 20],
    },
  ]
}

export const TABLE: readonly Row[] = [...MLPS, ...recurrents('lstm'), ...recurrents('gru')]

/** All of a row in one line. */
export function nameOf(row: Row): string {
  const { shape, loss, optimizer, batch, clipNorm, weighs, isScattered, scale, seed } = row
  const of = (settings: { readonly kind: string }): string =>
    Object.entries(settings)
      .map(([key, value]) => (key === 'kind' ? value : `${key} ${value}`))
      .join(' ')
  const network =
    shape.kind === 'mlp'
      ? `mlp ${[shape.inputs, ...shape.hiddenLayers, shape.outputs].join('-')} ${shape.activation}`
      : `${shape.kind} ${shape.inputs}-${shape.hiddenSize}-${shape.outputs} layers ${shape.layerCount} rows ${shape.sequenceLength}`
  return [
    shape.dropout > 0 ? `${network} dropout ${shape.dropout}` : network,
    of(loss),
    ...(weighs === undefined ? [] : [`weighs ${weighs}`]),
    of(optimizer),
    ...(clipNorm === undefined ? [] : [`clip ${clipNorm}`]),
    `batch ${batch[0]} of ${batch[1]}`,
    ...(isScattered ? ['scattered'] : []),
    ...(scale === undefined ? [] : [`features times ${scale}`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ].join(', ')
}
