// Durations, sizes and shares as people type them.

import { KtrdrError } from './errors.ts'

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** "60s", "1.5h", "30d", or seconds without a unit: "60" → milliseconds. @throws USAGE */
export function parseDuration(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(text.trim()) ?? []
  if (amount === undefined)
    throw new KtrdrError('USAGE', `"${text}" is no duration.`, {
      suggestions: ['30s', '10m', '12h', '30d'],
    })
  return Math.round(Number(amount) * DURATION_MS[unit]!)
}

/** 2592000000 → "30d", 90000 → "90s": in the largest unit that leaves no rest. */
export function durationText(ms: number): string {
  const [unit, unitMs] = Object.entries(DURATION_MS).findLast(([, each]) => ms % each === 0)!
  return `${ms / unitMs}${unit}`
}

const SIZE_UNITS = [
  ['B', 1],
  ['kB', 1e3],
  ['KiB', 1024],
  ['MB', 1e6],
  ['MiB', 1024 ** 2],
  ['GB', 1e9],
  ['GiB', 1024 ** 3],
] as const

/** "1MiB", "500 kB", "0" → bytes. @throws USAGE */
export function parseSize(text: string): number {
  const [, amount, unit = 'b'] = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?$/i.exec(text.trim()) ?? []
  const bytes = SIZE_UNITS.find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1]
  if (amount === undefined || bytes === undefined)
    throw new KtrdrError('USAGE', `"${text}" is no size.`, {
      suggestions: ['512KiB', '1MiB', '2GB'],
    })
  return Math.round(Number(amount) * bytes)
}

/** 1048576 → "1MiB", 5e9 → "5GB", 1001 → "1001B": in the largest unit that leaves no rest. */
export function exactSizeText(bytes: number): string {
  if (bytes === 0) return '0B'
  const [unit, each] = SIZE_UNITS.findLast(([, unitBytes]) => bytes % unitBytes === 0)!
  return `${bytes / each}${unit}`
}

/** 5e9 → "5 GB", 1500000 → "1.5 MB". */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'] as const
  const power = Math.max(
    0,
    units.findLastIndex((_, i) => bytes >= 1000 ** i),
  )
  return `${Number((bytes / 1000 ** power).toFixed(1))} ${units[power]}`
}

/** "5%" or "0.05", more than nothing and at most all → 0.05. @throws USAGE */
export function parseShare(text: string): number {
  const [, amount, sign] = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text.trim()) ?? []
  const share = Number(amount) / (sign === undefined ? 1 : 100)
  if (!(share > 0 && share <= 1))
    throw new KtrdrError('USAGE', `"${text}" is no share.`, { suggestions: ['5%', '100%'] })
  return share
}
