import { describe, expect, it } from 'vitest'
import { classWeights } from '../../../src/neural/class-weights.ts'
import { argmax, evaluateLoss, softmax, type Loss } from '../../../src/neural/loss.ts'
import type { LossSettings } from '../../../src/neural/network.ts'

// Reference: golden vectors of the upstream specification, Appendix A.5 (independent implementation).

const loss = (settings: LossSettings, weights: number[] | null = null): Loss => ({
  settings,
  classWeights: weights && Float32Array.from(weights),
})
const value = (of: Loss, outputs: number[], targets: number[]): number =>
  evaluateLoss(
    of,
    Float32Array.from(outputs),
    { count: targets.length, targets: Float32Array.from(targets), weights: null },
    outputs.length / targets.length,
    null,
  ).loss

describe('losses', () => {
  it('focal', () => {
    const focal = { kind: 'focal', gamma: 2 } as const
    expect(value(loss(focal), [2, 0.5, -1], [0])).toBeCloseTo(0.01109275, 7)
    expect(value(loss(focal, [0.5, 1.5, 1]), [2, 0.5, -1], [2])).toBeCloseTo(2.99271778, 6)
  })
  it('cross-entropy with class weights is a weighted mean', () => {
    const weighted = loss({ kind: 'cross_entropy' }, [0.5, 1.5, 1])
    expect(value(weighted, [2, 0.5, -1, 0, 1, 0], [0, 2])).toBeCloseTo(1.11473357, 6)
  })
  it('huber on both sides of delta', () => {
    const huber = (e: number, delta: number): number =>
      value(loss({ kind: 'huber', delta }), [e], [0])
    expect(huber(0.005, 0.01)).toBeCloseTo(0.0000125, 10)
    expect(huber(-0.03, 0.01)).toBeCloseTo(0.00025, 9)
    expect(huber(0.03, 0.02)).toBeCloseTo(0.0004, 9)
  })
  it('cross-entropy of certain and of hopeless logits is finite', () => {
    const plain = loss({ kind: 'cross_entropy' })
    expect(value(plain, [1e4, 0, 0], [0])).toBe(0)
    expect(value(plain, [1e4, 0, 0], [1])).toBe(1e4)
  })
  it('NaN logits give a NaN loss, whatever the class', () => {
    for (const y of [0, 1, 2])
      expect(value(loss({ kind: 'cross_entropy' }), [0, NaN, 1], [y])).toBeNaN()
  })
  it('regression counts equal signs as right (C30)', () => {
    const mse = loss({ kind: 'mse' })
    const { correct } = evaluateLoss(
      mse,
      Float32Array.of(1, -1, 0, 2),
      { count: 4, targets: Float32Array.of(2, -3, 0, -1), weights: null },
      1,
      null,
    )
    expect(correct).toBe(3)
  })
})

describe('class weights', () => {
  it('of counts 6/3/1', () => {
    const targets = Float32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 2)
    for (const [i, expected] of [0.333333, 0.666667, 2].entries())
      expect(classWeights(targets, 3)[i]).toBeCloseTo(expected, 6)
  })
  it('an absent class weighs nothing and shifts no other (W34)', () => {
    expect(classWeights(Float32Array.of(0, 0, 1, 1), 3)).toEqual([1.5, 1.5, 0])
  })
})

describe('softmax', () => {
  it('sums to 1 in every row and keeps the order', () => {
    const p = softmax(Float32Array.of(1, 2, 3, -5, 0, -5), 2, 3)
    expect(p[0]! + p[1]! + p[2]!).toBeCloseTo(1, 6)
    expect(argmax(p, 0, 3)).toBe(2)
    expect(argmax(p, 3, 3)).toBe(1)
  })
  it('argmax takes the first of equals', () =>
    expect(argmax(Float32Array.of(1, 1, 0), 0, 3)).toBe(0))
})
