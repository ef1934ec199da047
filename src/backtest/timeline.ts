// The bars of all instruments in the order of time: one step for each stamp that at least one of them has.

import { invariant } from '../core/errors.ts'
import type { Instrument } from './instrument.ts'

export type Timeline = {
  readonly length: number
  /** Open of the bars of each step, strictly ascending. */
  readonly timestampMs: Float64Array
  /** For each instrument its last bar at or before each step, −1 before its first; null: step i is bar firstBar + i. */
  readonly lastBars: readonly Int32Array[] | null
}

export function timelineOf(instruments: readonly Instrument[]): Timeline {
  const [first, ...others] = instruments
  invariant(first, 'A simulation without an instrument.')
  if (others.length === 0) {
    const { bars, firstBar, endBar } = first
    return {
      length: endBar - firstBar,
      timestampMs: bars.timestampMs.subarray(firstBar, endBar),
      lastBars: null,
    }
  }
  const stamps = unionOfStamps(
    instruments.map(({ bars, firstBar, endBar }) => bars.timestampMs.subarray(firstBar, endBar)),
  )
  return {
    length: stamps.length,
    timestampMs: stamps,
    lastBars: instruments.map(({ bars, firstBar, endBar }) => {
      const last = new Int32Array(stamps.length)
      let next = firstBar
      for (let step = 0; step < stamps.length; step++) {
        while (next < endBar && bars.timestampMs[next]! <= stamps[step]!) next++
        last[step] = next === firstBar ? -1 : next - 1
      }
      return last
    }),
  }
}

/** The instrument's last bar at or before `step`; −1 before its first. */
export function lastBarAt(
  { lastBars }: Timeline,
  instruments: readonly Instrument[],
  index: number,
  step: number,
): number {
  return lastBars === null ? instruments[index]!.firstBar + step : lastBars[index]![step]!
}

/** The instrument's bar of `step`; −1 when it has none. */
export function barAt(
  timeline: Timeline,
  instruments: readonly Instrument[],
  index: number,
  step: number,
): number {
  const { lastBars } = timeline
  if (lastBars === null) return instruments[index]!.firstBar + step
  const bar = lastBars[index]![step]!
  return bar >= 0 && instruments[index]!.bars.timestampMs[bar] === timeline.timestampMs[step]
    ? bar
    : -1
}

/** Every stamp of several ascending columns once, ascending. */
export function unionOfStamps(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0))
  let at = 0
  for (const column of columns) {
    all.set(column, at)
    at += column.length
  }
  all.sort()
  let length = 0
  for (const stamp of all) if (length === 0 || all[length - 1] !== stamp) all[length++] = stamp
  return all.slice(0, length)
}
