import { expect, it } from 'vitest'
import { cusumEvents, cusumThresholds } from '../../../src/labels/cusum.ts'
import { logReturns } from '../../../src/labels/volatility.ts'
import { D24_CLOSES } from '../../support/d24.ts'

const bars = (events: Uint8Array): number[] => [...events.keys()].filter((t) => events[t] === 1)

it('finds the events of an independent calculation', () => {
  const returns = logReturns(Float64Array.from(D24_CLOSES))
  const events = cusumEvents(returns, new Float64Array(returns.length).fill(0.015))
  expect(bars(events), 'bars').toEqual([5, 8, 12, 16, 19])
})

it('takes the threshold off every return before it asks whether the sum passes it', () => {
  const thresholds = new Float64Array(5).fill(1)
  const events = (...returns: number[]) =>
    bars(cusumEvents(Float64Array.of(...returns), thresholds))
  expect(events(2, 2.5), '1, then 2.5').toEqual([1])
  expect(events(2, 1, 1, 1), '1 for ever').toEqual([])
  expect(events(-2, -2.5), 'downwards').toEqual([1])
  expect(events(2.5, 0, 0, 2.5), 'each event starts again').toEqual([0, 3])
})

it('passes over bars without a return or a threshold', () => {
  const events = cusumEvents(Float64Array.of(NaN, 9, 3, 9), Float64Array.of(1, NaN, 2, 1))
  expect(bars(events), 'bar 2 alone sums up').toEqual([3])
})

it('the automatic threshold is the multiple of the mean volatility so far', () => {
  const thresholds = cusumThresholds(Float64Array.of(NaN, NaN, 2, 4, 6), 0.5)
  expect([...thresholds], 'NaN, then ½ of 2, 3, 4').toEqual([NaN, NaN, 1, 1.5, 2])
})
