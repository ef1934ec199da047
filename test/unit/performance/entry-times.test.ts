import { describe, expect, it } from 'vitest'
import { entryTimes } from '../../../src/performance/entry-times.ts'
import { simpleTrade } from '../../support/trades.ts'

describe('trades by the time of their entry', () => {
  const at = (time: string, netPnl: number) =>
    simpleTrade(netPnl, { returnRatio: netPnl / 64, entryTimeMs: Date.parse(time) })
  const { entriesByWeekday, entriesByHour } = entryTimes([
    at('2024-03-03T23:00Z', 5), // a Sunday
    at('2024-03-04T09:00Z', -3),
    at('2024-03-06T09:00Z', 4),
    at('2024-03-11T09:00Z', 1),
  ])

  it('are grouped by weekday, from Monday on, those with trades', () => {
    expect(entriesByWeekday).toEqual([
      { weekday: 'Monday', trades: 2, winRateRatio: 0.5, expectancyRatio: -1 / 64, netProfit: -2 },
      { weekday: 'Wednesday', trades: 1, winRateRatio: 1, expectancyRatio: 4 / 64, netProfit: 4 },
      { weekday: 'Sunday', trades: 1, winRateRatio: 1, expectancyRatio: 5 / 64, netProfit: 5 },
    ])
  })

  it('and by the hour in UTC', () => {
    expect(entriesByHour.map(({ hour, trades }) => [hour, trades])).toEqual([
      [9, 3],
      [23, 1],
    ])
  })

  it('are right before 1970 too', () => {
    const early = entryTimes([at('1969-12-30T22:00Z', 1)])
    expect(early.entriesByWeekday[0]).toMatchObject({ weekday: 'Tuesday' })
    expect(early.entriesByHour[0]).toMatchObject({ hour: 22 })
  })
})
