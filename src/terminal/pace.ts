// How fast a run goes, over the last seconds: a resume that starts at 45 % is not taken for a fast run.

import type { Progress } from '../core/operation.ts'
import type { Pace } from './progress-line.ts'

const WINDOW_MS = 15_000

type Sample = { readonly atMs: number; readonly doneRatio: number; readonly units: number }

/** A function that takes each progress with its time and returns the pace of the last seconds. */
export function createPaceMeter(): (progress: Progress, nowMs: number) => Pace {
  let samples: Sample[] = []
  return ({ cursor, doneRatio }, nowMs) => {
    const units = cursor.at + (cursor.within ? cursor.within.at / cursor.within.of : 0)
    samples = [
      ...samples.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS),
      { atMs: nowMs, doneRatio, units },
    ]
    const first = samples[0]!
    const elapsedMs = nowMs - first.atMs
    const done = doneRatio - first.doneRatio
    if (elapsedMs <= 0 || done <= 0) return { msPerUnit: null, etaMs: null }
    const unitsDone = units - first.units
    return {
      msPerUnit: unitsDone > 0 ? elapsedMs / unitsDone : null,
      etaMs: ((1 - doneRatio) / done) * elapsedMs,
    }
  }
}
