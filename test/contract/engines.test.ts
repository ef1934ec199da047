import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createKernelNetwork } from '../../src/neural/kernel/network.ts'
import type { Network } from '../../src/neural/network.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import { enableWideSimd } from '../../src/runtime/wide-simd.ts'
import { kernelEngine } from '../support/kernel-engine.ts'
import { mlpShapes, recurrentShapes, trainings, type Training } from '../support/random-training.ts'

// Reference: the reference engine (plain TypeScript), bit for bit.

type Bits = Readonly<Record<string, Int32Array | number>>

function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.slice().buffer)
}

/** All that can be seen of a training: results of each step, every tensor, predictions of few and of many. */
function everything(network: Network, { rows, batches }: Training): Bits {
  const seen: Record<string, Int32Array | number> = {}
  for (const [i, batch] of batches.entries()) {
    const { loss, correct } = network.trainStep(batch, { step: i + 1, learningRate: 0.01 })
    seen[`loss ${i}`] = loss
    seen[`correct ${i}`] = correct
  }
  const { weights, slots } = network.read()
  for (const [name, { tensor }] of Object.entries({ ...weights, ...slots }))
    seen[name] = bitsOf(tensor)
  for (const count of [1, 2, rows.count]) {
    seen[`predictions of ${count}`] = bitsOf(network.predict({ ...rows, count }))
    seen[`probabilities of ${count}`] = bitsOf(network.classify({ ...rows, count }))
  }
  network.close()
  return seen
}

/** Names of what differs between the engines. */
function differences(training: Training, wide: boolean): string[] {
  const { shape, fit, rows } = training
  const expected = everything(createReferenceNetwork(shape, fit, rows), training)
  const actual = everything(createKernelNetwork(kernelEngine(wide), shape, fit, rows), training)
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
  return [...names].filter((name) => !sameBits(actual[name], expected[name]))
}

type Seen = Int32Array | number | undefined

function sameBits(a: Seen, b: Seen): boolean {
  if (!(a instanceof Int32Array && b instanceof Int32Array)) return a === b
  return a.length === b.length && a.every((bits, i) => bits === b[i])
}

describe.each([
  ['narrow', false],
  ['wide', true],
])('the kernel with the %s tile', (_, wide) => {
  beforeAll(() => void (wide && enableWideSimd())) // before the module of that tile is compiled

  it('trains and predicts a multilayer perceptron with the bits of the reference', () => {
    fc.assert(
      fc.property(trainings(mlpShapes), (training) => {
        expect(differences(training, wide), 'what differs from the reference').toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('trains and predicts an LSTM and a GRU with the bits of the reference', () => {
    fc.assert(
      fc.property(trainings(recurrentShapes, 40), (training) => {
        expect(differences(training, wide), 'what differs from the reference').toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
