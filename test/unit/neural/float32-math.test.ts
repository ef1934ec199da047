import { describe, expect, it } from 'vitest'
import { exp32, log32, sigmoid32, tanh32 } from '../../../src/neural/float32-math.ts'
import { ulpOf } from '../../support/ulp.ts'

// Reference: Math.exp, log, tanh in float64.

/** Every `stride`-th float32 bit pattern in [from, to], both signs if `to` is negative of `from`. */
function worstUlp(
  approximate: (x: number) => number,
  exact: (x: number) => number,
  from: number,
  to: number,
): number {
  let worst = 0
  const step = (to - from) / 400_000
  const measure = (x: number): void => {
    const want = exact(x)
    worst = Math.max(worst, Math.abs(approximate(x) - want) / ulpOf(want))
  }
  for (let x = from; x <= to; x += step) measure(Math.fround(x))
  for (let exponent = -40; exponent < 8; exponent++)
    for (let i = 0; i < 500; i++)
      for (const sign of [-1, 1]) {
        const x = Math.fround(sign * 2 ** exponent * (1 + i / 500))
        if (x >= from && x <= to) measure(x)
      }
  return worst
}

describe('float32 functions stay within their stated error', () => {
  it('exp32: 1 ulp on [−87, 88]', () => expect(worstUlp(exp32, Math.exp, -87, 88)).toBeLessThan(1))
  it('log32: 2 ulp for normal x', () => {
    expect(worstUlp(log32, Math.log, 1.2e-38, 1e38)).toBeLessThan(2)
    expect(worstUlp(log32, Math.log, 0.4, 3)).toBeLessThan(2)
  })
  it('tanh32: 7 ulp everywhere', () => expect(worstUlp(tanh32, Math.tanh, -20, 20)).toBeLessThan(7))
  it('sigmoid32: 3 ulp on [−87, 40]', () =>
    expect(worstUlp(sigmoid32, (x) => 1 / (1 + Math.exp(-x)), -87, 40)).toBeLessThan(3))
})

describe('float32 functions at the edges', () => {
  it('saturate instead of overflowing', () => {
    expect(exp32(1e30)).toBeGreaterThan(1e38)
    expect(exp32(-1e30)).toBeGreaterThan(0)
    expect(tanh32(1e30)).toBeLessThanOrEqual(1)
    expect(sigmoid32(-1e30)).toBeGreaterThanOrEqual(0)
  })
  it('let NaN through, so that a diverged network is noticed', () => {
    for (const fn of [exp32, tanh32, sigmoid32]) expect(fn(NaN), fn.name).toBeNaN()
  })
  it('are exact at 0 and 1', () => {
    expect([exp32(0), log32(1), tanh32(0), sigmoid32(0)]).toEqual([1, 0, 0, 0.5])
  })
})
