// The kernel engine: networks on WebAssembly SIMD, bit for bit as the reference engine and many times as fast.
//
// Words: a *routine* is a WebAssembly function (routines/); a *panel* is 8 columns of a matrix (routines/tile.ts); the
// *plan* says where everything lives (plan.ts); a *phase* is what a thread does between two meetings (mlp.ts).
// Padding is inert: no sum runs over it. After TRAINING_DIVERGED the weights mean nothing, as nothing does then.

import { invariant } from '../../core/errors.ts'
import { expectMaskable } from '../dropout.ts'
import { expectSamples } from '../expect-samples.ts'
import { initialWeights } from '../initialise.ts'
import type { FitSettings, Network, NetworkShape, NetworkState, Rows } from '../network.ts'
import { createPredict, mostShares } from './architecture.ts'
import { createMemory } from './memory.ts'
import { createReader, writeParameters, writeWeights, type StoredParameter } from './parameters.ts'
import { makePlan, type PlanInput } from './plan.ts'
import { instantiate, type Routines } from './routines.ts'
import { joinTeam } from './team.ts'
import type { KernelThreadData } from './thread.ts'
import { createTrainer } from './train.ts'

export type KernelEngine = {
  /** Of `kernelModuleBytes`, compiled once. */
  readonly module: WebAssembly.Module
  /** Threads of a network that trains, the caller's among them; it takes no more than its steps have shares. */
  readonly threads: number
  /** Starts a thread that runs `runKernelThread(data)`, now or later. */
  readonly startThread: (data: KernelThreadData) => void
}

/**
 * @param fit how to train; without it the network only predicts
 * @param rows the data set that `trainStep` takes its batches from
 */
export function createKernelNetwork(
  engine: KernelEngine,
  shape: NetworkShape,
  fit?: FitSettings,
  rows?: Rows,
): Network {
  expectMaskable(shape)
  const sampleCount = rows?.count ?? 0
  const threads = fit ? Math.min(engine.threads, mostShares(shape, sampleCount)) : 1
  const input: PlanInput = {
    shape,
    fit: fit ?? null,
    featureCount: rows?.features.length ?? 0,
    sampleCount,
    threads,
  }
  const plan = makePlan(input)
  const memory = createMemory(plan.end)
  const routines = instantiate(engine.module, memory)
  routines.write_constants()
  const floats = new Float32Array(memory.buffer)
  const words = new Int32Array(memory.buffer)
  const team = joinTeam(words, plan.team / 4, threads)
  const predict = createPredict(routines, memory, plan)
  const write = (state: NetworkState): void => {
    writeParameters(floats, plan.parameters, state)
    for (const p of plan.parameters) transposeAll(routines, p)
  }
  writeWeights(floats, plan.parameters, initialWeights(shape, fit?.seed ?? 0))
  for (const p of plan.parameters) transposeAll(routines, p)

  const trainer = fit && rows ? createTrainer({ routines, memory, plan, team }, fit, rows) : null
  const helpers = trainer ? threads - 1 : 0
  try {
    for (let thread = 1; thread <= helpers; thread++)
      engine.startThread({ module: engine.module, memory, input, thread })
  } catch (error) {
    team.abort() // those that were started wait for steps
    throw error
  }

  return {
    shape,
    trainStep: (batch, options) => {
      invariant(trainer, 'trainStep needs a network created with settings and rows')
      return trainer(batch, options)
    },
    predict: (samples) => {
      expectSamples(samples, shape)
      return predict(samples, false)
    },
    classify: (samples) => {
      expectSamples(samples, shape)
      return predict(samples, true)
    },
    // Copies: the kernel's memory has another layout.
    read: createReader(floats, plan.parameters),
    write,
    close: team.close,
  }
}

function transposeAll(routines: Routines, p: StoredParameter): void {
  if (p.transposed !== 0)
    routines.transpose(p.at, p.panelBytes, p.panels, p.transposed, p.transposedStride)
}
