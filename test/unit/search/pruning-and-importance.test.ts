import { describe, expect, it } from 'vitest'
import { randomStream } from '../../../src/core/rng.ts'
import { importanceOf } from '../../../src/search/importance.ts'
import { FEWEST_CURVES, pruningThresholds } from '../../../src/search/median-pruning.ts'
import { drawRandom } from '../../../src/search/sample-random.ts'
import { choice, numbers, spaceOf, whole } from '../../support/spaces.ts'

describe('the median that a trial is held against', () => {
  const curves = [
    [5, 4, 6],
    [9, 1, 2],
    [7, 7, 3],
    [6, 5, 4],
    [8, 8, 8],
  ]

  it('is that of the best losses so far at each epoch', () => {
    expect(pruningThresholds(curves, 3)).toEqual([7, 5, 4])
    expect(pruningThresholds([...curves, [1, 1, 1]], 3)).toEqual([6.5, 4.5, 3.5])
  })

  it('is there for all epochs: who stopped early stands where it stopped', () => {
    const short = curves.map((curve) => curve.slice(0, 2))
    expect(pruningThresholds(short, 4)).toEqual([7, 5, 5, 5])
  })

  it('is not there while there are too few trials', () => {
    expect(pruningThresholds(curves.slice(0, FEWEST_CURVES - 1), 3)).toEqual([])
  })
})

describe('the importance of a parameter', () => {
  const space = spaceOf({ kind: choice(3), size: whole(1, 20), idle: numbers(0, 1) })
  const noise = randomStream(1, 'sampling')
  const tried = Array.from({ length: 200 }, (_, trial) => {
    const point = drawRandom(space, 9, trial)
    const [kind, size] = point
    return { point, loss: 3 * kind! + 0.1 * (size! - 10) ** 2 * 0.1 + 0.5 * noise.nextUnit() }
  })

  it('ranks what decides before what hardly does, and finds nothing in what does not', () => {
    const [kind, size, idle] = importanceOf(space, tried)
    expect(kind).toBeGreaterThan(0.8)
    expect(size).toBeLessThan(kind!)
    expect(idle).toBeLessThan(0.05)
  })

  it('finds a valley, which no correlation sees', () => {
    const valley = tried.map(({ point }) => ({ point, loss: (point[1]! - 10) ** 2 }))
    expect(importanceOf(space, valley)[1]).toBeGreaterThan(0.7)
  })

  it('does not depend on how far a diverged trial is off', () => {
    const worst = tried.findIndex(({ loss }) => loss === Math.max(...tried.map((t) => t.loss)))
    const diverged = tried.map((one, i) => (i === worst ? { ...one, loss: 1e12 } : one))
    expect(importanceOf(space, diverged)).toEqual(importanceOf(space, tried))
  })

  it('is all of it where the value alone decides', () => {
    const exact = tried.map(({ point }) => ({ point, loss: point[0]! }))
    expect(importanceOf(space, exact)[0]).toBe(1)
  })

  it('is what two groups of three explain beyond chance', () => {
    // Ranks 1, 2, 3 and 4, 5, 6: within the groups 4 of 17.5, so ε² = 1 − (4 / 4) / (17.5 / 5) (Kelley 1935).
    const two = [10, 20, 30, 40, 50, 60].map((loss, i) => ({ point: [i < 3 ? 0 : 1], loss }))
    expect(importanceOf(spaceOf({ kind: choice(2) }), two)).toEqual([1 - 1 / 3.5])
  })

  it('is not told of few trials, or of equal ones', () => {
    expect(importanceOf(space, tried.slice(0, 5))).toEqual([null, null, null])
    const equal = tried.map(({ point }) => ({ point, loss: 1 }))
    expect(importanceOf(space, equal)).toEqual([null, null, null])
  })
})
