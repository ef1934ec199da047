import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { concurrency, uniqueness } from '../../../src/labels/uniqueness.ts'

/** Bar by bar: no bet, or one that is closed some bars later. */
const bets = fc
  .array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 })
  .map((held) =>
    Int32Array.from(held, (bars, t) => (bars === 0 ? -1 : Math.min(t + bars, held.length))),
  )

it('a bet weighs the mean of one over the number of open bets, over the bars that it spans', () => {
  fc.assert(
    fc.property(bets, (closedAt) => {
      const isOpenAt = (bar: number) => (end: number, t: number) => t <= bar && bar < end
      const open = Array.from(closedAt, (_, bar) => closedAt.filter(isOpenAt(bar)).length)
      expect([...concurrency(closedAt)], 'open bets at each bar').toEqual(open)
      for (const [t, weight] of uniqueness(closedAt).entries()) {
        const end = closedAt[t]!
        const isClosed = end !== -1 && end < closedAt.length
        const span = open.slice(t, end)
        const mean = span.reduce((sum, count) => sum + 1 / count, 0) / span.length
        if (isClosed) expect(weight, `bar ${t}`).toBeCloseTo(mean, 12)
        else expect(weight, `bar ${t} has no weight`).toBeNaN()
      }
    }),
  )
})

it('a bet alone weighs 1, one of two that share all bars a half', () => {
  expect([...uniqueness(Int32Array.of(1, 2, 2))], 'one after the other').toEqual([1, 1, NaN])
  expect([...uniqueness(Int32Array.of(2, 3, 4, 5, -1, -1))], 'a chain').toEqual([
    0.75,
    0.5,
    0.5,
    0.75,
    NaN,
    NaN,
  ])
})

it('bets that the data leaves open weigh on those that it closes', () => {
  const weights = (...closedAt: number[]): number[] => [...uniqueness(Int32Array.from(closedAt))]
  expect(weights(2, 3, 4, -1), 'bar 2 is open').toEqual([0.75, 0.5, NaN, NaN])
  expect(weights(2, 3, -1, -1), 'bar 2 has no bet').toEqual([0.75, 0.75, NaN, NaN])
})
