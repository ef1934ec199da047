import { describe, expect, it } from 'vitest'
import { putTogether, takeApart } from '../../../src/core/snapshot.ts'
import { advanceTraining } from '../../../src/training/train.ts'
import {
  decodeTrainingState,
  encodeTrainingState,
  type EncodedTrainingState,
} from '../../../src/training/training-state.ts'
import {
  begin,
  freshNetwork,
  killAndResume,
  makeTraining,
  OPTIMIZERS,
  remainsOfTraining,
  trainThrough,
} from '../../support/trainings.ts'

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
    const state = decodeTrainingState(encoded, freshNetwork(training))
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
    expect(() => decodeTrainingState({ ...encoded, model }, freshNetwork(training))).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_CORRUPT',
        message: `The state in the checkpoint ${what}`,
      }),
    )
  })

  it('of another optimizer is refused', () => {
    const sgd = makeTraining({ optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 0 } })
    const encoded = encodeTrainingState(trainThrough(sgd))
    expect(() => decodeTrainingState(encoded, freshNetwork(makeTraining()))).toThrow(
      'has no field optimizer.layers.0.weight.m.',
    )
  })
})
