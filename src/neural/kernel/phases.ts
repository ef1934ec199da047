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
}

/** All but the end of a step, where thread 0 waits and the others need not. */
export function runPhases({ rows, gradients, update }: Phases, { meet }: Team): void {
  rows()
  meet()
  gradients()
  if (update) {
    meet()
    update()
  }
}

/**
 * Rows of a block: a multiple of 4, at most about `most`, and such that all threads have the same number of blocks.
 */
export function rowBlock(rows: number, threads: number, most: number): number {
  const rounds = Math.ceil(rows / (threads * most))
  return roundUp(Math.ceil(rows / (threads * rounds)), 4)
}
