import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/training/evaluate.ts'
import { distance } from '../support/distance.ts'
import { identityNetwork, rowsOf } from '../support/identity-network.ts'

// Figures of scikit-learn and scipy: test/golden/scores.

type Figures = Readonly<Record<string, number>>

function readGolden<Content>(name: string): Content {
  return JSON.parse(readFileSync(`test/golden/scores/${name}.json`, 'utf8')) as Content
}

describe('a classification', () => {
  const { logits, targets, figures, perClass, confusion } = readGolden<{
    logits: number[][]
    targets: number[]
    figures: Figures
    perClass: Readonly<Record<string, (number | null)[]>>
    confusion: number[][]
  }>('classification')
  const classes = ['A', 'B', 'C', 'D', 'E']
  const rows = rowsOf(logits, targets)
  const scores = evaluate(identityNetwork(5), rows, { kind: 'cross_entropy' }, classes)!

  it('has the figures of scikit-learn, to 1e-12, and the float32 loss to 1e-6', () => {
    expect(Object.keys(figures)).toHaveLength(7)
    for (const [key, value] of Object.entries(figures))
      expect(distance(scores[key as 'accuracy'], value), key).toBeLessThan(
        key === 'logLoss' ? 1e-6 : 1e-12,
      )
  })

  it('has those of each class', () => {
    expect(scores.perClass!.map((score) => score.class)).toEqual(classes)
    for (const [key, values] of Object.entries(perClass))
      for (const [c, value] of values.entries()) {
        const ours = scores.perClass![c]![key as 'precision']
        if (value === null) expect(ours, `${key} of ${c}`).toBeNull()
        else expect(distance(ours!, value), `${key} of ${c}`).toBeLessThan(1e-12)
      }
    expect(Object.values(perClass).flat(), 'one without a precision, one without a recall').toEqual(
      expect.arrayContaining([null]),
    )
  })

  it('has the confusion matrix', () => expect(scores.confusion).toEqual(confusion))
})

describe('a regression', () => {
  const { forecasts, outcomes, figures } = readGolden<{
    forecasts: number[]
    outcomes: number[]
    figures: Figures
  }>('regression')
  const rows = rowsOf(
    forecasts.map((forecast) => [forecast]),
    outcomes,
  )
  const scores = evaluate(identityNetwork(1), rows, { kind: 'mse' }, [])!

  it('has the figures of scikit-learn and scipy, to 1e-12', () => {
    expect(Object.keys(figures)).toHaveLength(7)
    for (const [key, value] of Object.entries(figures))
      expect(distance(scores[key as 'accuracy'], value), key).toBeLessThan(1e-12)
    expect(scores.accuracy).toBe(scores.signAgreement)
  })
})
