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

export function acknowledgedBy(
  events: readonly ProgressEvent[],
  before: Acknowledged = NOTHING,
): Acknowledged {
  return events.reduce<Acknowledged>((so, { event, ...facts }) => {
    if (event === 'started') return { ...so, started: true }
    if (event === 'saved') return { ...so, savedSeq: facts['checkpoint'].seq }
    if (event === 'ended') return { ...so, completed: facts['status'] === 'completed' }
    return so
  }, before)
}
