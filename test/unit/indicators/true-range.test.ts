import { expect, it } from 'vitest'
import { trueRange } from '../../../src/indicators/true-range.ts'
import { barsFromCloses } from '../../support/make-bars.ts'

it('the true range counts the gap from the last close, on either side', () => {
  const bars = barsFromCloses(
    [100, 110, 90, 90.5],
    (close) => close + 1,
    (close) => close - 1,
  )
  // Bar 1: 111 − 100; bar 2: 110 − 89; bar 3: its own range, 91.5 − 89.5.
  expect([...trueRange(bars)], 'by hand').toEqual([2, 11, 21, 2])
})
