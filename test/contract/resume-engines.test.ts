import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import { createKernelNetwork, type KernelEngine } from '../../src/neural/kernel/network.ts'
import type { NetworkShape } from '../../src/neural/network.ts'
import { createReferenceNetwork } from '../../src/neural/reference/network.ts'
import { enableWideSimd } from '../../src/runtime/wide-simd.ts'
import { advanceTraining } from '../../src/training/train.ts'
import type { TrainingState } from '../../src/training/training-state.ts'
import { kernelEngine } from '../support/kernel-engine.ts'
import { startKernelThreads } from '../support/kernel-threads.ts'
import {
  anyKill,
  anyTraining,
  asRecurrent,
  begin,
  killAndResume,
  KILLED,
  killedAt,
  LOSSES,
  makeTraining,
  OPTIMIZERS,
  positionOf,
  remainsOfTraining,
  SCHEDULES,
  trainThrough,
  type CreateNetwork,
  type SmallTraining,
} from '../support/trainings.ts'

// The promise: whatever engine goes on with a killed training, the same bytes. Reference: the reference engine,
// uninterrupted; what is compared is the whole final state.

/** Everything of a state in few lines. */
function summaryOf(state: TrainingState): string[] {
  const { text, arrays } = remainsOfTraining(state)
  return [text, ...arrays.map(({ name, shape, bytes }) => `${name} ${shape} ${sha256(bytes)}`)]
}

const kernel =
  (engine: KernelEngine): CreateNetwork =>
  (shape, fit, rows) =>
    createKernelNetwork(engine, shape, fit, rows)

const narrow = kernel(kernelEngine(false))
enableWideSimd() // where there is none, the wide tile still gives the same bits

const CREATE = { reference: createReferenceNetwork, narrow, wide: kernel(kernelEngine(true)) }
const ENGINES = ['reference', 'narrow', 'wide'] as const
const KINDS = ['mlp', 'lstm', 'gru'] as const

const anyEngine = fc.constantFrom(...ENGINES)

const anyNetwork: fc.Arbitrary<SmallTraining<NetworkShape>> = fc
  .record({
    training: anyTraining,
    kind: fc.constantFrom(...KINDS),
    hiddenSize: fc.integer({ min: 1, max: 9 }),
    layerCount: fc.integer({ min: 1, max: 2 }),
    sequenceLength: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ training, kind, ...sizes }) =>
    kind === 'mlp' ? training : asRecurrent(training, { kind, ...sizes }),
  )

/** What has really been exercised, so that the generators cannot quietly stop covering something. */
const exercised = new Set<string>()

describe('a training that is killed and goes on with another engine', () => {
  it('ends with the bytes of one that was never interrupted', () => {
    const anyResumes = fc.array(fc.record({ kill: anyKill, engine: anyEngine }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(anyNetwork, anyEngine, anyResumes, (training, first, resumes) => {
        const { shape, inputs } = training
        const { optimizer, schedule, loss } = inputs.settings
        for (const { kind } of [optimizer, schedule, loss]) exercised.add(`${shape.kind} ${kind}`)
        exercised.add(`${shape.kind} ${inputs.train.weights ? 'weighted' : 'unweighted'}`)

        let state = begin(training, CREATE[first])
        let before = first
        const inOrder = resumes
          .map(({ kill, engine }) => ({ engine, position: positionOf(kill, training) }))
          .toSorted((a, b) => a.position - b.position)
        for (const { engine, position } of inOrder) {
          advanceTraining(state, inputs, position)
          exercised.add(`${shape.kind} killed ${killedAt(state, training)}`)
          exercised.add(`${shape.kind} ${before} to ${engine}`)
          state = killAndResume(training, state, CREATE[engine])
          before = engine
        }
        advanceTraining(state, inputs, Infinity)
        expect(summaryOf(state)).toEqual(summaryOf(trainThrough(training)))
      }),
      { numRuns: 800 },
    )
  })

  it('has been so for every network, optimizer, schedule, loss, place and pair of engines', () => {
    const kinds = [...OPTIMIZERS, ...SCHEDULES, ...LOSSES].map(({ kind }) => kind)
    const pairs = ENGINES.flatMap((from) => ENGINES.map((to) => `${from} to ${to}`))
    const killed = KILLED.map((place) => `killed ${place}`)
    const facts = [...kinds, 'weighted', 'unweighted', ...pairs, ...killed]
    expect([...exercised].toSorted()).toEqual(
      KINDS.flatMap((network) => facts.map((fact) => `${network} ${fact}`)).toSorted(),
    )
  })
})

describe('a training that is killed and goes on with another number of threads', () => {
  const perceptron = makeTraining({
    hiddenLayers: [17, 9],
    dropout: 0.2,
    rows: 45,
    validationRows: 10,
    batchSize: 16,
    epochs: 6,
  })
  const sizes = { hiddenSize: 11, layerCount: 2, sequenceLength: 3 }

  it.each<readonly [string, SmallTraining<NetworkShape>]>([
    ['mlp', perceptron],
    ['lstm', asRecurrent(perceptron, { kind: 'lstm', ...sizes })],
    ['gru', asRecurrent(perceptron, { kind: 'gru', ...sizes })],
  ])('ends with the bytes of one that was never interrupted: %s', async (_, training) => {
    const { inputs } = training
    const { engine, end } = startKernelThreads(kernelEngine().module, 2)
    const two = kernel(engine)
    let state = begin(training, narrow)
    try {
      for (const [position, create] of [
        [5, two],
        [10, narrow],
        [17, two],
      ] as const) {
        advanceTraining(state, inputs, position)
        expect(killedAt(state, training)).toBe('inside an epoch')
        const { network } = state
        state = killAndResume(training, state, create)
        network.close()
      }
      advanceTraining(state, inputs, Infinity)
      state.network.close()
    } finally {
      await end()
    }
    expect(summaryOf(state)).toEqual(summaryOf(trainThrough(training)))
  })
})
