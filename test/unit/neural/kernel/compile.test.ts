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

type Opcode = (typeof OPCODES)[keyof typeof OPCODES]
/** Second bytes of f32x4 instructions. */
const OPCODES = { abs: 0xe0, sqrt: 0xe3, add: 0xe4, div: 0xe7 } as const

/** The module with one instruction replaced by another wherever it stands. */
function replaced(bytes: Uint8Array, from: Opcode, to: Opcode): Uint8Array {
  return bytes.map((byte, i) =>
    byte === from && bytes[i - 1] === 0xfd && bytes[i + 1] === 1 ? to : byte,
  )
}

/** The module with a custom section, by which it is known again. */
function marked(bytes: Uint8Array): Uint8Array {
  const section = [0, 2, 1, 'w'.charCodeAt(0)]
  const all = new Uint8Array(bytes.length + section.length)
  all.set(bytes)
  all.set(section, bytes.length)
  return all
}

function isMarked(module: WebAssembly.Module): boolean {
  return WebAssembly.Module.customSections(module, 'w').length === 1
}

describe('wide SIMD', () => {
  it('gives the bits of narrow SIMD once V8 has optimized both', () => {
    const narrow = new WebAssembly.Module(kernelModuleBytes(false))
    enableWideSimd()
    const wide = new WebAssembly.Module(kernelModuleBytes(true))
    // Enough steps that V8 replaces its first code in the middle of them.
    for (const shapes of [mlpShapes, recurrentShapes])
      for (const training of fc.sample(trainings(shapes), { numRuns: 8, seed: 3 }))
        expect(trained(wide, training, 400), JSON.stringify(training.shape)).toEqual(
          trained(narrow, training, 400),
        )
  })
})

describe('a kernel that is compiled for wide SIMD', () => {
  const compiled = (breakBytes: (bytes: Uint8Array) => Uint8Array): WebAssembly.Module =>
    compileKernel((wide) => {
      const bytes = kernelModuleBytes(wide)
      return wide ? marked(breakBytes(bytes)) : bytes
    }, true)

  it('has the wide tile when that gives the bits of the narrow one', () => {
    expect(isMarked(compiled((bytes) => bytes))).toBe(true)
  })

  it.each([
    ['other bits', (bytes: Uint8Array) => replaced(bytes, OPCODES.sqrt, OPCODES.abs)],
    [
      'numbers that are not finite',
      (bytes: Uint8Array) => replaced(bytes, OPCODES.add, OPCODES.div),
    ],
    ['no module', (bytes: Uint8Array) => bytes.slice(0, 100)],
    ['a module that lacks routines', () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
  ])('has the narrow one when the wide gives %s', (_, breakBytes) => {
    expect(isMarked(compiled(breakBytes))).toBe(false)
  })
})
