import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKernelNetwork } from '../../../../src/neural/kernel/network.ts'
import { makePlan } from '../../../../src/neural/kernel/plan.ts'
import type {
  FitSettings,
  MlpShape,
  Network,
  NetworkShape,
  Rows,
} from '../../../../src/neural/network.ts'
import { createReferenceNetwork } from '../../../../src/neural/reference/network.ts'
import { kernelEngine } from '../../../support/kernel-engine.ts'
import {
  mlpShapes,
  recurrentShapes,
  trainings,
  type Training,
} from '../../../support/random-training.ts'

// Reference: the reference engine.

const SHAPE: MlpShape = {
  kind: 'mlp',
  inputs: 5,
  hiddenLayers: [11, 6],
  outputs: 3,
  activation: 'sigmoid',
  dropout: 0.1,
}
const RECURRENT = {
  inputs: 5,
  sequenceLength: 3,
  hiddenSize: 5,
  layerCount: 2,
  outputs: 3,
  dropout: 0,
} as const
const FIT: FitSettings = {
  loss: { kind: 'cross_entropy' },
  classWeights: null,
  optimizer: { kind: 'adamw', weightDecay: 0.01 },
  clipNorm: null,
  seed: 3,
}

function rowsOf(count: number, value: (i: number) => number): Rows {
  return {
    count,
    features: Float32Array.from({ length: count * SHAPE.inputs }, (_, i) => value(i)),
    firstRows: null,
    targets: Float32Array.from({ length: count }, (_, i) => i % 3),
    weights: null,
  }
}

function both(fit?: FitSettings, rows?: Rows): [Network, Network] {
  return [
    createKernelNetwork(kernelEngine(), SHAPE, fit, rows),
    createReferenceNetwork(SHAPE, fit, rows),
  ]
}

