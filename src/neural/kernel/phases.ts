// One thread's share of a training step, in phases between which all threads meet.

import type { LossPlace } from './loss-routine.ts'
import { roundUp } from './memory.ts'
import type { Team } from './team.ts'

export type BatchPlace = LossPlace & {
  /** Sample numbers of the rows. */
  readonly samples: number
  readonly end: number
}

export type Phases = {
  readonly rows: () => void
  readonly gradients: () => void
  /** Null = `gradients` has done it. */
  readonly update: (() => void) | null
  /** Where a batch lives when there is room for so many rows. */
  readonly batchOf: (capacity: number) => BatchPlace
}

/** `place`, which works an answer out anew only when another capacity is asked for. */
export function placedOnce<Place>(place: (capacity: number) => Place): (capacity: number) => Place {
  let known = 0
  let last = place(known)
  return (capacity) => {
    if (capacity !== known) {
      known = capacity
      last = place(capacity)
    }
    return last
  }
}

/**
 * All but the end of a step, where thread 0 waits and the others need not.
 * @returns false when the network was closed in the middle of it
 */
export function runPhases({ rows, gradients, update }: Phases, { meet }: Team): boolean {
  rows()
  if (!meet()) return false
  gradients()
  if (update) {
    if (!meet()) return false
    update()
  }
  return true
}

/**
 * Rows of a block: a multiple of 4, at most about `most`, and such that all threads have the same number of blocks.
 */
export function rowBlock(rows: number, threads: number, most: number): number {
  const rounds = Math.ceil(rows / (threads * most))
  return roundUp(Math.ceil(rows / (threads * rounds)), 4)
}
