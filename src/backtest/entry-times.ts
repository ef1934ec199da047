// The trades by the weekday and by the hour, in UTC, of the bar at whose open they were entered.

import type { Trade } from './simulation-state.ts'
import { tradeFigures, type TradeFigures } from './trade-figures.ts'

type Entries = Pick<TradeFigures, 'trades' | 'winRateRatio' | 'expectancyRatio' | 'netProfit'>

export type EntryTimes = {
  /** Those with trades, from Monday on. */
  readonly entriesByWeekday: readonly ({ readonly weekday: string } & Entries)[]
  /** Those with trades, from 0 to 23. */
  readonly entriesByHour: readonly ({ readonly hour: number } & Entries)[]
}

const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export function entryTimes(trades: readonly Trade[]): EntryTimes {
  const hourOf = ({ entryTimeMs }: Trade): number => modulo(Math.floor(entryTimeMs / HOUR_MS), 24)
  /** 1970 began on a Thursday. */
  const weekdayOf = ({ entryTimeMs }: Trade): number =>
    modulo(Math.floor(entryTimeMs / DAY_MS) + 3, 7)
  return {
    entriesByWeekday: grouped(trades, weekdayOf).map(([day, entries]) => ({
      weekday: WEEKDAYS[day]!,
      ...entries,
    })),
    entriesByHour: grouped(trades, hourOf).map(([hour, entries]) => ({ hour, ...entries })),
  }
}

function grouped(
  trades: readonly Trade[],
  keyOf: (trade: Trade) => number,
): (readonly [number, Entries])[] {
  return [...Map.groupBy(trades, keyOf)]
    .toSorted(([a], [b]) => a - b)
    .map(([key, group]) => {
      const figures = tradeFigures(group)
      const { winRateRatio, expectancyRatio, netProfit } = figures
      return [key, { trades: figures.trades, winRateRatio, expectancyRatio, netProfit }]
    })
}

/** The remainder that is never negative: there are bars before 1970. */
function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
