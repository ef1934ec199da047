import { describe, expect, it } from 'vitest'
import { beginSimulation, simulate } from '../../src/backtest/simulate.ts'
import type { SimulationState } from '../../src/backtest/simulation-state.ts'
import { sha256 } from '../../src/core/hash.ts'
import { takeApart } from '../../src/core/snapshot.ts'
import { trainingJob } from '../../src/jobs/training.ts'
import { advanceTraining, batchesPerEpoch } from '../../src/training/train.ts'
import {
  decodeTrainingState,
  encodeTrainingState,
  type EncodedTrainingState,
  type TrainingState,
} from '../../src/training/training-state.ts'
import { leavesOf, type Leaf } from '../support/leaves.ts'
import { barsOf, script, SETTINGS, simulationOf } from '../support/simulations.ts'
import { rebuild, remainsOf, type Remains } from '../support/throw-away.ts'
import {
  begin,
  freshNetwork,
  makeTraining,
  remainsOfTraining,
  trainThrough,
} from '../support/trainings.ts'

// Nothing of a state may be missing in its checkpoint. Each single value is changed in the live state, in its last
// bit, and the checkpoint must change with it.

function fingerprint({ text, arrays, streams }: Remains): string {
  return sha256(
    text,
    ...streams.flatMap(({ name, rows }) => [name, rows]),
    ...arrays.flatMap(({ name, dtype, shape, bytes }) => [name, dtype, shape.join(), bytes]),
  )
}

function expectAllSeen(leaves: readonly Leaf[], snapshot: () => string): void {
  const before = snapshot()
  const unseen = leaves.filter(({ change, restore }) => {
    change()
    const after = snapshot()
    restore()
    return after === before
  })
  expect(unseen.map(({ path }) => path)).toEqual([])
  expect(snapshot(), 'and each change was taken back').toBe(before)
}

const TRAINING = makeTraining({
  epochs: 6,
  validationRows: 5,
  optimizer: { kind: 'adamw', weightDecay: 0.01 },
  schedule: { kind: 'reduce_on_plateau', factor: 0.5, patience: 0 },
  earlyStopping: { patience: 3, minDelta: 0.001, monitor: 'val_loss' },
})

/** In the middle of its third epoch, with a best model. */
function midTraining(): TrainingState {
  const state = begin(TRAINING)
  advanceTraining(state, TRAINING.inputs, 2 * 4 + 2)
  return state
}

/** What a checkpoint holds of it: not what is derived. */
function savedOf(state: TrainingState): Remains {
  return remainsOf(encodeTrainingState(state), trainingJob)
}

/** In a position, with an order for the next open, after a closed trade. */
function midSimulation(): SimulationState {
  const prices = Array.from({ length: 40 }, (_, i) => 100 + (i % 7))
  const inputs = simulationOf({
    bars: barsOf(prices),
    firstBar: 2,
    endBar: 40,
    forecastAt: script({ 3: 'BUY', 9: 'SELL', 15: 'BUY', 20: 'SELL' }),
    settings: SETTINGS,
  })
  const state = beginSimulation(inputs)
  simulate(state, inputs, 19)
  const [book] = state.books
  expect([book!.position, book!.order, state.trades.length > 0]).toEqual([
    expect.anything(),
    expect.anything(),
    true,
  ])
  return state
}

describe('a training', () => {
  it('has every value of its live state in its checkpoint', () => {
    const state = midTraining()
    const leaves = [
      ...leavesOf(state).filter(
        ({ path }) => !path.startsWith('network.') && !trainingJob.derived.includes(path), // its shape: a setting
      ),
      ...leavesOf(state.network.read(), 'network'),
    ]
    const kinds = new Set(leaves.map(({ kind }) => kind))
    expect(kinds).toEqual(new Set(['number', 'boolean', 'element']))
    // 21 weights and biases, twice as many slots, once more as the best.
    expect(leaves.filter(({ kind }) => kind === 'element')).toHaveLength(4 * 21)
    expectAllSeen(leaves, () => fingerprint(savedOf(state)))
  })

  it.each(Object.keys(rebuild(savedOf(midTraining()))))(
    'cannot do without the field %s',
    (field) => {
      const straight = fingerprint(remainsOfTraining(trainThrough(TRAINING)))
      const encoded = rebuild<EncodedTrainingState>(savedOf(midTraining()))
      delete (encoded as Record<string, unknown>)[field]
      expect(outcomeOf(encoded)).not.toBe(straight)
    },
  )

  it('goes on to the straight result when no field is missing', () => {
    const encoded = rebuild<EncodedTrainingState>(savedOf(midTraining()))
    expect(outcomeOf(encoded)).toBe(fingerprint(remainsOfTraining(trainThrough(TRAINING))))
  })
})

