// A plan says where everything of a network lives that does not depend on the size of a batch: words of the team,
// numbers of a step, parameters, data set, scratch. It is a pure function of plain data, so every thread makes its own.

import type { FitSettings, NetworkShape } from '../network.ts'
import { allocateFrom } from './memory.ts'
import { placeMlpPredict } from './mlp-predict-place.ts'
import { placeRecurrentPredict } from './recurrent-predict-place.ts'
import { CELLS } from './recurrent-layers.ts'
import { ROW_BYTES } from './routines/tile.ts'
import { placeParameters, type StoredParameter } from './parameters.ts'

/** What a network is made of; crosses threads. */
export type PlanInput = {
  readonly shape: NetworkShape
  /** Null = it only predicts. */
  readonly fit: FitSettings | null
  /** Numbers in the features of the data set, and samples of it. */
  readonly featureCount: number
  readonly sampleCount: number
  readonly threads: number
}

export type Plan = PlanInput & {
  readonly team: number
  readonly step: number
  readonly parameters: readonly StoredParameter[]
  readonly features: number
  readonly firstRows: number
  readonly targets: number
  readonly weights: number
  /** One a thread, unless gradients are kept: a gradient of two panels, and of their biases. */
  readonly gradientScratch: readonly number[]
  readonly biasScratch: readonly number[]
  /** One a thread: exponentials of a loss. */
  readonly lossScratch: readonly number[]
  /** b_ih + b_hh of each layer whose cells read no more of them, for each thread. */
  readonly gateBiases: readonly (readonly number[])[]
  /** One float32 a thread: the sum of those sums of squares that are not finite. */
  readonly overflows: readonly number[]
  /** Where the parts for prediction begin. */
  readonly predict: number
  /** Where the parts that depend on the batch begin. */
  readonly end: number
}

/** Words of a step, in units of 4 bytes from `plan.step`. */
export const STEP = {
  count: 0,
  capacity: 1,
  /** float32: 1 / what the sum of the loss is divided by. */
  share: 2,
  /** float32: of the optimizer's routine. */
  numbers: 4,
  /** Two a dropout layer. */
  keys: 16,
} as const

/** Layers whose units are dropped. */
export function droppedLayers(shape: NetworkShape): number {
  return shape.kind === 'mlp' ? shape.hiddenLayers.length : shape.layerCount
}

export function makePlan(input: PlanInput): Plan {
  const { shape, fit, threads, featureCount, sampleCount } = input
  const allocator = allocateFrom()
  const { take } = allocator
  const team = take(512)
  const step = take(4 * (STEP.keys + 2 * droppedLayers(shape)))
  const keepGradient = shape.kind !== 'mlp' || (fit !== null && fit.clipNorm !== null)
  const parameters = placeParameters(
    shape,
    { fit, transposed: transposedNames(shape), keepGradient: fit !== null && keepGradient },
    allocator,
  )
  const features = take(featureCount * 4 + ROW_BYTES) // a row is read in whole vectors, so beyond the last one
  const firstRows = take(sampleCount * 4)
  const targets = take(sampleCount * 4)
  const weights = take(sampleCount * 4)

  const widest = Math.max(...parameters.map(({ panelBytes }) => panelBytes))
  const perThread = <Place>(place: () => Place): Place[] =>
    Array.from({ length: fit ? threads : 0 }, place)
  const gradientScratch = keepGradient ? [] : perThread(() => take(2 * widest))
  const biasScratch = keepGradient ? [] : perThread(() => take(2 * ROW_BYTES))
  const lossScratch = perThread(() => take(16 * shape.outputs))
  const summed = parameters.filter(({ name }) => isSummedBias(shape, name))
  const gateBiases = perThread(() => summed.map(({ panels }) => take(panels * ROW_BYTES)))
  const overflows = perThread(() => take(4))
  const predict = allocator.end()
  return {
    ...input,
    team,
    step,
    parameters,
    features,
    firstRows,
    targets,
    weights,
    gradientScratch,
    biasScratch,
    lossScratch,
    gateBiases,
    overflows,
    predict,
    end: predictEnd(shape, predict),
  }
}

function isSummedBias(shape: NetworkShape, name: string): boolean {
  const isRecurrent = shape.kind !== 'mlp'
  return isRecurrent && CELLS[shape.kind].sumsBiases && name.startsWith(`${shape.kind}.bias_ih`)
}

function predictEnd(shape: NetworkShape, start: number): number {
  const allocator = allocateFrom(start)
  if (shape.kind === 'mlp') placeMlpPredict(shape, allocator)
  else placeRecurrentPredict(shape, allocator)
  return allocator.end()
}

/** Matrices that gradients go back through: all but those that read the features. */
function transposedNames(shape: NetworkShape): ReadonlySet<string> {
  if (shape.kind === 'mlp')
    return new Set(shape.hiddenLayers.map((_, l) => `layers.${l + 1}.weight`))
  const cells = Array.from({ length: shape.layerCount }, (_, l) => [
    `${shape.kind}.weight_hh_l${l}`,
    ...(l > 0 ? [`${shape.kind}.weight_ih_l${l}`] : []),
  ])
  return new Set([...cells.flat(), 'head.weight'])
}
