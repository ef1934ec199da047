// How a trial comes to its point: drawn anew until all constraints are met. The stream of a draw is that of (trial, draw),
// so a trial is a pure function of the seed and its number, and of the results that its method may look at.

import { KtrdrError } from '../core/errors.ts'
import { randomStream, type RandomStream } from '../core/rng.ts'
import { isFeasible, type Point, type Space } from './space.ts'

/** A space where fewer than one in so many points is feasible is better written in another way. */
export const MOST_DRAWS = 10_000

/**
 * @param draw a point, feasible or not
 * @throws USAGE when none of the draws meets the constraints
 */
export function drawFeasible(
  space: Space,
  seed: number,
  trial: number,
  draw: (stream: RandomStream, attempt: number) => Point,
): Point {
  for (let attempt = 0; attempt < MOST_DRAWS; attempt++) {
    const point = draw(randomStream(seed, 'search', trial, attempt), attempt)
    if (isFeasible(space, point)) return point
  }
  const texts = space.constraints.map(({ text }) => text).join(', ')
  throw new KtrdrError(
    'USAGE',
    `None of ${MOST_DRAWS} points drawn from the space meets its constraints: ${texts}.`,
    { suggestions: ['Narrow the ranges to where the constraints can be met.'] },
  )
}

/** Uniform in [0, 1), a multiple of 2⁻⁵³. */
export function nextDouble({ nextUint32 }: RandomStream): number {
  const high = nextUint32() >>> 5
  return (high * 0x4000000 + (nextUint32() >>> 6)) / 0x20000000000000
}
