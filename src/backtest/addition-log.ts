// Entries into positions that were held already, while a simulation runs: what a trade no longer tells, whose units are
// those of all its entries.

import { reserve, type Column } from '../core/snapshot.ts'
import type { Position } from './simulation-state.ts'

export type Addition = {
  /** Place of its instrument. */
  readonly instrument: number
  /** Of the first entry into the position. */
  readonly entryBar: number
  readonly bar: number
  /** What was held before, a short negative. */
  readonly unitsBefore: number
}

const WIDTH = 4

export function logAddition(log: Column, instrument: number, held: Position, bar: number): void {
  reserve(log, WIDTH)
  const { side, units, entryBar } = held
  log.column.set([instrument, entryBar, bar, side === 'LONG' ? units : -units], log.length)
  log.length += WIDTH
}

/** In the order of time. */
export function additionsIn({ column, length }: Column): Addition[] {
  return Array.from({ length: length / WIDTH }, (_, row) => {
    const [instrument, entryBar, bar, unitsBefore] = column.subarray(row * WIDTH)
    return {
      instrument: instrument!,
      entryBar: entryBar!,
      bar: bar!,
      unitsBefore: unitsBefore!,
    }
  })
}
