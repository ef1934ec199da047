// The oracle: what ktrdr had promised, in its events, before it was stopped. It must still hold afterwards.

import type { ProgressEvent } from '../../support/program.ts'

export type Acknowledged = {
  /** The operation is recorded. */
  readonly started: boolean
  /** Number of the last checkpoint that was acknowledged; 0 = none. */
  readonly savedSeq: number
  readonly completed: boolean
}

export const NOTHING: Acknowledged = { started: false, savedSeq: 0, completed: false }

export function acknowledgedBy(events: readonly ProgressEvent[]): Acknowledged {
  const saved = events.findLast(({ event }) => event === 'saved')
  return {
    started: events.some(({ event }) => event === 'started'),
    savedSeq: saved?.['checkpoint'].seq ?? 0,
    completed: events.some(({ event, status }) => event === 'ended' && status === 'completed'),
  }
}
