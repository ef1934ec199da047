// Training as a job: strategy and bars in, a model bundle out.

import { KtrdrError } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import { encodeSafetensors } from '../core/safetensors.ts'
import type { NamedArray } from '../core/snapshot.ts'
import { manifestJson, METRICS_FILE, STRATEGY_FILE, WEIGHTS_FILE } from '../models/model.ts'
import type { Network } from '../neural/network.ts'
import { createKernelNetwork } from '../neural/kernel/network.ts'
import { withPauses } from '../neural/with-pauses.ts'
import { evaluate } from '../training/evaluate.ts'
import {
  advanceTraining,
  batchesPerEpoch,
  beginTraining,
  isTrained,
  loopPosition,
} from '../training/train.ts'
import {
  decodeTrainingState,
  encodeTrainingState,
  type TrainingState,
} from '../training/training-state.ts'
import type { Job, Outcome } from './job.ts'
import { createTrainingNetwork } from './trainable.ts'
import { loadTraining, type TrainingJobInputs, type TrainingRequest } from './training-inputs.ts'

export const trainingJob: Job<TrainingJobInputs, TrainingState> = {
  type: 'training',
  step: 'batch',
  stride: 1,
  stateVersion: 1,
  appendOnly: ['history'],
  derived: ['step'],

  load: (settings, resources) => loadTraining(settings as TrainingRequest, resources),

  override(settings, changes) {
    const { epochs, ...others } = changes
    const [unknown] = Object.keys(others)
    if (unknown !== undefined)
      throw new KtrdrError('USAGE', `A training cannot change "${unknown}" when it is resumed.`)
    if (epochs === undefined) return settings
    const total = (settings as TrainingRequest).epochs ?? 0
    if (typeof epochs !== 'number' || !Number.isInteger(epochs) || epochs < total)
      throw new KtrdrError('USAGE', `--epochs may only raise the total, which is ${total}.`, {
        suggestions: [`--epochs ${total + 10}`],
      })
    return { ...(settings as TrainingRequest), epochs } as Json
  },

  begin(inputs) {
    const network = createTrainingNetwork(inputs)
    if (inputs.warmStart) network.write({ weights: inputs.warmStart, slots: network.read().slots })
    return beginTraining(inputs.training, network)
  },

  encode: encodeTrainingState,
  decode: (encoded, inputs) =>
    decodeTrainingState(encoded, createTrainingNetwork(inputs), batchesPerEpoch(inputs.training)),

  position: (state, { training }) => loopPosition(state, training),
  isDone: (state, { training }) => isTrained(state, training),
  advance: (state, { training }, until) => advanceTraining(state, training, until),

  units: (state) => ({ epoch: state.epoch, batch: state.step, best: state.best?.epoch ?? 0 }),

  cursor: (state, { training }) => ({
    unit: 'epoch',
    at: state.epoch,
    of: training.settings.epochs,
    within:
      state.batch === 0 ? null : { unit: 'batch', at: state.batch, of: batchesPerEpoch(training) },
  }),

  doneRatio(state, { training }) {
    if (isTrained(state, training)) return 1
    return (state.epoch + state.batch / batchesPerEpoch(training)) / training.settings.epochs
  },

  metrics(state) {
    const last = state.history.at(-1)
    const { rows, lossTimesRows } = state.running
    return {
      trainLoss: last?.trainLoss ?? (rows > 0 ? lossTimesRows / rows : null),
      valLoss: last?.valLoss ?? null,
      bestValLoss: state.best?.valLoss ?? null,
      bestEpoch: state.best?.epoch ?? null,
    }
  },

  summary(state) {
    const last = state.history.at(-1)
    return {
      trainLoss: last?.trainLoss ?? null,
      valLoss: last?.valLoss ?? null,
      bestValLoss: state.best?.valLoss ?? null,
      learningRate: state.schedule.learningRate,
    }
  },

  metric: (state) => state.history.at(-1)?.valLoss ?? null,

  finish: finishTraining,
}

/** The best weights, judged on the test slice that no decision has seen, as a model bundle. */
function finishTraining(state: TrainingState, inputs: TrainingJobInputs): Outcome {
  const { engine, shape, training, test, classes, manifest, strategyText, pause } = inputs
  const weights = state.best?.weights ?? state.network.read().weights
  const network = withPauses(createKernelNetwork(engine(), shape), pause)
  network.write({ weights, slots: {} })
  const last = state.history.at(-1)!
  const bestEpoch = state.best?.epoch ?? state.epoch
  const metrics = {
    trainLoss: last.trainLoss,
    valLoss: last.valLoss,
    bestValLoss: state.best?.valLoss ?? null,
    bestValAccuracy: state.best?.valAccuracy ?? null,
    bestEpoch,
    stoppedEarly: state.patience.stopped,
    test: evaluate(network, test, training.settings.loss, classes),
  }
  const history = columnsOf(state.history)
  const file = encodeSafetensors({ metadata: { format: 'pt' }, arrays: namedWeights(weights) })
  return {
    result: {
      model: { sha256: sha256(file) },
      epochs: state.epoch,
      metrics,
      history,
      seed: manifest.seed,
    },
    bundle: {
      kind: 'model',
      name: manifest.strategy,
      variant: `${manifest.symbol}_${manifest.timeframe}`,
      manifest: manifestJson({ ...manifest, epochs: state.epoch, bestEpoch }),
      files: {
        [WEIGHTS_FILE]: file,
        [STRATEGY_FILE]: strategyText,
        'history.json': `${JSON.stringify(history)}\n`,
        [METRICS_FILE]: `${JSON.stringify(metrics, null, 2)}\n`,
      },
    },
  }
}

function namedWeights(weights: ReturnType<Network['read']>['weights']): NamedArray[] {
  return Object.entries(weights).map(([name, { tensor, shape }]) => ({
    name,
    dtype: 'F32',
    shape,
    data: tensor,
  }))
}

/** One list a figure, as `train --json` shows it. */
function columnsOf(history: TrainingState['history']): Record<string, Json> {
  const keys = [
    'epoch',
    'trainLoss',
    'trainAccuracy',
    'valLoss',
    'valAccuracy',
    'learningRate',
  ] as const
  return Object.fromEntries(keys.map((key) => [key, history.map((record) => record[key])]))
}
