import { describe, expect, it } from 'vitest'
import { normalCdf, normalUpperQuantile } from '../../../src/performance/normal-distribution.ts'
import { deflatedSharpe, probabilisticSharpe } from '../../../src/performance/sharpe-probability.ts'

describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [0.5, 0.6914624612740131],
    [1, 0.8413447460685429],
    [2, 0.9772498680518208],
    [-1.96, 0.024997895148220428],
    [-3, 0.0013498980316301035],
    [7.5, 0.999999999999968],
  ])('has probability below %f as Python (statistics.NormalDist)', (z, probability) => {
    expect(Math.abs(normalCdf(z) - probability)).toBeLessThan(2e-15)
  })

  it('has thin tails, never negative ones', () => {
    expect(normalCdf(-8) / 6.22096057427178e-16, 'Abramowitz & Stegun 26.2').toBeCloseTo(1, 7)
    expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1])
  })

  it.each([
    [0.05, 1.6448536269514715],
    [0.01, 2.3263478740408408],
    [1e-9, 5.9978070150076865],
  ])('is exceeded with probability %f beyond the z of Python', (tail, z) => {
    expect(normalUpperQuantile(tail)).toBeCloseTo(z, 9)
  })
})

describe('what a Sharpe ratio proves', () => {
  // Bailey & López de Prado, The Deflated Sharpe Ratio (2014), the numerical example: Sharpe 2.5 a year over 1250
  // days, skewness −3, kurtosis 10, the best of 100 trials.
  const example = {
    count: 1250,
    sharpePerBar: 2.5 / Math.sqrt(250),
    skewness: -3,
    excessKurtosis: 10 - 3,
  }

  it('is 0.9004 in the example of the authors', () => {
    expect(probabilisticSharpe(example, 0.1132)).toBeCloseTo(0.9003, 3)
  })

  it('expects 0.1132 a day of the best of 100 trials whose variance is 1/500', () => {
    const asGood = { ...example, count: 501, sharpePerBar: 0.113172 }
    expect(deflatedSharpe(asGood, 100)).toBeCloseTo(0.5, 4)
  })

  it('is one half for a Sharpe ratio of 0, more above it, less below', () => {
    const at = (sharpePerBar: number) => probabilisticSharpe({ ...example, sharpePerBar })!
    expect(at(0)).toBeCloseTo(0.5, 15)
    expect(at(0.01)).toBeGreaterThan(0.5)
    expect(at(-0.01)).toBeLessThan(0.5)
  })

  it('falls with every further trial, from the probabilistic one of a single trial', () => {
    expect(deflatedSharpe(example, 1)).toBe(probabilisticSharpe(example))
    const often = [1, 2, 10, 100, 1000, 1e6].map((trials) => deflatedSharpe(example, trials)!)
    expect(often).toEqual(often.toSorted((a, b) => b - a))
    expect(new Set(often).size).toBe(often.length)
  })

  it('is null where the error of a tiny sample cannot be told', () => {
    const odd = { count: 4, sharpePerBar: 1, skewness: 1.9, excessKurtosis: 0 }
    expect(probabilisticSharpe(odd)).toBeNull()
  })
})
