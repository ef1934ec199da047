// Compiles the kernel once for a process. The wide tile is only used when it gives the bits of the narrow one.

import { randomStream } from '../../core/rng.ts'
import type { FitSettings, MlpShape, Rows } from '../network.ts'
import { createKernelNetwork } from './network.ts'

/**
 * @param bytesOf the bytes of the module with the wide or the narrow tile, as `kernelModuleBytes` emits them
 * @param wide whether V8 joins pairs of 128-bit operations (runtime/wide-simd); otherwise the wide tile would be slow
 */
export function compileKernel(
  bytesOf: (wide: boolean) => Uint8Array,
  wide: boolean,
): WebAssembly.Module {
  const narrow = new WebAssembly.Module(bytesOf(false))
  if (!wide) return narrow
  const module = new WebAssembly.Module(bytesOf(true))
  return haveSameBits(module, narrow) ? module : narrow
}

const SHAPE: MlpShape = {
  kind: 'mlp',
  inputs: 21,
  hiddenLayers: [48, 20],
  outputs: 3,
  activation: 'relu',
  dropout: 0.2,
}

const FIT: FitSettings = {
  loss: { kind: 'cross_entropy' },
  classWeights: null,
  optimizer: { kind: 'adamw', weightDecay: 0.01 },
  clipNorm: null,
  seed: 1,
}

/** So many that V8 has begun to replace its first code by the optimized one. */
const STEPS = 100
const SAMPLES = 64

/** Trains a small network with both and compares every bit of it. */
function haveSameBits(a: WebAssembly.Module, b: WebAssembly.Module): boolean {
  const rows = sampleRows()
  const [bitsOfA, bitsOfB] = [a, b].map((module) => trainedBits(module, rows)) as [Bits, Bits]
  return bitsOfA.every((bits, i) => bits === bitsOfB[i])
}

type Bits = readonly number[]

function trainedBits(module: WebAssembly.Module, rows: Rows): Bits {
  const network = createKernelNetwork(
    { module, threads: 1, startThread: () => {} },
    SHAPE,
    FIT,
    rows,
  )
  const batch = Int32Array.from({ length: SAMPLES }, (_, i) => i)
  for (let step = 1; step <= STEPS; step++) network.trainStep(batch, { step, learningRate: 0.01 })
  const { weights } = network.read()
  return Object.values(weights).flatMap(({ tensor }) => [...new Int32Array(tensor.slice().buffer)])
}

function sampleRows(): Rows {
  const { nextUnit, nextBelow } = randomStream(1, 'sampling')
  return {
    count: SAMPLES,
    features: Float32Array.from({ length: SAMPLES * SHAPE.inputs }, () => 2 * nextUnit() - 1),
    firstRows: null,
    targets: Float32Array.from({ length: SAMPLES }, () => nextBelow(SHAPE.outputs)),
    weights: null,
  }
}
