// Bars of two symbols in three timeframes, for tests of strategies that join them. The hours are random walks; four
// hours and days are made of them, so that what a coarse bar tells is known only when its last hour has closed. The
// second symbol begins later: its rows are other bars than those of the first.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TIMEFRAME_MS, type Bars, type Timeframe } from '../../src/data/bars.ts'
import { makeBars } from './make-bars.ts'

export const MANY_SYMBOLS = ['ALPHA', 'BETA'] as const
export const MANY_TIMEFRAMES = ['1h', '4h', '1d'] as const satisfies readonly Timeframe[]

type BySymbolAndTimeframe<Value> = Readonly<
  Record<(typeof MANY_SYMBOLS)[number], Readonly<Record<(typeof MANY_TIMEFRAMES)[number], Value>>>
>

const FIRST_DAY_MS = { ALPHA: Date.UTC(2020, 0, 6), BETA: Date.UTC(2020, 0, 11) }

/** @param days of the first symbol, each of 24 hours; both end with the same hour. More than 5. */
export function manyBars(days = 60): BySymbolAndTimeframe<Bars> {
  const endMs = FIRST_DAY_MS.ALPHA + days * TIMEFRAME_MS['1d']
  const walk = (firstMs: number, seed: number): Readonly<Record<'1h' | '4h' | '1d', Bars>> => {
    const length = (endMs - firstMs) / TIMEFRAME_MS['1h']
    const timestampMs = Float64Array.from({ length }, (_, t) => firstMs + t * TIMEFRAME_MS['1h'])
    const hours: Bars = { ...makeBars(length, seed), timestampMs }
    return { '1h': hours, '4h': joined(hours, 4), '1d': joined(hours, 24) }
  }
  return { ALPHA: walk(FIRST_DAY_MS.ALPHA, 1), BETA: walk(FIRST_DAY_MS.BETA, 2) }
}

/** Each `size` bars as one, stamped with the open of its first. */
function joined(bars: Bars, size: number): Bars {
  const starts = Float64Array.from({ length: bars.length / size }, (_, group) => group * size)
  const of = (column: Float64Array, merge: (group: Float64Array) => number): Float64Array =>
    starts.map((start) => merge(column.subarray(start, start + size)))
  return {
    length: starts.length,
    timestampMs: of(bars.timestampMs, (group) => group[0]!),
    open: of(bars.open, (group) => group[0]!),
    high: of(bars.high, (group) => Math.max(...group)),
    low: of(bars.low, (group) => Math.min(...group)),
    close: of(bars.close, (group) => group.at(-1)!),
    volume: of(bars.volume, (group) => group.reduce((sum, volume) => sum + volume, 0)),
  }
}

/** Writes ALPHA_1h.csv … BETA_1d.csv; gives back their paths. */
export function writeManyBars(
  directory: string,
  bars: BySymbolAndTimeframe<Bars>,
): BySymbolAndTimeframe<string> {
  const write = (symbol: (typeof MANY_SYMBOLS)[number]): Record<'1h' | '4h' | '1d', string> => {
    const path = (timeframe: Timeframe): string => join(directory, `${symbol}_${timeframe}.csv`)
    for (const timeframe of MANY_TIMEFRAMES)
      writeFileSync(path(timeframe), csvText(bars[symbol][timeframe]))
    return { '1h': path('1h'), '4h': path('4h'), '1d': path('1d') }
  }
  return { ALPHA: write('ALPHA'), BETA: write('BETA') }
}

function csvText({ timestampMs, open, high, low, close, volume }: Bars): string {
  const rows = Array.from(timestampMs, (ms, t) =>
    [new Date(ms).toISOString(), open[t], high[t], low[t], close[t], volume[t]].join(','),
  )
  return `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`
}
