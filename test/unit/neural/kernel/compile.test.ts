import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileKernel } from '../../../../src/neural/kernel/compile.ts'
import { kernelModuleBytes } from '../../../../src/neural/kernel/module.ts'
import { createKernelNetwork } from '../../../../src/neural/kernel/network.ts'
import type { NetworkState } from '../../../../src/neural/network.ts'
import { enableWideSimd } from '../../../../src/runtime/wide-simd.ts'
import {
  mlpShapes,
  recurrentShapes,
  trainings,
  type Training,
} from '../../../support/random-training.ts'

function trained(module: WebAssembly.Module, training: Training, steps: number): NetworkState {
  const { shape, fit, rows, batches } = training
  const network = createKernelNetwork(
    { module, threads: 1, startThread: () => {} },
    shape,
    fit,
    rows,
  )
  for (let step = 1; step <= steps; step++)
    network.trainStep(batches[step % batches.length]!, { step, learningRate: 0.001 })
  return network.read()
}

describe('wide SIMD', () => {
  it('gives the bits of narrow SIMD once V8 has optimized both', () => {
    const narrow = compileKernel(kernelModuleBytes, false)
    const wide = compileKernel(kernelModuleBytes, enableWideSimd())
    // Enough steps that V8 replaces its first code in the middle of them.
    for (const shapes of [mlpShapes, recurrentShapes])
      for (const training of fc.sample(trainings(shapes), { numRuns: 8, seed: 3 }))
        expect(trained(wide, training, 400), JSON.stringify(training.shape)).toEqual(
          trained(narrow, training, 400),
        )
  })
})
