import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../../src/core/snapshot.ts'
import type { FitSettings, LossSettings, NetworkShape, Rows } from '../../src/neural/network.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import type { ScheduleSettings } from '../../src/neural/schedule.ts'
import {
  advanceTraining,
  beginTraining,
  loopPosition,
  type TrainingInputs,
} from '../../src/training/train.ts'

// Reference: PyTorch 2.6 through upstream's trainer; see train-steps/README.md.

type Recorded = { readonly shape: readonly number[]; readonly data: readonly number[] }
type MlpModel = {
  readonly type: 'mlp'
  readonly architecture: { hidden_layers: number[]; activation?: 'leaky_relu' | 'tanh' }
}
type RecurrentModel = {
  readonly type: 'lstm' | 'gru'
  readonly architecture: { sequence_length: number; hidden_size: number; num_layers: number }
}
type Golden = {
  readonly model: MlpModel | RecurrentModel
  readonly config: {
    learning_rate: number
    batch_size: number
    epochs: number
    loss?: 'focal' | 'huber'
    focal_gamma?: number
    huber_delta?: number
    optimizer?: 'sgd'
    output_format?: 'regression'
    lr_scheduler?: { step_size: number; gamma: number }
  }
  readonly X_train: readonly number[][]
  readonly y_train: readonly number[]
  readonly X_val: readonly number[][]
  readonly y_val: readonly number[]
  readonly initial: Record<string, Recorded>
  readonly batch_orders: readonly number[][]
  readonly runs: {
    readonly float32: {
      readonly epochs: readonly {
        train_loss: number
        train_accuracy: number
        val_loss: number
        learning_rate: number
      }[]
      readonly final: Record<string, Recorded>
      readonly class_weights?: readonly number[]
    }
  }
}

const CASES = [
  'mlp_ce',
  'mlp_focal_leaky',
  'mlp_huber',
  'mlp_sgd_step_tanh',
  'lstm_ce',
  'gru_huber_1layer',
] as const

/** Every window of `length` rows; its target is that of its last row. */
const rowsOf = (x: readonly number[][], y: readonly number[], length: number): Rows => {
  const count = x.length - length + 1
  return {
    count,
    features: Float32Array.from(x.flat()),
    targets: Float32Array.from(y.slice(length - 1)),
    firstRows: Int32Array.from({ length: count }, (_, i) => i),
    weights: null,
  }
}

/**
 * PyTorch counts activations and dropouts as layers: 0, 3, 6 … are the linear ones. Upstream calls the head of a
 * recurrent network `fc`.
 */
const ourNames = (recorded: Record<string, Recorded>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(recorded).map(([name, { shape, data }]) => {
      const [index, kind] = name.split('.')
      const layer = Number(index) / 3
      const ours = Number.isNaN(layer) ? name.replace('fc.', 'head.') : `layers.${layer}.${kind}`
      return [ours, { tensor: Float32Array.from(data), shape }]
    }),
  )

function inputsOf(golden: Golden): {
  shape: NetworkShape
  fit: FitSettings
  inputs: TrainingInputs
} {
  const { config, model, runs } = golden
  const regression = config.output_format === 'regression'
  const sizes = { inputs: golden.X_train[0]!.length, outputs: regression ? 1 : 3, dropout: 0 }
  const shape: NetworkShape =
    model.type === 'mlp'
      ? {
          ...sizes,
          kind: 'mlp',
          hiddenLayers: model.architecture.hidden_layers,
          activation: model.architecture.activation ?? 'relu',
        }
      : {
          ...sizes,
          kind: model.type,
          sequenceLength: model.architecture.sequence_length,
          hiddenSize: model.architecture.hidden_size,
          layerCount: model.architecture.num_layers,
        }
  const windowLength = shape.kind === 'mlp' ? 1 : shape.sequenceLength
  const classification: LossSettings =
    config.loss === 'focal'
      ? { kind: 'focal', gamma: config.focal_gamma! }
      : { kind: 'cross_entropy' }
  const loss: LossSettings = regression
    ? { kind: 'huber', delta: config.huber_delta ?? 0.01 }
    : classification
  const weightDecay = regression ? 0 : 1e-4
  const fit: FitSettings = {
    loss,
    classWeights: runs.float32.class_weights ?? null,
    optimizer:
      config.optimizer === 'sgd'
        ? { kind: 'sgd', momentum: 0.9, weightDecay }
        : { kind: 'adam', weightDecay },
    clipNorm: 1,
    seed: 0,
  }
  const schedule: ScheduleSettings = config.lr_scheduler
    ? { kind: 'step', stepSize: config.lr_scheduler.step_size, gamma: config.lr_scheduler.gamma }
    : { kind: 'constant' }
  const inputs: TrainingInputs = {
    settings: {
      labels: { source: 'zigzag', threshold: 0.02 },
      loss,
      optimizer: fit.optimizer,
      schedule,
      earlyStopping: null,
      epochs: config.epochs,
      batchSize: config.batch_size,
      learningRate: config.learning_rate,
      clipNorm: 1,
      split: { train: 0.7, validation: 0.15, test: 0.15 },
      seed: 0,
    },
    train: rowsOf(golden.X_train, golden.y_train, windowLength),
    validation: rowsOf(golden.X_val, golden.y_val, windowLength),
    loss: { settings: loss, classWeights: fit.classWeights && Float32Array.from(fit.classWeights) },
    orderOf: (epoch) => Int32Array.from(golden.batch_orders[epoch]!),
  }
  return { shape, fit, inputs }
}

describe.each(CASES)('PyTorch trains %s', (name) => {
  const golden = JSON.parse(
    readFileSync(new URL(`train-steps/${name}.json`, import.meta.url), 'utf8'),
  ) as Golden
  const { shape, fit, inputs } = inputsOf(golden)
  const network = createReferenceNetwork(shape, fit, inputs.train)
  const slots = network.read().slots
  network.write({ weights: ourNames(golden.initial), slots })
  const state = beginTraining(inputs, network)
  advanceTraining(state, inputs, Infinity)
  const expected = golden.runs.float32

  it('to the same losses and learning rates in every epoch (1e-5 relative)', () => {
    expect(state.history.length).toBe(expected.epochs.length)
    for (const [i, epoch] of expected.epochs.entries()) {
      const record = state.history[i]!
      expect(record.learningRate, `rate of epoch ${i}`).toBe(epoch.learning_rate)
      expect(
        Math.abs(record.trainLoss / epoch.train_loss - 1),
        `train loss of epoch ${i}`,
      ).toBeLessThan(1e-5)
      expect(Math.abs(record.valLoss! / epoch.val_loss - 1), `val loss of epoch ${i}`).toBeLessThan(
        1e-5,
      )
    }
    expect(loopPosition(state, inputs)).toBe(
      expected.epochs.length * (Math.ceil(inputs.train.count / golden.config.batch_size) + 1),
    )
  })

  it('to the same weights after the last epoch (1e-5 of the largest weight of each tensor)', () => {
    const weights = network.read().weights
    for (const [tensorName, { tensor, shape: dimensions }] of Object.entries(
      ourNames(expected.final),
    )) {
      expect(weights[tensorName]!.shape).toEqual(dimensions)
      const largest = tensor.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
      const worst = tensor.reduce(
        (max, value, i) => Math.max(max, Math.abs(value - weights[tensorName]!.tensor[i]!)),
        0,
      )
      expect(worst / largest, tensorName).toBeLessThan(1e-5)
    }
  })
})
