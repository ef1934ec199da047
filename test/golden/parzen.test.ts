import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { densityOf } from '../../src/search/parzen.ts'
import type { Range } from '../../src/search/space.ts'
import { distance } from '../support/distance.ts'

// Densities of Optuna 5.0.0: test/golden/search.

type Case = {
  readonly name: string
  readonly range: Range
  readonly tried: readonly number[]
  readonly at: readonly number[]
  readonly density: readonly number[]
}

const cases = JSON.parse(readFileSync('test/golden/search/parzen.json', 'utf8')) as readonly Case[]

describe('the density over the values of a parameter', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    'is that of Optuna to 1e-9: %s',
    (_, { range, tried, at, density }) => {
      const { at: densityAt } = densityOf(range, tried)
      expect(at.length).toBe(density.length)
      for (const [i, value] of at.entries())
        expect(distance(densityAt(value), density[i]!), `at ${value}`).toBeLessThan(1e-9)
    },
  )
})
