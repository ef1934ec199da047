import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACTIVATIONS } from '../../src/neural/network.ts'
import { advanceTraining, isTrained, loopPosition } from '../../src/training/train.ts'
import type { TrainingState } from '../../src/training/training-state.ts'
import {
  anyKill,
  anyTraining,
  begin,
  killAndResume,
  KILLED,
  killedAt,
  LOSSES,
  OPTIMIZERS,
  positionOf,
  remainsOfTraining,
  SCHEDULES,
  trainThrough,
  type SmallTraining,
} from '../support/trainings.ts'

// The promise: killed anywhere and resumed, the same bytes. What is compared is the whole final state: weights,
// optimizer, best model, history, patience, schedule.

/** What has really been exercised, so that the generator cannot quietly stop covering something. */
const exercised = new Set<string>()

function note({ shape, inputs }: SmallTraining, final: TrainingState): void {
  const { optimizer, schedule, loss, earlyStopping, batchSize, epochs } = inputs.settings
  const stop = earlyStopping
    ? final.patience.stopped && final.epoch < epochs
      ? `hit on ${earlyStopping.monitor}`
      : 'miss'
    : 'off'
  for (const fact of [
    `optimizer ${optimizer.kind}`,
    `schedule ${schedule.kind}`,
    `loss ${loss.kind}`,
    `activation ${shape.activation}`,
    `dropout ${shape.dropout > 0}`,
    `early stop ${stop}`,
    `ragged ${inputs.train.count % batchSize !== 0}`,
    `validation ${inputs.validation.count > 0}`,
    `best ${final.best === null ? 'none' : final.best.epoch < final.epoch ? 'earlier' : 'last'}`,
  ])
    exercised.add(fact)
}

const anyKills = fc.array(anyKill, { minLength: 1, maxLength: 4 })

describe('a killed training resumes to the same bytes', () => {
  it('killed anywhere, any number of times', () => {
    fc.assert(
      fc.property(anyTraining, anyKills, (training, kills) => {
        const { inputs } = training
        const straight = trainThrough(training)
        note(training, straight)
        const positions = kills.map((kill) => positionOf(kill, training)).toSorted((a, b) => a - b)

        let state = begin(training)
        for (const position of positions) {
          advanceTraining(state, inputs, position)
          exercised.add(`killed ${killedAt(state, training)}`)
          state = killAndResume(training, state)
        }
        advanceTraining(state, inputs, Infinity)
        expect(remainsOfTraining(state)).toStrictEqual(remainsOfTraining(straight))
      }),
      { numRuns: 2500 },
    )
  })

  it('killed after every single step of the loop', () => {
    fc.assert(
      fc.property(anyTraining, (training) => {
        const { inputs } = training
        let state = begin(training)
        while (!isTrained(state, inputs)) {
          const position = loopPosition(state, inputs)
          advanceTraining(state, inputs, position + 1)
          state = killAndResume(training, state)
          expect(loopPosition(state, inputs), 'returns exactly at until').toBe(position + 1)
        }
        expect(remainsOfTraining(state)).toStrictEqual(remainsOfTraining(trainThrough(training)))
      }),
      { numRuns: 1000 },
    )
  })

  it('and does not depend on the seed of the network it was resumed into', () => {
    fc.assert(
      fc.property(anyTraining, fc.maxSafeNat(), (training, otherSeed) => {
        const { inputs } = training
        fc.pre(training.shape.dropout === 0) // it keys the masks: there it is part of the settings
        const state = begin(training)
        advanceTraining(state, inputs, 5)
        const elsewhere = { ...training, fit: { ...training.fit, seed: otherSeed } }
        const resumed = killAndResume(elsewhere, state)
        advanceTraining(resumed, inputs, Infinity)
        expect(remainsOfTraining(resumed)).toStrictEqual(remainsOfTraining(trainThrough(training)))
      }),
      { numRuns: 50 },
    )
  })
})

describe('these tests', () => {
  it('have exercised every optimizer, schedule, loss, activation, early stop, kill and raggedness', () => {
    const each = (what: string, values: readonly (string | boolean)[]): string[] =>
      values.map((value) => `${what} ${value}`)
    const kinds = (settings: readonly { kind: string }[]): string[] =>
      settings.map(({ kind }) => kind)
    expect([...exercised].toSorted()).toEqual(
      [
        ...each('optimizer', kinds(OPTIMIZERS)),
        ...each('schedule', kinds(SCHEDULES)),
        ...each('loss', kinds(LOSSES)),
        ...each('activation', ACTIVATIONS),
        ...each('dropout', [true, false]),
        ...each('early stop', ['off', 'miss', 'hit on val_loss', 'hit on val_accuracy']),
        ...each('ragged', [true, false]),
        ...each('validation', [true, false]),
        ...each('best', ['none', 'earlier', 'last']),
        ...each('killed', KILLED),
      ].toSorted(),
    )
  })
})
