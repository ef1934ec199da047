// How fast a run goes, over the last seconds: a resume that starts at 45 % is not taken for a fast run.

import type { Progress } from '../core/operation.ts'
import type { Pace } from './progress-line.ts'

const WINDOW_MS = 15_000

type Sample = { readonly atMs: number; readonly doneRatio: number; readonly units: number }

/** Samples are so far apart at least. */
const APART_MS = 250
/** Less tells nothing: a first step compiles what it runs. */
const LEAST_MS = 500

/**
 * A function that takes each progress with its time and returns the pace of the last seconds: 15, or as many as one unit
 * takes, for what an epoch ends with belongs to its pace.
 */
export function createPaceMeter(): (progress: Progress, nowMs: number) => Pace {
  let samples: Sample[] = []
  return ({ cursor, doneRatio }, nowMs) => {
    const units = cursor.at + (cursor.within ? cursor.within.at / cursor.within.of : 0)
    const isLongAgo = (sample: Sample): boolean =>
      nowMs - sample.atMs >= WINDOW_MS && units - sample.units > 1
    const last = samples.at(-1)
    if (last && units < last.units) samples = []
    if (!last || nowMs - last.atMs >= APART_MS) samples.push({ atMs: nowMs, doneRatio, units })
    while (samples.length > 1 && isLongAgo(samples[1]!)) samples.shift()
    const first = samples[0] ?? { atMs: nowMs, doneRatio, units }
    const elapsedMs = nowMs - first.atMs
    const done = doneRatio - first.doneRatio
    if (elapsedMs < LEAST_MS || done <= 0) return { msPerUnit: null, etaMs: null }
    const unitsDone = units - first.units
    return {
      msPerUnit: unitsDone > 0 ? elapsedMs / unitsDone : null,
      etaMs: ((1 - doneRatio) / done) * elapsedMs,
    }
  }
}
