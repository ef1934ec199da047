// The multilayer perceptron in plain TypeScript: the readable reference and the oracle of the tests.
//
// One training step, for a batch of rows m and layers l = 0 … L−1:
//   forward    zₗ = aₗ₋₁·Wₗᵀ + bₗ;  aₗ = dropout(activation(zₗ)) for hidden layers;  the last layer stays linear
//   loss       value and ∂loss/∂z of the last layer
//   backward   ∂aₗ₋₁ = ∂zₗ·Wₗ, then through dropout and activation to ∂zₗ₋₁;  ∂Wₗ = ∂zₗᵀ·aₗ₋₁, ∂bₗ = Σₘ ∂zₗ
//   update     clip the global norm, then the optimizer on every weight and bias

import { invariant, KtrdrError } from '../../core/errors.ts'
import { diverged } from '../diverged.ts'
import { dropoutKey, dropoutThreshold, isKept, type DropoutKey } from '../dropout.ts'
import { initialWeights, layerSizes } from '../initialise.ts'
import { evaluateLoss, type Judged, type Loss } from '../loss.ts'
import type {
  FitSettings,
  MlpShape,
  Network,
  NetworkState,
  Rows,
  Samples,
  StepOptions,
  StepResult,
} from '../network.ts'
import { activate, activationGradient } from './activation.ts'
import { inputGradient, linearForward, weightGradient } from './linear.ts'
import { clipGradients, gradientNorm, optimizerStep, slotNames } from './optimizer.ts'

const f = Math.fround

type Parameter = {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
  readonly gradient: Float32Array
  readonly slots: Record<string, Float32Array>
  /** Elements that belong to one output unit. */
  readonly rowLength: number
}

type Layer = {
  readonly inputs: number
  readonly outputs: number
  readonly weight: Parameter
  readonly bias: Parameter
}

/**
 * @param fit how to train; without it the network only predicts
 * @param rows the data set that `trainStep` takes its batches from
 */
export function createReferenceMlp(shape: MlpShape, fit?: FitSettings, rows?: Rows): Network {
  const layers = createLayers(shape, fit)
  const parameters = layers.flatMap(({ weight, bias }) => [weight, bias])
  const last = layers.length - 1
  const threshold = dropoutThreshold(shape.dropout)
  const keptScale = f(1 / (1 - shape.dropout))
  const loss: Loss | null = fit
    ? { settings: fit.loss, classWeights: fit.classWeights && Float32Array.from(fit.classWeights) }
    : null

  /** Activations of every layer for `count` rows; `keys` are the dropout keys of a training step. */
  function forward(x: Float32Array, count: number, keys: readonly DropoutKey[] | null): Forward {
    const activated: Float32Array[] = []
    const kept: Float32Array[] = []
    let input = x
    for (const [l, layer] of layers.entries()) {
      const y = new Float32Array(count * layer.outputs)
      linearForward(
        input,
        layer.weight.data,
        layer.bias.data,
        y,
        count,
        layer.inputs,
        layer.outputs,
      )
      if (l < last) activate(shape.activation, y, y.length)
      activated.push(y)
      input = l < last && keys ? drop(y, layer.outputs, keys[l]!) : y
      kept.push(input)
    }
    return { activated, kept, outputs: input }
  }

  function drop(values: Float32Array, width: number, key: DropoutKey): Float32Array {
    if (threshold === 0) return values
    const out = new Float32Array(values.length)
    for (let i = 0; i < values.length; i++)
      if (isKept(key, Math.floor(i / width), i % width, threshold)) out[i] = values[i]! * keptScale
    return out
  }

  function backward(
    x: Float32Array,
    count: number,
    keys: readonly DropoutKey[],
    pass: Forward,
    dOutputs: Float32Array,
  ): void {
    let dz = dOutputs
    for (let l = last; l >= 0; l--) {
      const { inputs, outputs, weight, bias } = layers[l]!
      const input = l === 0 ? x : pass.kept[l - 1]!
      weightGradient(input, dz, weight.gradient, bias.gradient, count, inputs, outputs)
      if (l === 0) return
      const dInput = new Float32Array(count * inputs)
      inputGradient(dz, weight.data, dInput, count, inputs, outputs)
      const dActivated = drop(dInput, inputs, keys[l - 1]!)
      activationGradient(shape.activation, pass.activated[l - 1]!, dActivated, count * inputs)
      dz = dActivated
    }
  }

  function trainStep(batch: Int32Array, { step, learningRate }: StepOptions): StepResult {
    invariant(fit && rows && loss, 'trainStep needs a network created with settings and rows')
    const count = batch.length
    const judged = gatherTargets(rows, batch)
    const features = gatherFeatures(rows, batch, shape.inputs)
    const keys = layers.slice(0, last).map((_, l) => dropoutKey(fit.seed, step, l))

    const pass = forward(features, count, keys)
    const gradient = new Float32Array(count * shape.outputs)
    const result = evaluateLoss(loss, pass.outputs, judged, shape.outputs, gradient)
    if (!Number.isFinite(result.loss)) throw diverged('loss', result.loss)

    backward(features, count, keys, pass, gradient)
    const gradients = parameters.map(({ gradient: data, rowLength }) => ({ data, rowLength }))
    const norm = gradientNorm(gradients)
    if (!Number.isFinite(norm)) throw diverged('gradient norm', norm)
    if (fit.clipNorm !== null) clipGradients(gradients, norm, fit.clipNorm)
    const update = optimizerStep(fit.optimizer, step, learningRate)
    for (const { data, gradient: g, slots } of parameters) update(data, g, slots)
    return result
  }

  return {
    shape,
    trainStep,
    predict: (samples) =>
      forward(gatherFeatures(samples, null, shape.inputs), samples.count, null).outputs,
    read: () => readState(parameters),
    write: (state) => writeState(parameters, state),
    close: () => {},
  }
}

