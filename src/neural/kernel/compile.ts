// Compiles the kernel once for a process. The wide tile is only used when it gives the bits of the narrow one on a
// small network. That finds a V8 that joins vectors wrongly in what it has optimized by then, at the start of every
// process; it does not see the routines which that network never calls, nor code that V8 optimizes later. Those are
// for the tests and scripts/check-determinism.ts, which train everything and long enough.

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
  return compileWide(bytesOf(true), trainedBits(narrow)) ?? narrow
}

/** The module with the wide tile; null when it does not give these bits, or anything else goes wrong with it. */
function compileWide(bytes: Uint8Array, expected: Bits): WebAssembly.Module | null {
  try {
    const module = new WebAssembly.Module(bytes)
    const bits = trainedBits(module)
    return bits.every((bit, i) => bit === expected[i]) ? module : null
  } catch {
    return null
  }
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

/** So many that V8 has begun to replace its first code by the optimized one; how far it is, nobody says. */
const STEPS = 100
const SAMPLES = 64

type Bits = readonly number[]

/** Every bit of a small network after some steps. */
function trainedBits(module: WebAssembly.Module): Bits {
  const network = createKernelNetwork(
    { module, threads: 1, startThread: () => {} },
    SHAPE,
    FIT,
    sampleRows(),
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
