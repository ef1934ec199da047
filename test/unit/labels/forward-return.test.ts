import { expect, it } from 'vitest'
import { forwardReturnLabels } from '../../../src/labels/forward-return.ts'

it('the forward return compares with the close `horizon` bars later', () => {
  // Figures of an independent calculation.
  const closes = Float64Array.of(100, 101, 103, 102, 104, 107, 106, 103)
  const { classes, values, endBar } = forwardReturnLabels(closes, 3)
  expect(classes, 'numbers, not classes').toEqual([])
  const expected = [0.02, 0.029703, 0.038835, 0.039216, -0.009615]
  for (const [t, value] of expected.entries()) {
    expect(values[t], `bar ${t}`).toBeCloseTo(value, 6)
  }
  expect([...values.subarray(5)], 'no label without a later close').toEqual([NaN, NaN, NaN])
  expect([...endBar], 'the later bar').toEqual([3, 4, 5, 6, 7, -1, -1, -1])
})

it('a horizon longer than the data leaves no label', () => {
  const { values, endBar } = forwardReturnLabels(Float64Array.of(1, 2), 2)
  expect([...values, ...endBar], 'NaN and −1').toEqual([NaN, NaN, -1, -1])
})
