// The trades by the weekday and by the hour, in UTC, of the bar at whose open they were entered.

import type { Trade } from './simulation-state.ts'

/** As in trade-figures.ts. */
type Entries = {
  readonly trades: number
  readonly winRateRatio: number
  readonly expectancyRatio: number
  readonly netProfit: number
}

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

/** The figures of the trades with the same key, by ascending key. */
function grouped(
  trades: readonly Trade[],
  keyOf: (trade: Trade) => number,
): (readonly [number, Entries])[] {
  const groups = new Map<
    number,
    { trades: number; wins: number; returns: number; profit: number }
  >()
  for (const trade of trades) {
    const key = keyOf(trade)
    const group = groups.get(key) ?? { trades: 0, wins: 0, returns: 0, profit: 0 }
    groups.set(key, group)
    group.trades++
    if (trade.netPnl > 0) group.wins++
    group.returns += trade.returnRatio
    group.profit += trade.netPnl
  }
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([key, group]) => [
      key,
      {
        trades: group.trades,
        winRateRatio: group.wins / group.trades,
        expectancyRatio: group.returns / group.trades,
        netProfit: group.profit,
      },
    ])
}

/** The remainder that is never negative: there are bars before 1970. */
function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
