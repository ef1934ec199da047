import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { putTogether, takeApart } from '../../../src/core/snapshot.ts'
import {
  advanceTraining,
  batchesPerEpoch,
  isTrained,
  loopPosition,
} from '../../../src/training/train.ts'
import {
  decodeTrainingState,
  encodeTrainingState,
  type EncodedTrainingState,
  type TrainingState,
} from '../../../src/training/training-state.ts'
import {
  anyTraining,
  begin,
  freshNetwork,
  killAndResume,
  makeTraining,
  OPTIMIZERS,
  remainsOfTraining,
  trainThrough,
  type SmallTraining,
} from '../../support/trainings.ts'

function decode(encoded: object, training: SmallTraining): TrainingState {
  return decodeTrainingState(encoded, freshNetwork(training), batchesPerEpoch(training.inputs))
}

describe.each(OPTIMIZERS)('a training with $kind', (optimizer) => {
  const training = makeTraining({ optimizer, dropout: 0.3, epochs: 6 })

  it('that was decoded encodes to the same bytes, and goes on to the same bytes', () => {
    const state = begin(training)
    advanceTraining(state, training.inputs, 10)
    const resumed = killAndResume(training, state)
    expect(remainsOfTraining(resumed)).toStrictEqual(remainsOfTraining(state))
    advanceTraining(resumed, training.inputs, Infinity)
    expect(remainsOfTraining(resumed)).toStrictEqual(remainsOfTraining(trainThrough(training)))
  })
})

describe('an encoded training', () => {
  it('has its tensors under model, optimizer and best, named as in PyTorch', () => {
    const state = trainThrough(makeTraining({ hiddenLayers: [3] }))
    const names = takeApart(encodeTrainingState(state)).arrays.map(({ name }) => name)
    const tensors = ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias']
    expect(names.toSorted()).toEqual(
      [
        ...tensors.map((name) => `best.weights.${name}`),
        ...tensors.map((name) => `model.${name}`),
        ...tensors.flatMap((name) => [`optimizer.${name}.m`, `optimizer.${name}.v`]),
      ].toSorted(),
    )
  })

  it('is taken over by copying: the network keeps its own memory', () => {
    const training = makeTraining()
    const encoded = putTogether<EncodedTrainingState>(
      takeApart(encodeTrainingState(trainThrough(training))),
    )
    const state = decode(encoded, training)
    encoded.model['layers.0.bias']!.tensor.fill(99)
    expect(state.network.read().weights['layers.0.bias']!.tensor).not.toContain(99)
  })

  it.each([
    [
      'lacks a tensor',
      'has no field model.layers.0.bias.',
      (model: Record<string, unknown>) => delete model['layers.0.bias'],
    ],
    [
      'has one of another size',
      'has a field model.layers.0.bias that is not a tensor of 3.',
      (model: Record<string, unknown>) => {
        model['layers.0.bias'] = { tensor: new Float32Array(7), shape: [7] }
      },
    ],
  ])('that %s is refused, naming it', (_, what, harm) => {
    const training = makeTraining()
    const encoded = encodeTrainingState(trainThrough(training))
    const model = { ...encoded.model }
    harm(model)
    expect(() => decode({ ...encoded, model }, training)).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_CORRUPT',
        message: `The state in the checkpoint ${what}`,
      }),
    )
  })

  it('of another optimizer is refused', () => {
    const sgd = makeTraining({ optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 } })
    const encoded = encodeTrainingState(trainThrough(sgd))
    expect(() => decode(encoded, makeTraining())).toThrow(
      'has no field optimizer.layers.0.weight.m.',
    )
  })
})

describe('the number of steps', () => {
  it('is computed when a state is decoded, and is what it was: after every batch and every validation', () => {
    fc.assert(
      fc.property(anyTraining, (training) => {
        const state = begin(training)
        for (;;) {
          const { step, ...saved } = encodeTrainingState(state)
          expect(decode(saved, training).step).toBe(step)
          if (isTrained(state, training.inputs)) return
          advanceTraining(state, training.inputs, loopPosition(state, training.inputs) + 1)
        }
      }),
    )
  })

  it('in a state of ktrdr 0.1.0, which saved it, changes nothing', () => {
    const training = makeTraining()
    const state = begin(training)
    advanceTraining(state, training.inputs, 5)
    const encoded = encodeTrainingState(state)
    expect(encoded).toHaveProperty('step')
    expect(remainsOfTraining(decode(encoded, training))).toStrictEqual(remainsOfTraining(state))
  })
})
