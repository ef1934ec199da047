// The reference engine: every network in plain TypeScript, written to be read and to be the oracle of the tests.
// An architecture says how outputs come from features and gradients from theirs; the rest is the same for all.

import { invariant } from '../../core/errors.ts'
import { diverged } from '../diverged.ts'
import { expectMaskable } from '../dropout.ts'
import { expectSamples, noSuchSample } from '../expect-samples.ts'
import { evaluateLoss, lossOf, softmax } from '../loss.ts'
import type {
  FitSettings,
  Network,
  NetworkShape,
  Rows,
  Samples,
  StepOptions,
  StepResult,
} from '../network.ts'
import { windowLength } from '../window-length.ts'
import { dropNothing, dropOfStep } from './drop.ts'
import { mlpForward } from './mlp.ts'
import { clipGradients, gradientNorm, optimizerStep } from './optimizer.ts'
import { createParameters, readState, writeState } from './parameters.ts'
import { recurrentForward } from './recurrent.ts'
import { gatherFeatures, gatherTargets } from './samples.ts'

/** Samples that are predicted at a time: bounds the memory, and changes no bit. */
const PREDICTED_TOGETHER = 256

/**
 * @param fit how to train; without it the network only predicts
 * @param rows the data set that `trainStep` takes its batches from
 */
export function createReferenceNetwork(
  shape: NetworkShape,
  fit?: FitSettings,
  rows?: Rows,
): Network {
  expectMaskable(shape)
  const { inputs, outputs } = shape
  const length = windowLength(shape)
  const parameters = createParameters(shape, fit)
  const forward =
    shape.kind === 'mlp' ? mlpForward(shape, parameters) : recurrentForward(shape, parameters)
  const loss = fit ? lossOf(fit) : null
  if (rows) expectSamples(rows, shape)
  const gradients = [...parameters.values()].map(({ gradient: data, rowLength }) => ({
    data,
    rowLength,
  }))

  function trainStep(batch: Int32Array, { step, learningRate }: StepOptions): StepResult {
    invariant(fit && rows && loss, 'trainStep needs a network created with settings and rows')
    expectMaskable(shape, batch.length)
    for (const sample of batch)
      if (sample < 0 || sample >= rows.count) throw noSuchSample(sample, rows.count)
    const window = gatherFeatures(rows, batch, inputs, length)
    const pass = forward(window, dropOfStep(shape.dropout, fit.seed, step))

    const dOutputs = new Float32Array(pass.outputs.length)
    const result = evaluateLoss(loss, pass.outputs, gatherTargets(rows, batch), outputs, dOutputs)
    if (!Number.isFinite(result.loss)) throw diverged('loss', result.loss)

    for (const { data } of gradients) data.fill(0)
    pass.backward(dOutputs)
    const norm = gradientNorm(gradients)
    if (!Number.isFinite(norm)) throw diverged('gradient norm', norm)
    if (fit.clipNorm !== null) clipGradients(gradients, norm, fit.clipNorm)

    const update = optimizerStep(fit.optimizer, step, learningRate)
    for (const { data, gradient, slots } of parameters.values()) update(data, gradient, slots)
    return result
  }

  function predict(samples: Samples): Float32Array {
    expectSamples(samples, shape)
    const predicted = new Float32Array(samples.count * outputs)
    for (let from = 0; from < samples.count; from += PREDICTED_TOGETHER) {
      const together = Math.min(PREDICTED_TOGETHER, samples.count - from)
      const block = Int32Array.from({ length: together }, (_, i) => from + i)
      const window = gatherFeatures(samples, block, inputs, length)
      predicted.set(forward(window, dropNothing).outputs, from * outputs)
    }
    return predicted
  }

  return {
    shape,
    trainStep,
    predict,
    classify: (samples) => softmax(predict(samples), samples.count, outputs),
    read: () => readState(parameters),
    write: (state) => writeState(parameters, state),
    close: () => {},
  }
}
