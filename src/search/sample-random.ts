// Random search: each value as likely as any other of its range, on the scale of the range (Bergstra & Bengio 2012).

import type { RandomStream } from '../core/rng.ts'
import { drawFeasible, nextDouble } from './draw.ts'
import { fromScale, stretchOf, type Point, type Range, type Space } from './space.ts'

/** @throws USAGE when the constraints cannot be met */
export function drawRandom(space: Space, seed: number, trial: number): Point {
  return drawFeasible(space, seed, trial, (stream) => uniformPoint(space, stream))
}

export function uniformPoint({ parameters }: Space, stream: RandomStream): Point {
  return parameters.map(({ range }) => uniformIn(range, stream))
}

function uniformIn(range: Range, stream: RandomStream): number {
  if (range.kind === 'choice') return stream.nextBelow(range.values.length)
  const [from, to] = stretchOf(range)
  return fromScale(range, from + (to - from) * nextDouble(stream))
}