/** Where a training leads that goes on from `encoded`: its last bytes, or that it fails. */
function outcomeOf(encoded: EncodedTrainingState): string {
  try {
    const perEpoch = batchesPerEpoch(TRAINING.inputs)
    const state = decodeTrainingState(encoded, freshNetwork(TRAINING), perEpoch)
    advanceTraining(state, TRAINING.inputs, 6 * 4)
    return fingerprint(remainsOfTraining(state))
  } catch (error) {
    return `fails: ${(error as Error).message}`
  }
}

describe('a simulation', () => {
  it('has every value of its live state in its checkpoint, but the spare room of its columns', () => {
    const state = midSimulation()
    const leaves = leavesOf(state)
    expect(new Set(leaves.map(({ kind }) => kind))).toEqual(
      new Set(['number', 'string', 'boolean', 'null', 'element']),
    )
    const isSpare = ({ path }: Leaf): boolean => {
      const [, name, index] = /^(equity|trades|additions)\.column\[(\d+)\]$/.exec(path) ?? []
      return (
        name !== undefined &&
        Number(index) >= state[name as 'equity' | 'trades' | 'additions'].length
      )
    }
    // The length of a column is the length of its array; one bit more of it is no length at all.
    const isLength = ({ path }: Leaf): boolean => path.endsWith('.length')
    const checked = leaves.filter((leaf) => !isSpare(leaf) && !isLength(leaf))
    expect(leaves.length - checked.length, 'room that is not filled yet').toBe(
      38 - 19 + 1 + (1024 - state.trades.length) + 1 + (1024 - state.additions.length) + 1,
    )
    expectAllSeen(checked, () => fingerprint(remainsOf(state)))

    const shorter = { ...state, equity: { ...state.equity, length: state.equity.length - 1 } }
    expect(fingerprint(remainsOf(shorter))).not.toBe(fingerprint(remainsOf(state)))
  })
})

describe('a field that no checkpoint can hold', () => {
  class Clock {
    readonly nowMs = 1
  }
  it.each([
    ['a Map', new Map([['a', 1]]), 'Map'],
    ['a Set', new Set([1]), 'Set'],
    ['a function', () => 1, 'function'],
    ['undefined', undefined, 'undefined'],
    ['a symbol', Symbol('x'), 'symbol'],
    ['a bigint', 1n, 'bigint'],
    ['NaN', NaN, 'NaN'],
    ['Infinity', -Infinity, '-Infinity'],
    ['a Date', new Date(0), 'Date'],
    ['an instance of a class', new Clock(), 'Clock'],
    ['an array of int16', new Int16Array(2), 'Int16Array'],
    ['an array of bigints', new BigInt64Array(2), 'BigInt64Array'],
    ['a bare buffer', new ArrayBuffer(2), 'ArrayBuffer'],
    ['a promise', Promise.resolve(), 'Promise'],
  ])('is an error, not an omission: %s', (_, value, what) => {
    for (const state of [{ deep: { field: value } }, { deep: { field: [1, value] } }])
      expect(() => takeApart(state)).toThrow(
        expect.objectContaining({
          code: 'INVARIANT',
          message: expect.stringMatching(
            new RegExp(
              `^The state field deep\\.field(\\.1)? is ${what}, which no checkpoint can hold`,
            ),
          ),
        }),
      )
    const state = { ...midSimulation(), odd: value }
    expect(() => remainsOf(state), 'in a real state too').toThrow(`The state field odd is ${what}`)
  })

  it('is none beside a tensor or a column: what looks like one and has more is kept whole', () => {
    const state = {
      tensor: { tensor: Float32Array.of(1), shape: [1], momentum: Float32Array.of(2) },
      column: { column: Float64Array.of(1, 2), length: 1, peak: 7 },
      list: { tensor: [1, 2], shape: [2] },
      words: { column: 'a', length: 1 },
    }
    expect(rebuild(remainsOf(state))).toStrictEqual(state)
  })

  it('is an error when it is a hole in a list', () => {
    const list = [1, 2, 3]
    delete list[1]
    expect(() => takeApart({ list })).toThrow('The state field list.1 is undefined')
  })
})
