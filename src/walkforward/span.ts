// Lengths of the windows of a walk-forward as people say them: calendar months in UTC, days, or bars.

import { KtrdrError } from '../core/errors.ts'
import { counted } from '../core/text.ts'
import { firstBarAtOrAfter, type Stamps } from '../data/bars.ts'

export type Span = { readonly unit: 'months' | 'days' | 'bars'; readonly count: number }

const DAY_MS = 86_400_000
const MONTHS = 12
const DAYS = 7
/** Of the Gregorian calendar, on average. */
const DAYS_OF_MONTH = 365.2425 / MONTHS

/** "2y", "3m" (months), "6w", "90d", "500bars". @throws USAGE */
export function parseSpan(flag: string, text: string): Span {
  const [, digits, unit] = /^(\d{1,9})\s*(y|m|w|d|bars?)$/.exec(text.trim()) ?? []
  const count = Number(digits)
  if (unit === undefined || count === 0)
    throw new KtrdrError('USAGE', `--${flag} is "${text}"; expected a length such as 2y or 3m.`, {
      suggestions: ['2y', '3m', '6w', '90d', '500bars'].map((example) => `--${flag} ${example}`),
    })
  if (unit === 'y') return { unit: 'months', count: count * MONTHS }
  if (unit === 'm') return { unit: 'months', count }
  if (unit === 'w') return { unit: 'days', count: count * DAYS }
  return { unit: unit === 'd' ? 'days' : 'bars', count }
}

/** As it could be typed, in the largest unit that leaves no rest. */
export function spanText({ unit, count }: Span): string {
  if (unit === 'bars') return `${count}bars`
  const [many, large, small] = unit === 'months' ? [MONTHS, 'y', 'm'] : [DAYS, 'w', 'd']
  return count % many === 0 ? `${count / many}${large}` : `${count}${small}`
}

/** "2 years", "3 months". */
export function spanWords(span: Span): string {
  const [, count, unit] = /^(\d+)(.*)$/.exec(spanText(span))!
  const names = { y: 'year', m: 'month', w: 'week', d: 'day', bars: 'bar' }
  return counted(Number(count), names[unit as keyof typeof names])
}

/** How long a span is, more or less; null: it depends on the bars. */
export function typicalDays({ unit, count }: Span): number | null {
  if (unit === 'bars') return null
  return unit === 'months' ? count * DAYS_OF_MONTH : count
}

/**
 * The moment `times` spans after another: a month later is the same day of the month, or its last one. Bars are those of
 * `stamps`; the moment after the last of them is just behind it.
 * @returns Infinity where there are no such bars
 */
export function after(ms: number, { unit, count }: Span, times: number, stamps: Stamps): number {
  if (unit === 'days') return ms + count * times * DAY_MS
  if (unit === 'months') return monthsAfter(ms, count * times)
  const bar = firstBarAtOrAfter(stamps, ms) + count * times
  if (bar < stamps.length) return stamps.timestampMs[bar]!
  return bar === stamps.length ? stamps.timestampMs[bar - 1]! + 1 : Infinity
}

function monthsAfter(ms: number, months: number): number {
  const from = new Date(ms)
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1)
  const lastDay = new Date(first)
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0)
  const day = Math.min(from.getUTCDate(), lastDay.getUTCDate())
  return first + (day - 1) * DAY_MS + (ms - midnightOf(ms))
}

/** At which the day of a moment has begun, in UTC. */
export function midnightOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS
}
