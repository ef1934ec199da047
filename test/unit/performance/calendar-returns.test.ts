import { describe, expect, it } from 'vitest'
import { calendarReturns } from '../../../src/performance/calendar-returns.ts'

function returnsAt(points: Readonly<Record<string, number>>, capital: number) {
  const times = Float64Array.from(Object.keys(points), Date.parse)
  return calendarReturns(Float64Array.from(Object.values(points)), times, capital)
}

describe('returns of months and years', () => {
  const { monthlyReturns, yearlyReturns } = returnsAt(
    {
      '2022-11-30T23:00Z': 110,
      '2022-12-01T00:00Z': 99,
      '2022-12-31T23:59Z': 121,
      '2023-01-01T00:00Z': 60.5,
      '2023-04-10T00:00Z': 242,
      '2023-04-11T00:00Z': 121,
    },
    100,
  )

  it('go from the last bar before to the last bar within, at first from the capital', () => {
    expect(monthlyReturns.map(({ month }) => month)).toEqual([
      '2022-11',
      '2022-12',
      '2023-01',
      '2023-04',
    ])
    const ratios = monthlyReturns.map(({ returnRatio }) => returnRatio!)
    for (const [i, expected] of [0.1, 0.1, -0.5, 1].entries())
      expect(ratios[i]).toBeCloseTo(expected, 12)
    expect(yearlyReturns.map(({ year }) => year)).toEqual([2022, 2023])
    expect(yearlyReturns[0]!.returnRatio).toBeCloseTo(0.21, 12)
    expect(yearlyReturns[1]!.returnRatio).toBe(0)
  })

  it('tell the same month of two years apart', () => {
    const months = returnsAt({ '2022-05-01': 100, '2023-05-01': 110 }, 100).monthlyReturns
    expect(months.map(({ month }) => month)).toEqual(['2022-05', '2023-05'])
  })

  it('are null once the equity was lost', () => {
    const lost = returnsAt({ '2022-01-01': 50, '2022-02-01': -10, '2022-03-01': 5 }, 100)
    expect(lost.monthlyReturns.map(({ returnRatio }) => returnRatio)).toEqual([-0.5, -1.2, null])
  })
})
