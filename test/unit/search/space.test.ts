import { describe, expect, it } from 'vitest'
import { holds } from '../../../src/search/constraint.ts'
import {
  atStep,
  countOf,
  isFeasible,
  nearestIn,
  stretchOf,
  valuesOf,
} from '../../../src/search/space.ts'
import { parseRule } from '../../../src/rules/parse-rule.ts'
import { mapCondition } from '../../../src/rules/condition.ts'
import { choice, numbers, ordered, spaceOf, whole } from '../../support/spaces.ts'

describe('a range', () => {
  it('has decimal values where its steps are decimal', () => {
    const range = numbers(0, 0.5, { step: 0.1 })
    expect(Array.from({ length: 6 }, (_, k) => atStep(range, k))).toEqual([
      0, 0.1, 0.2, 0.3, 0.4, 0.5,
    ])
  })

  it('counts its values', () => {
    expect(countOf(whole(5, 30, 5))).toBe(6)
    expect(countOf(numbers(0, 0.4, { step: 0.1 }))).toBe(5)
    expect(countOf(numbers(0, 1))).toBe(Infinity)
    expect(countOf(choice(3))).toBe(3)
  })

  it('takes the nearest value, never one beyond its ends', () => {
    expect([-9, 6, 8, 99].map((x) => nearestIn(whole(5, 30, 5), x))).toEqual([5, 5, 10, 30])
    expect(nearestIn(numbers(0, 1), 1.5)).toBe(1)
  })

  it('gives half a step on either side to each of its values', () => {
    expect(stretchOf(whole(5, 30, 5))).toEqual([2.5, 32.5])
    expect(stretchOf(numbers(2, 3))).toEqual([2, 3])
  })
})

describe('a point', () => {
  it('stands for the values of its choices', () => {
    const space = spaceOf({ a: whole(1, 9), b: choice(3) })
    expect(valuesOf(space, [4, 2])).toEqual([4, 'value 2'])
  })

  it('is feasible when all constraints hold', () => {
    const space = ordered(spaceOf({ a: whole(1, 9), b: whole(1, 9) }))
    expect(isFeasible(space, [3, 4])).toBe(true)
    expect(isFeasible(space, [4, 4])).toBe(false)
  })

  it('is compared by the values of its choices, not by their places', () => {
    const space = ordered(
      spaceOf({ a: { kind: 'choice', values: [30, 2] }, b: { kind: 'choice', values: [5, 9] } }),
    )
    expect(isFeasible(space, [0, 1])).toBe(false)
    expect(isFeasible(space, [1, 0])).toBe(true)
  })
})

describe('a constraint', () => {
  const names = ['fast', 'slow']
  const judged = (text: string, values: readonly number[]): boolean => {
    const parsed = parseRule(text, new Set(names))
    if ('fault' in parsed) throw new Error(parsed.fault.message)
    const condition = mapCondition(parsed.condition, ({ name }) => names.indexOf(name))
    return holds(condition, (i) => values[i]!)
  }

  it.each([
    ['fast < slow', [1, 2], true],
    ['fast < slow', [2, 2], false],
    ['fast <= slow', [2, 2], true],
    ['fast > slow', [3, 2], true],
    ['fast >= slow', [1, 2], false],
    ['2 * fast <= slow - 1', [2, 5], true],
    ['2 * fast <= slow - 1', [2, 4], false],
    ['slow / fast >= 2 and not (fast < 3)', [3, 6], true],
    ['slow / fast >= 2 and not (fast < 3)', [2, 6], false],
    ['fast + slow < 3 or -fast < -8', [9, 9], true],
    ['fast + slow < 3 or -fast < -8', [4, 9], false],
    ['fast / slow < 1', [0, 0], false],
  ] as const)('%s for %j: %s', (text, values, expected) => {
    expect(judged(text, values)).toBe(expected)
  })
})
