import { expect, it } from 'vitest'
import { contextLabels } from '../../../src/labels/context.ts'

it('the context is bullish above the one threshold, bearish below the other, else neutral', () => {
  const closes = Float64Array.of(100, 100, 100, 101, 100, 99, 100.5, 100)
  const settings = { horizon: 3, bullishThreshold: 0.005, bearishThreshold: -0.005 }
  const { classes, values, endBar } = contextLabels(closes, { source: 'context', ...settings })
  expect(classes, 'three classes').toEqual(['BULLISH', 'BEARISH', 'NEUTRAL'])
  // Returns: +1 %, 0, −1 %, −0.495 %, 0.
  expect([...values], 'by bar').toEqual([0, 2, 1, 2, 2, NaN, NaN, NaN])
  expect([...endBar], 'three bars on').toEqual([3, 4, 5, 6, 7, -1, -1, -1])
})

it('a return at a threshold is neutral', () => {
  const settings = { horizon: 1, bullishThreshold: 0.5, bearishThreshold: -0.5 }
  const { values } = contextLabels(Float64Array.of(2, 3, 1.5), { source: 'context', ...settings })
  expect([...values], '+50 %, −50 %').toEqual([2, 2, NaN])
})
