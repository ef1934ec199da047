import { expect, it } from 'vitest'
import { sliceBars } from '../../src/data/bars.ts'
import { makeLabels } from '../../src/labels/labels.ts'
import { distance } from '../support/distance.ts'
import { exampleBars } from '../support/example-bars.ts'
import { numberColumn, readTable } from '../support/read-table.ts'

const bars = sliceBars(exampleBars(), 0, 1000)

it('zigzag segments are those of upstream (test/golden/upstream) up to the last extreme', () => {
  const expected = numberColumn(readTable('test/golden/upstream/zigzag-segments.csv'), 'class')
  const { values } = makeLabels(bars, { source: 'zigzag', threshold: 0.025 })
  const lastExtreme = 998
  expect(values.subarray(0, lastExtreme), 'classes').toEqual(expected.subarray(0, lastExtreme))
  // Documented difference: the last extreme and what follows may still change, so they have no label.
  expect([...expected.subarray(lastExtreme)], 'upstream says HOLD').toEqual([1, 1])
  expect([...values.subarray(lastExtreme)], 'ours says nothing').toEqual([NaN, NaN])
})

it.each([1, 20])('forward returns over %i bars are those of upstream, to 1e-12', (horizon) => {
  const table = readTable('test/golden/upstream/forward-returns.csv')
  const expected = numberColumn(table, `horizon_${horizon}`)
  const { values } = makeLabels(bars, { source: 'forward_return', horizon })
  for (const [row, bar] of numberColumn(table, 'bar').entries()) {
    expect(distance(values[bar], expected[row]), `at bar ${bar}`).toBeLessThanOrEqual(1e-12)
  }
})
