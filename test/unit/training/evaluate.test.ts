import { describe, expect, it } from 'vitest'
import type { LossSettings, Network, Rows } from '../../../src/neural/network.ts'
import { createReferenceNetwork } from '../../../src/neural/reference/network.ts'
import { evaluate } from '../../../src/training/evaluate.ts'

/** A network of one layer whose outputs are its inputs: the features of a row are its logits or its forecast. */
function identity(width: number): Network {
  const network = createReferenceNetwork({
    kind: 'mlp',
    inputs: width,
    hiddenLayers: [],
    outputs: width,
    activation: 'relu',
    dropout: 0,
  })
  const eye = new Float32Array(width * width)
  for (let i = 0; i < width; i++) eye[i * width + i] = 1
  network.write({
    weights: {
      'layers.0.weight': { tensor: eye, shape: [width, width] },
      'layers.0.bias': { tensor: new Float32Array(width), shape: [width] },
    },
    slots: {},
  })
  return network
}

const rowsOf = (outputs: readonly (readonly number[])[], targets: readonly number[]): Rows => ({
  count: targets.length,
  features: Float32Array.from(outputs.flat()),
  targets: Float32Array.from(targets),
  firstRows: null,
  weights: null,
})

// Truth 0 0 1 2, predicted 0 1 1 1, each with a logit of 2 against 0 and 0.
const CLASSIFIED = rowsOf(
  [
    [2, 0, 0],
    [0, 2, 0],
    [0, 2, 0],
    [0, 2, 0],
  ],
  [0, 0, 1, 2],
)

describe('a classifier', () => {
  const scores = evaluate(identity(3), CLASSIFIED, { kind: 'cross_entropy' })!

  // By hand: class 0 is predicted once, rightly; class 1 three times, once rightly; class 2 never.
  // Precision 1, ⅓, 0; recall ½, 1, 0; F1 ⅔, ½, 0; shares ½, ¼, ¼.
  it.each([
    ['accuracy', 2 / 4],
    ['precision', 1 / 2 + 1 / 12],
    ['recall', 1 / 4 + 1 / 4],
    ['f1', 1 / 3 + 1 / 8],
  ] as const)('has the %s worked out by hand: %d', (key, value) =>
    expect(scores[key]).toBeCloseTo(value, 12),
  )

  it('has the unweighted cross-entropy: ¼·(2·(L − 2) + 2·L) with L = log(e² + 2)', () =>
    expect(scores.loss).toBeCloseTo(Math.log(Math.exp(2) + 2) - 1, 6))

  it('is judged so whatever loss it was trained with', () =>
    expect(evaluate(identity(3), CLASSIFIED, { kind: 'focal', gamma: 2 })).toEqual(scores))

  it('has no mean absolute error', () => expect(scores.meanAbsoluteError).toBeNull())

  it('that is always right has 1 everywhere', () => {
    const rows = rowsOf(
      [
        [9, 0, 0],
        [0, 0, 9],
      ],
      [0, 2],
    )
    expect(evaluate(identity(3), rows, { kind: 'cross_entropy' })).toMatchObject({
      rows: 2,
      accuracy: 1,
      precision: 1,
      recall: 1,
      f1: 1,
    })
  })

  it('that is always wrong has 0 everywhere, and not NaN', () => {
    const rows = rowsOf([[0, 9, 0]], [0])
    expect(evaluate(identity(3), rows, { kind: 'cross_entropy' })).toMatchObject({
      accuracy: 0,
      precision: 0,
      recall: 0,
      f1: 0,
    })
  })
})

describe('a regression', () => {
  const rows = rowsOf([[0.5], [-1], [2], [0]], [0.25, 1, 2, 0])

  it.each([
    // By hand: errors ¼, −2, 0, 0.
    [{ kind: 'mse' }, (1 / 16 + 4) / 4],
    [{ kind: 'huber', delta: 1 }, (1 / 32 + 1.5) / 4],
  ] satisfies [LossSettings, number][])('is judged by its own loss %j: %d', (loss, value) =>
    expect(evaluate(identity(1), rows, loss)!.loss).toBeCloseTo(value, 6),
  )

  it('has the share of equal signs as its accuracy, and the mean absolute error (C30)', () =>
    expect(evaluate(identity(1), rows, { kind: 'mse' })).toMatchObject({
      rows: 4,
      accuracy: 3 / 4,
      meanAbsoluteError: 2.25 / 4,
      precision: null,
      recall: null,
      f1: null,
    }))
})

describe('no rows', () => {
  it('are nothing to judge by', () =>
    expect(evaluate(identity(3), rowsOf([], []), { kind: 'cross_entropy' })).toBeNull())
})