type Forward = {
  /** After the activation, before dropout. */
  readonly activated: readonly Float32Array[]
  /** After dropout: the input of the next layer. */
  readonly kept: readonly Float32Array[]
  readonly outputs: Float32Array
}

function createLayers(shape: MlpShape, fit: FitSettings | undefined): Layer[] {
  const initial = initialWeights(shape, fit?.seed ?? 0)
  const parameter = (name: string, rowLength: number): Parameter => {
    const { tensor, shape: dimensions } = initial[name]!
    const names = fit ? slotNames(fit.optimizer.kind) : []
    return {
      name,
      shape: dimensions,
      data: tensor,
      gradient: new Float32Array(tensor.length),
      slots: Object.fromEntries(names.map((slot) => [slot, new Float32Array(tensor.length)])),
      rowLength,
    }
  }
  return layerSizes(shape).map(({ inputs, outputs }, l) => ({
    inputs,
    outputs,
    weight: parameter(`layers.${l}.weight`, inputs),
    bias: parameter(`layers.${l}.bias`, 1),
  }))
}

/** Rows of the samples `batch`; null = of all. */
function gatherFeatures(
  { count, features, firstRows }: Samples,
  batch: Int32Array | null,
  width: number,
): Float32Array {
  if (!batch && !firstRows) return features
  const numbers = batch ?? Int32Array.from({ length: count }, (_, i) => i)
  const out = new Float32Array(numbers.length * width)
  for (const [i, sample] of numbers.entries()) {
    const row = firstRows ? firstRows[sample]! : sample
    out.set(features.subarray(row * width, (row + 1) * width), i * width)
  }
  return out
}

function gatherTargets({ targets, weights }: Rows, batch: Int32Array): Judged {
  return {
    count: batch.length,
    targets: Float32Array.from(batch, (sample) => targets[sample]!),
    weights: weights && Float32Array.from(batch, (sample) => weights[sample]!),
  }
}

function readState(parameters: readonly Parameter[]): NetworkState {
  const weights = parameters.map(
    ({ name, shape, data }) => [name, { tensor: data, shape }] as const,
  )
  const slots = parameters.flatMap(({ name, shape, slots: kept }) =>
    Object.entries(kept).map(([slot, tensor]) => [`${name}.${slot}`, { tensor, shape }] as const),
  )
  return { weights: Object.fromEntries(weights), slots: Object.fromEntries(slots) }
}

function writeState(parameters: readonly Parameter[], state: NetworkState): void {
  for (const { name, data, slots } of parameters) {
    data.set(expectTensor(state.weights, name, data.length))
    for (const [slot, tensor] of Object.entries(slots))
      tensor.set(expectTensor(state.slots, `${name}.${slot}`, tensor.length))
  }
}

function expectTensor(
  tensors: NetworkState['weights'],
  name: string,
  length: number,
): Float32Array {
  const found = tensors[name]
  if (found?.tensor.length === length) return found.tensor
  throw new KtrdrError(
    'CHECKPOINT_CORRUPT',
    found
      ? `The tensor ${name} has ${found.tensor.length} elements, the network needs ${length}.`
      : `The tensor ${name} is missing.`,
  )
}
