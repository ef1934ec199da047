// Small trainings for tests: rows that can be learned a little, and "any training" for property tests.

import fc from 'fast-check'
import { randomStream } from '../../src/core/rng.ts'
import { trainingJob } from '../../src/jobs/training.ts'
import { classWeights } from '../../src/neural/class-weights.ts'
import {
  ACTIVATIONS,
  type FitSettings,
  type LossSettings,
  type MlpShape,
  type Network,
  type NetworkShape,
  type OptimizerSettings,
  type RecurrentShape,
  type Rows,
} from '../../src/neural/network.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import type { ScheduleSettings } from '../../src/neural/schedule.ts'
import {
  advanceTraining,
  batchesPerEpoch,
  beginTraining,
  makeShuffle,
  type TrainingInputs,
} from '../../src/training/train.ts'
import type { TrainingSettings } from '../../src/training/training-settings.ts'
import {
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
} from '../../src/training/training-state.ts'
import { rebuild, remainsOf, type Remains } from './throw-away.ts'

export type SmallTraining<Shape extends NetworkShape = MlpShape> = {
  readonly shape: Shape
  readonly fit: FitSettings
  readonly inputs: TrainingInputs
}

export type TrainingOptions = Partial<
  Pick<
    TrainingSettings,
    | 'optimizer'
    | 'schedule'
    | 'loss'
    | 'earlyStopping'
    | 'epochs'
    | 'batchSize'
    | 'learningRate'
    | 'clipNorm'
    | 'seed'
  > &
    Pick<MlpShape, 'activation' | 'dropout' | 'hiddenLayers'>
> & {
  readonly rows?: number
  readonly validationRows?: number
  /** Rows that count differently. */
  readonly isWeighted?: boolean
}

const INPUTS = 2
const CLASSES = 3

export function isRegression({ kind }: LossSettings): boolean {
  return kind === 'huber' || kind === 'mse'
}

/** Rows whose target depends on their features, with a good deal of noise. */
export function makeRows(count: number, loss: LossSettings, seed: number): Rows {
  const { nextUnit } = randomStream(seed, 'sampling', count)
  const features = Float32Array.from({ length: count * INPUTS }, () => nextUnit() * 2 - 1)
  const targets = Float32Array.from({ length: count }, (_, row) => {
    const signal = features[row * INPUTS]! + nextUnit() - 0.5
    if (isRegression(loss)) return signal
    return signal < -0.3 ? 0 : signal < 0.3 ? 1 : 2
  })
  return { count, features, firstRows: null, targets, weights: null }
}

function weightsOf(rows: number): Float32Array {
  const { nextUnit } = randomStream(rows, 'sampling')
  return Float32Array.from({ length: rows }, () => 0.1 + nextUnit())
}

export function makeTraining(options: TrainingOptions = {}): SmallTraining {
  const { rows = 10, validationRows = 4, seed = 7, loss = { kind: 'cross_entropy' } } = options
  const { hiddenLayers = [3], activation = 'relu', dropout = 0, clipNorm = 1 } = options
  const { optimizer = { kind: 'adam', weightDecay: 0 } } = options
  const train = { ...makeRows(rows, loss, 1), weights: options.isWeighted ? weightsOf(rows) : null }
  const weights = isRegression(loss) ? null : classWeights(train.targets, CLASSES)
  return {
    shape: {
      kind: 'mlp',
      inputs: INPUTS,
      hiddenLayers,
      outputs: isRegression(loss) ? 1 : CLASSES,
      activation,
      dropout,
    },
    fit: { loss, classWeights: weights, optimizer, clipNorm, seed },
    inputs: {
      settings: {
        labels: { source: 'zigzag', threshold: 0.02 },
        loss,
        optimizer,
        schedule: options.schedule ?? { kind: 'constant' },
        earlyStopping: options.earlyStopping ?? null,
        epochs: options.epochs ?? 4,
        batchSize: options.batchSize ?? 4,
        learningRate: options.learningRate ?? 0.05,
        clipNorm,
        split: { train: 0.7, validation: 0.15, test: 0.15 },
        seed,
      },
      train,
      validation: makeRows(validationRows, loss, 2),
      loss: { settings: loss, classWeights: weights && Float32Array.from(weights) },
      orderOf: makeShuffle(rows, seed),
    },
  }
}

/** The same training of a recurrent network, whose samples are windows over the rows. */
export function asRecurrent(
  { shape: { inputs: width, outputs, dropout }, fit, inputs }: SmallTraining,
  shape: Pick<RecurrentShape, 'kind' | 'sequenceLength' | 'layerCount' | 'hiddenSize'>,
): SmallTraining<RecurrentShape> {
  const windows = (rows: Rows): Rows => {
    const places = Math.max(rows.count - shape.sequenceLength + 1, 1)
    const firstRows = Int32Array.from({ length: rows.count }, (_, i) => (2 * i + 1) % places)
    return { ...rows, firstRows }
  }
  return {
    shape: { ...shape, inputs: width, outputs, dropout },
    fit,
    inputs: { ...inputs, train: windows(inputs.train), validation: windows(inputs.validation) },
  }
}

