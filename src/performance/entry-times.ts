// The trades by the weekday and by the hour, in UTC, of the bar at whose open they were entered.

import type { Trade } from './trade.ts'

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

export function entryTimes(trades: readonly Trade[]): EntryTimes {
  const weekdays = groups(7)
  const hours = groups(24)
  for (const { entryTimeMs, netPnl, returnRatio } of trades) {
    const hour = Math.floor(entryTimeMs / HOUR_MS)
    /** 1970 began on a Thursday. */
    const weekday = modulo(Math.floor(hour / 24) + 3, 7)
    for (const group of [weekdays[weekday]!, hours[modulo(hour, 24)]!]) {
      group.trades++
      if (netPnl > 0) group.wins++
      group.returns += returnRatio
      group.profit += netPnl
    }
  }
  return {
    entriesByWeekday: entriesOf(weekdays).map(([day, entries]) => ({
      weekday: WEEKDAYS[day]!,
      ...entries,
    })),
    entriesByHour: entriesOf(hours).map(([hour, entries]) => ({ hour, ...entries })),
  }
}

type Group = { trades: number; wins: number; returns: number; profit: number }

function groups(count: number): Group[] {
  return Array.from({ length: count }, () => ({ trades: 0, wins: 0, returns: 0, profit: 0 }))
}

/** The figures of the groups that have trades, with their place. */
function entriesOf(all: readonly Group[]): (readonly [number, Entries])[] {
  return [...all.entries()]
    .filter(([, { trades }]) => trades > 0)
    .map(([place, { trades, wins, returns, profit }]) => [
      place,
      {
        trades,
        winRateRatio: wins / trades,
        expectancyRatio: returns / trades,
        netProfit: profit,
      },
    ])
}

/** The remainder that is never negative: there are bars before 1970. */
function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}
