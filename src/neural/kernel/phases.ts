// One thread's share of a training step, in phases between which all threads meet.

import type { LossPlace } from './loss-routine.ts'
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