export type CreateNetwork = (shape: NetworkShape, fit: FitSettings, rows: Rows) => Network

type AnyTraining = SmallTraining<NetworkShape>

/** A network as a new process makes it. */
export function freshNetwork(
  { shape, fit, inputs }: AnyTraining,
  create: CreateNetwork = createReferenceNetwork,
): Network {
  return create(shape, fit, inputs.train)
}

export function begin(training: AnyTraining, create?: CreateNetwork): TrainingState {
  return beginTraining(training.inputs, freshNetwork(training, create))
}

export function trainThrough(training: AnyTraining): TrainingState {
  const state = begin(training)
  advanceTraining(state, training.inputs, Infinity)
  return state
}

/** Everything of a state, derived fields too. */
export function remainsOfTraining(state: TrainingState): Remains {
  return remainsOf(encodeTrainingState(state))
}

/** The same training in a new process: nothing but text and bytes came through. */
export function killAndResume(
  training: AnyTraining,
  state: TrainingState,
  create?: CreateNetwork,
): TrainingState {
  return decodeTrainingState(
    rebuild(remainsOf(encodeTrainingState(state), trainingJob)),
    freshNetwork(training, create),
    batchesPerEpoch(training.inputs),
  )
}

/** Where a training is killed: a share of its run, or an epoch whose batches were done but not their validation. */
export type Kill = { readonly share: number } | { readonly epoch: number }

export const anyKill: fc.Arbitrary<Kill> = fc.oneof(
  fc.nat(1000).map((n) => ({ share: n / 1000 })),
  fc.nat(4).map((epoch) => ({ epoch })),
)

/** Position of the loop. */
export function positionOf(kill: Kill, { inputs }: AnyTraining): number {
  const perEpoch = batchesPerEpoch(inputs) + 1
  return 'share' in kill
    ? Math.floor(kill.share * inputs.settings.epochs * perEpoch)
    : kill.epoch * perEpoch + perEpoch - 1
}

export const KILLED = ['inside an epoch', 'between epochs', 'before validation'] as const

/** Where in an epoch a training was killed. */
export function killedAt(
  { batch }: TrainingState,
  { inputs }: AnyTraining,
): (typeof KILLED)[number] {
  if (batch === 0) return 'between epochs'
  return batch === batchesPerEpoch(inputs) ? 'before validation' : 'inside an epoch'
}

// One of each kind; the types see to it that none is missing.
const LOSS_OF: { readonly [Kind in LossSettings['kind']]: LossSettings } = {
  cross_entropy: { kind: 'cross_entropy' },
  focal: { kind: 'focal', gamma: 2 },
  huber: { kind: 'huber', delta: 0.3 },
  mse: { kind: 'mse' },
}
const OPTIMIZER_OF: { readonly [Kind in OptimizerSettings['kind']]: OptimizerSettings } = {
  adam: { kind: 'adam', weightDecay: 1e-3 },
  adamw: { kind: 'adamw', weightDecay: 0.01 },
  sgd: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-3 },
  rmsprop: { kind: 'rmsprop', weightDecay: 0 },
}
const SCHEDULE_OF: { readonly [Kind in ScheduleSettings['kind']]: ScheduleSettings } = {
  constant: { kind: 'constant' },
  step: { kind: 'step', stepSize: 2, gamma: 0.5 },
  exponential: { kind: 'exponential', gamma: 0.9 },
  reduce_on_plateau: { kind: 'reduce_on_plateau', factor: 0.5, patience: 0 },
}
export const LOSSES = Object.values(LOSS_OF)
export const OPTIMIZERS = Object.values(OPTIMIZER_OF)
export const SCHEDULES = Object.values(SCHEDULE_OF)

export const anyTraining: fc.Arbitrary<SmallTraining> = fc
  .record({
    loss: fc.constantFrom(...LOSSES),
    optimizer: fc.constantFrom(...OPTIMIZERS),
    schedule: fc.constantFrom(...SCHEDULES),
    activation: fc.constantFrom(...ACTIVATIONS),
    dropout: fc.constantFrom(0, 0.3),
    hiddenLayers: fc.constantFrom([3], [2, 3]),
    earlyStopping: fc.oneof(
      fc.constant(null),
      fc.record({
        patience: fc.integer({ min: 1, max: 2 }),
        minDelta: fc.constantFrom(0, 0.01, 0.2),
        monitor: fc.constantFrom('val_loss' as const, 'val_accuracy' as const),
      }),
    ),
    epochs: fc.integer({ min: 2, max: 5 }),
    batchSize: fc.integer({ min: 2, max: 5 }),
    rows: fc.integer({ min: 4, max: 12 }),
    validationRows: fc.constantFrom(0, 3, 5),
    isWeighted: fc.boolean(),
    learningRate: fc.constantFrom(0.01, 0.1),
    clipNorm: fc.constantFrom(null, 0.5),
    seed: fc.maxSafeNat(),
  })
  .map(makeTraining)
