// Successive halving (Jamieson & Talwalkar 2016; the rungs of Hyperband, Li et al. 2018): all trials are trained for a few
// epochs, the best third of them go on to three times as many, and so on up to all epochs. A rung begins when the one below
// is over, so that who goes on depends on all of it and not on who was first.
//
// Tasks are numbered rung by rung; a task of a higher rung goes on from the state of the same trial on the rung below.

import { bestFirst } from './rank.ts'

export const ETA = 3

export type Rung = {
  /** Number of its first task. */
  readonly first: number
  /** The trial of each task, the best of the rung below first. */
  readonly trials: readonly number[]
  readonly epochs: number
}

/** Epochs of each rung, ascending: as many rungs as there are thirds of the trials and of the epochs. */
export function rungEpochs(trials: number, epochs: number): number[] {
  const rungs: number[] = []
  let left = trials
  for (let share = epochs; share >= 1 && left >= 1; share /= ETA, left /= ETA)
    rungs.unshift(Math.max(1, Math.round(share)))
  return rungs
}

/** How many trials each rung is planned to have. */
export function rungSizes(trials: number, rungs: number): number[] {
  return Array.from({ length: rungs }, (_, rung) => {
    let size = trials
    for (let below = 0; below < rung; below++) size = Math.floor(size / ETA)
    return size
  })
}

/** The loss of a task that is over; null where it came to nothing. */
export type LossOf = (task: number) => number | null

/**
 * The rungs whose trials are known.
 * @param unbroken tasks that are over without a gap
 */
export function rungsOf(
  trials: number,
  epochs: readonly number[],
  unbroken: number,
  lossOf: LossOf,
): Rung[] {
  const sizes = rungSizes(trials, epochs.length)
  let rung: Rung = {
    first: 0,
    trials: Array.from({ length: trials }, (_, i) => i),
    epochs: epochs[0]!,
  }
  const rungs = [rung]
  while (rungs.length < epochs.length && unbroken >= rung.first + rung.trials.length) {
    const { first, trials: below } = rung
    const losses = below.map((_, i) => lossOf(first + i))
    const alive = bestFirst(losses).filter((i) => losses[i] !== null)
    if (alive.length === 0) break
    rung = {
      first: first + below.length,
      trials: alive.slice(0, sizes[rungs.length]).map((i) => below[i]!),
      epochs: epochs[rungs.length]!,
    }
    rungs.push(rung)
  }
  return rungs
}
