import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completeBars, type FeatureColumns } from '../../../src/features/feature-matrix.ts'
import { joinSamples, makeSamples } from '../../../src/features/samples.ts'

/** Two features that tell their bar; the bars of `gaps` lack the second. */
function featuresOf(length: number, gaps: readonly number[], sign = 1): FeatureColumns {
  const bars = Float64Array.from({ length }, (_, bar) => sign * bar)
  return {
    ids: ['a', 'b'],
    columns: [bars, bars.map((bar, i) => (gaps.includes(i) ? NaN : bar + sign / 2))],
    normalizations: {},
  }
}

const cases = fc.record({
  bars: fc.integer({ min: 1, max: 60 }),
  gaps: fc.array(fc.nat(59), { maxLength: 4 }),
  length: fc.integer({ min: 1, max: 6 }),
  history: fc.nat(10),
  from: fc.nat(30),
})

describe('the windows of a recurrent network', () => {
  it('hold consecutive bars whose features are all there, and every such window is found', () => {
    fc.assert(
      fc.property(cases, ({ bars, gaps, length, history, from }) => {
        const features = featuresOf(bars, gaps)
        const isWhole = (bar: number): boolean =>
          bar - length + 1 >= history && !gaps.some((gap) => gap > bar - length && gap <= bar)
        const expected = Array.from({ length: bars }, (_, bar) => bar).filter(
          (bar) => bar >= from && isWhole(bar),
        )
        const found = completeBars(features, from, bars, { length, history })
        expect([...found]).toEqual(expected)

        const samples = makeSamples(features, {}, found, length)
        expect(samples.count).toBe(found.length)
        expect(samples.firstRows === null, 'rows of their own need no index').toBe(length === 1)
        for (const [i, bar] of found.entries()) {
          const first = samples.firstRows ? samples.firstRows[i]! : i
          const window = samples.features.subarray(2 * first, 2 * (first + length))
          const held = Array.from({ length }, (_, k) => bar - length + 1 + k)
          expect([...window], `the window of bar ${bar}`).toEqual(
            held.flatMap((each) => [each, each + 0.5]),
          )
        }
      }),
    )
  })

  it('share the rows that they have in common', () => {
    const { features, firstRows } = makeSamples(featuresOf(9, []), {}, Int32Array.of(3, 4, 8), 3)
    expect([...features].filter((_, i) => i % 2 === 0)).toEqual([1, 2, 3, 4, 6, 7, 8])
    expect(firstRows).toEqual(Int32Array.of(0, 1, 4))
  })
})

describe('the samples of two symbols', () => {
  it.each([1, 3])('with windows of %i follow each other and never mix', (length) => {
    const symbols = [featuresOf(20, [7]), featuresOf(15, [5], -1)]
    const parts = symbols.map((features) => {
      const bars = completeBars(features, 0, features.columns[0]!.length, { length, history: 0 })
      return makeSamples(features, {}, bars, length)
    })
    const joined = joinSamples(parts, 2)
    expect(joined.count).toBe(parts[0]!.count + parts[1]!.count)
    const windowAt = ({ features, firstRows }: typeof joined, i: number): number[] => {
      const first = firstRows ? firstRows[i]! : i
      return [...features.subarray(2 * first, 2 * (first + length))]
    }
    for (let i = 0; i < joined.count; i++) {
      const isFirst = i < parts[0]!.count
      const [part, at] = isFirst ? [parts[0]!, i] : [parts[1]!, i - parts[0]!.count]
      expect(windowAt(joined, i)).toEqual(windowAt(part, at))
    }
  })
})
