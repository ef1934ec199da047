// `--start` and `--end`: which bars are used. Both ends belong to the range; a day means the whole of it.

import { KtrdrError } from '../core/errors.ts'
import { shown } from './data-problems.ts'
import { DAY_MS, formatTimestamp, parseTimestamp } from './timestamp.ts'

/** Bars stamped from `firstMs` to `lastMs`, both included; an open end has no limit. */
export type DateRange = {
  readonly firstMs?: number | undefined
  readonly lastMs?: number | undefined
}

export type DateRangeTexts = {
  readonly start?: string | undefined
  readonly end?: string | undefined
}

const DAY_ONLY = /^\d{4}-\d\d-\d\d$/
const EXAMPLES = ['2024-06-30', '2024-06-30T12:00', '2024-06-30T12:00:00+02:00']

/** @throws USAGE for a text that is no ISO date, and for a start after the end */
export function parseDateRange({ start, end }: DateRangeTexts): DateRange {
  const firstMs = start === undefined ? undefined : parseMoment('start', start)
  const lastMs = end === undefined ? undefined : lastMomentOf(end)
  if (firstMs !== undefined && lastMs !== undefined && firstMs > lastMs)
    throw new KtrdrError('USAGE', `--start ${start} is after --end ${end}.`, {
      suggestions: [`--start ${end} --end ${start}`],
    })
  return { firstMs, lastMs }
}

function lastMomentOf(end: string): number {
  const ms = parseMoment('end', end)
  return DAY_ONLY.test(end.trim()) ? ms + DAY_MS - 1 : ms
}

function parseMoment(flag: 'start' | 'end', given: string): number {
  const text = given.trim()
  const moment = parseTimestamp(text)
  if ('ms' in moment && moment.kind.startsWith('an ISO')) return moment.ms
  const why = 'problem' in moment ? moment.problem : 'is an epoch, expected a date'
  throw new KtrdrError('USAGE', `--${flag} ${shown(text)} ${why}.`, {
    suggestions: EXAMPLES.map((example) => `--${flag} ${example}`),
  })
}

/** @param whole what there is */
export function nothingInRange(
  file: string,
  range: DateRange,
  whole: { readonly firstMs: number; readonly lastMs: number },
): KtrdrError {
  return new KtrdrError(
    'DATA_INVALID',
    `${file} has no bars in ${formatDateRange(range)}: it has ${formatDateRange(whole)}.`,
    {
      suggestions: ['Choose --start and --end within the file.'],
      details: { path: file, ...whole },
    },
  )
}

/** `2000-01-03 … 2020-04-17`; an open end stays empty. */
export function formatDateRange({ firstMs, lastMs }: DateRange): string {
  const [first, last] = [firstMs, lastMs].map((ms) => (ms === undefined ? '' : formatTimestamp(ms)))
  return `${first} … ${last}`.trim()
}
