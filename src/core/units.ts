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
  return Number(amount) * DURATION_MS[unit]!
}

const SIZE_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
}

/** "1MiB", "500 kB", "0" → bytes. @throws USAGE */
export function parseSize(text: string): number {
  const [, amount, unit = 'b'] = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?$/i.exec(text.trim()) ?? []
  const bytes = SIZE_BYTES[unit.toLowerCase()]
  if (amount === undefined || bytes === undefined)
    throw new KtrdrError('USAGE', `"${text}" is no size.`, {
      suggestions: ['512KiB', '1MiB', '2GB'],
    })
  return Math.round(Number(amount) * bytes)
}

/** "5%" or "0.05", more than nothing and at most all → 0.05. @throws USAGE */
export function parseShare(text: string): number {
  const [, amount, sign] = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text.trim()) ?? []
  const share = Number(amount) / (sign === undefined ? 1 : 100)
  if (!(share > 0 && share <= 1))
    throw new KtrdrError('USAGE', `"${text}" is no share.`, { suggestions: ['5%', '100%'] })
  return share
}
