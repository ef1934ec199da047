// The loss of a training as it goes on, for one line of text: a value for each epoch, thinned out when there are many.

import type { Progress } from '../core/operation.ts'

const MOST_POINTS = 256

/** A function that takes each progress and returns the loss so far: of the validation, or of the training without one. */
export function createLossCurve(): (progress: Progress) => readonly number[] {
  let points: readonly number[] = []
  let every = 1
  let nextAt = 1
  return ({ cursor, metrics }) => {
    const loss = metrics['valLoss'] ?? metrics['trainLoss'] ?? null
    if (loss === null || cursor.at < nextAt) return points
    points = [...points, loss]
    if (points.length > MOST_POINTS) {
      points = points.filter((_, i) => i % 2 === 0)
      every *= 2
    }
    nextAt = cursor.at + every
    return points
  }
}