/** The message of the error, or null. */
function failureOf(action: () => unknown): string | null {
  try {
    action()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('a kernel network', () => {
  it('trains on batches of one sample to thousands, growing as it must', () => {
    const rows = rowsOf(5000, (i) => Math.fround(((i * 7919) % 1000) / 500 - 1))
    const [kernel, reference] = both(FIT, rows)
    for (const [i, size] of [1, 4096, 3, 5000, 17].entries()) {
      const batch = Int32Array.from({ length: size }, (_, m) => (m * 31 + i) % 5000)
      const options = { step: i + 1, learningRate: 0.01 }
      expect(kernel.trainStep(batch, options)).toEqual(reference.trainStep(batch, options))
    }
    expect(kernel.read()).toEqual(reference.read())
  })

  it('trains layers wider than a block of a sum', () => {
    const shape: MlpShape = { ...SHAPE, hiddenLayers: [300, 520], activation: 'relu' }
    const rows = rowsOf(30, (i) => Math.fround(((i * 31) % 97) / 40 - 1))
    const batch = Int32Array.from({ length: 30 }, (_, m) => m)
    const [kernel, reference] = [
      createKernelNetwork(kernelEngine(true), shape, FIT, rows),
      createReferenceNetwork(shape, FIT, rows),
    ]
    for (const step of [1, 2]) {
      const options = { step, learningRate: 0.01 }
      expect(kernel.trainStep(batch, options)).toEqual(reference.trainStep(batch, options))
    }
    expect(kernel.read()).toEqual(reference.read())
  })

  it.each(['lstm', 'gru'] as const)('predicts a %s with states wider than that', (kind) => {
    const shape: NetworkShape = { ...RECURRENT, kind, hiddenSize: 300 }
    const samples = { ...rowsOf(14, (i) => Math.fround(((i * 31) % 97) / 40 - 1)), count: 12 }
    for (const wide of [false, true])
      expect(createKernelNetwork(kernelEngine(wide), shape).predict(samples)).toEqual(
        createReferenceNetwork(shape).predict(samples),
      )
  })

  it('takes over the state of the reference, and gives it back', () => {
    const rows = rowsOf(40, (i) => Math.fround((i % 13) / 7 - 1))
    const [kernel, reference] = both(FIT, rows)
    const batch = Int32Array.from({ length: 40 }, (_, m) => m)
    reference.trainStep(batch, { step: 1, learningRate: 0.1 })
    kernel.write(reference.read())
    expect(kernel.read()).toEqual(reference.read())
    const options = { step: 2, learningRate: 0.1 }
    expect(kernel.trainStep(batch, options)).toEqual(reference.trainStep(batch, options))
    expect(kernel.read()).toEqual(reference.read())
  })

  it('refuses a state that does not fit, as the reference does', () => {
    const [kernel, reference] = both(FIT)
    const state = reference.read()
    const { 'layers.0.bias': _, ...others } = state.weights
    const wide = { ...state.slots, 'layers.1.bias.m': { tensor: new Float32Array(7), shape: [7] } }
    for (const broken of [
      { ...state, weights: others },
      { ...state, slots: wide },
    ]) {
      const expected = failureOf(() => reference.write(broken))
      expect(expected).not.toBeNull()
      expect(failureOf(() => kernel.write(broken))).toBe(expected)
    }
  })

  it('predicts without settings, any number of samples, wherever their rows are', () => {
    const rows = rowsOf(3000, (i) => Math.fround(((i * 31) % 97) / 40 - 1))
    const [kernel, reference] = both()
    for (const count of [0, 1, 2, 63, 64, 65, 300]) {
      const scattered = Int32Array.from({ length: count }, (_, i) => (i * 1777) % 3000)
      for (const firstRows of [null, scattered]) {
        const samples = { count, features: rows.features, firstRows }
        expect(kernel.predict(samples), `${count} samples`).toEqual(reference.predict(samples))
      }
    }
  })

  it('lets no infinite number of one unit or sample reach another through padding', () => {
    const rows = rowsOf(30, (i) => (i % 41 === 0 ? Infinity : i % 17 === 0 ? -3e38 : (i % 7) - 3))
    const samples = { ...rows, count: 28 }
    const shapes: NetworkShape[] = [
      SHAPE,
      { ...SHAPE, activation: 'relu' },
      { ...RECURRENT, kind: 'lstm' },
      { ...RECURRENT, kind: 'gru' },
    ]
    for (const shape of shapes) {
      const kernel = createKernelNetwork(kernelEngine(), shape)
      const engine = createReferenceNetwork(shape)
      const reference = engine.predict(samples)
      expect(kernel.predict(samples)).toEqual(reference)
      expect(kernel.classify(samples), 'as probabilities').toEqual(engine.classify(samples))
      expect(reference.some(Number.isFinite), 'some samples are finite').toBe(true)
    }
  })

  it('leaves the state as it was when it refuses another, as the reference does', () => {
    for (const network of both(FIT)) {
      const { weights, slots } = structuredClone(network.read())
      const changed = structuredClone(weights)
      for (const { tensor } of Object.values(changed)) tensor.fill(9)
      const { 'layers.2.bias': _, ...fewer } = changed
      const { 'layers.2.bias.v': __, ...fewerSlots } = slots
      expect(() => network.write({ weights: fewer, slots })).toThrow('is missing')
      expect(() => network.write({ weights: changed, slots: fewerSlots })).toThrow('is missing')
      expect(network.read()).toEqual({ weights, slots })
    }
  })

  it('refuses samples that are not there, as the reference does', () => {
    const rows = rowsOf(20, () => 0.5)
    for (const network of both(FIT, rows)) {
      for (const sample of [-1, 20, 0x1fffffff])
        expect(() =>
          network.trainStep(Int32Array.of(0, sample), { step: 1, learningRate: 0.1 }),
        ).toThrow(`sample ${sample} of 20`)
      network.trainStep(Int32Array.of(0, 19), { step: 1, learningRate: 0.1 })
      expect(() => network.predict({ ...rows, count: 21 })).toThrow('row 20')
      for (const first of [-1, 20])
        for (const firstRows of [Int32Array.of(first), Int32Array.of(0, first)])
          expect(() => network.predict({ ...rows, count: firstRows.length, firstRows })).toThrow(
            `row ${first},`,
          )
    }
    expect(() => both(FIT, { ...rows, firstRows: new Int32Array(19) })).toThrow('row undefined')
  })

  it('refuses windows that reach beyond the features, as the reference does', () => {
    const shape: NetworkShape = { ...RECURRENT, kind: 'gru' }
    const rows = rowsOf(20, () => 0.5)
    const firstRows = new Int32Array(20)
    for (const create of [
      (of: Rows) => createKernelNetwork(kernelEngine(), shape, FIT, of),
      (of: Rows) => createReferenceNetwork(shape, FIT, of),
    ]) {
      expect(() => create(rows), 'windows of 3 of 20 rows').toThrow('row 19')
      expect(() => create({ ...rows, firstRows: firstRows.fill(18, 7) })).toThrow('Sample 7')
      create({ ...rows, firstRows: firstRows.fill(17) })
    }
  })

  it('takes no notice of class weights in a regression, as the reference', () => {
    const rows = rowsOf(30, (i) => Math.fround((i % 13) / 7 - 1))
    const shape = { ...SHAPE, outputs: 1 }
    const batch = Int32Array.from({ length: 30 }, (_, m) => m)
    for (const create of [
      (fit: FitSettings) => createKernelNetwork(kernelEngine(), shape, fit, rows),
      (fit: FitSettings) => createReferenceNetwork(shape, fit, rows),
    ]) {
      const [plain, weighted] = [null, [1, 5, 9]].map((classWeights) =>
        create({ ...FIT, loss: { kind: 'mse' }, classWeights }).trainStep(batch, {
          step: 1,
          learningRate: 0.1,
        }),
      )
      expect(weighted).toEqual(plain)
    }
  })

  it('refuses batches of more rows than a dropout mask can number, as the reference does', () => {
    const rows = rowsOf(1, () => 0.5)
    const batch = new Int32Array(65_537)
    for (const network of both(FIT, rows))
      expect(() => network.trainStep(batch, { step: 1, learningRate: 0.1 })).toThrow('65537')
  })

  it('takes no step once it is closed', () => {
    const network = createKernelNetwork(
      kernelEngine(),
      SHAPE,
      FIT,
      rowsOf(3, () => 0.5),
    )
    network.close()
    expect(() => network.trainStep(Int32Array.of(0), { step: 1, learningRate: 0.1 })).toThrow(
      'closed',
    )
  })

  it('predicts long windows that are scattered, with room for those that are dense', () => {
    const long = { inputs: 200, sequenceLength: 10_000, hiddenSize: 3, layerCount: 1, outputs: 3 }
    const input = { fit: null, featureCount: 0, sampleCount: 0, threads: 1 }
    const plan = makePlan({ ...input, shape: { kind: 'lstm', ...long, dropout: 0 } })
    expect(plan.end / 2 ** 20, 'MiB, where 64 windows apart would need 488').toBeLessThan(10)

    const shape: NetworkShape = { ...RECURRENT, kind: 'gru', sequenceLength: 1500 }
    const features = Float32Array.from({ length: 100_000 * 5 }, (_, i) => ((i * 31) % 97) / 40 - 1)
    const firstRows = Int32Array.from({ length: 70 }, (_, i) => (i * 7919) % 98_500)
    const samples = { count: 70, features, firstRows }
    expect(createKernelNetwork(kernelEngine(), shape).predict(samples)).toEqual(
      createReferenceNetwork(shape).predict(samples),
    )
  })

  it.each(['lstm', 'gru'] as const)(
    'predicts windows of a %s that are neighbours, longer than what they share at once, and others',
    (kind) => {
      const rows = rowsOf(400, (i) => Math.fround(((i * 31) % 97) / 40 - 1))
      const counted = (count: number, row: (i: number) => number) =>
        Int32Array.from({ length: count }, (_, i) => row(i))
      for (const sequenceLength of [1, 2, 64, 65, 150]) {
        const shape: NetworkShape = { ...RECURRENT, kind, sequenceLength }
        const kernel = createKernelNetwork(kernelEngine(), shape)
        const reference = createReferenceNetwork(shape)
        // One network for all of them: nothing of a block is left for the next.
        for (const firstRows of [
          null,
          counted(150, (i) => i + 7),
          counted(150, (i) => (i < 100 ? i : i + 40)),
          counted(70, (i) => 2 * i),
          counted(70, (i) => 200 - i),
          counted(67, (i) => i),
          counted(2, (i) => i),
          counted(3, () => 0),
        ]) {
          const samples = { ...rows, count: firstRows?.length ?? 150, firstRows }
          expect(kernel.predict(samples), `${sequenceLength} rows, ${firstRows}`).toEqual(
            reference.predict(samples),
          )
        }
      }
    },
  )

  it('stops when numbers leave the finite world, with the words of the reference', () => {
    const failures: (string | null)[] = []
    const outcome = (network: Network, { batches }: Training): string | null =>
      failureOf(() => {
        for (const [i, batch] of batches.entries())
          network.trainStep(batch, { step: i + 1, learningRate: 1 })
      })
    const extreme = fc.record({
      training: trainings(fc.oneof(mlpShapes, recurrentShapes), 20),
      scale: fc.constantFrom(1, 1e10, 1e18, 1e20, 1e25, 1e32, 1e37, NaN),
    })
    fc.assert(
      fc.property(extreme, ({ training, scale }) => {
        const { shape, fit } = training
        const features = training.rows.features.map((x) => x * scale)
        const rows = { ...training.rows, features }
        const expected = outcome(createReferenceNetwork(shape, fit, rows), training)
        failures.push(expected)
        expect(outcome(createKernelNetwork(kernelEngine(), shape, fit, rows), training)).toBe(
          expected,
        )
      }),
      { numRuns: 150 },
    )
    for (const what of ['loss', 'gradient norm'])
      expect(
        failures.some((message) => message?.includes(what)),
        what,
      ).toBe(true)
  })
})
