import { describe, expect, it } from 'vitest'
import { normalCdf, normalQuantile } from '../../../src/performance/normal-distribution.ts'

describe('the quantile of a normal distribution', () => {
  // Reference: scipy.stats.norm.ppf, as printed.
  it.each([
    [1e-12, -7.034483825301132],
    [0.001, -3.090232306167813],
    [0.025, -1.9599639845400545],
    [0.3, -0.5244005127080409],
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.999999, 4.753424308822899],
  ])('at %d is %d', (share, z) => {
    expect(Math.abs(normalQuantile(share) - z)).toBeLessThan(1e-11)
  })

  it('is the inverse of the distribution', () => {
    for (let i = 1; i < 400; i++)
      expect(Math.abs(normalCdf(normalQuantile(i / 400)) - i / 400)).toBeLessThan(1e-14)
  })

  it('has no finite ends', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity])
  })
})
