// Grid search: every combination of values that meets the constraints, once; the last parameter changes fastest.

import {
  atStep,
  countOf,
  fromScale,
  isFeasible,
  toScale,
  type Point,
  type Range,
  type Space,
} from './space.ts'

/** Combinations that are looked at, feasible or not. */
export const MOST_COMBINATIONS = 1_000_000

/** Names of the parameters whose range says neither steps nor points. */
export function withoutGrid({ parameters }: Space): string[] {
  return parameters.filter(({ range }) => levelCount(range) === Infinity).map(({ name }) => name)
}

/** Of all combinations, feasible or not. */
export function combinationCount({ parameters }: Space): number {
  return parameters.reduce((count, { range }) => count * levelCount(range), 1)
}

/** @param space of at most MOST_COMBINATIONS, every range with a grid */
export function gridPoints(space: Space): Point[] {
  const levels = space.parameters.map(({ range }) => levelsOf(range))
  const points: Point[] = []
  const digits = levels.map(() => 0)
  for (;;) {
    const point = digits.map((digit, i) => levels[i]![digit]!)
    if (isFeasible(space, point)) points.push(point)
    let place = digits.length - 1
    while (place >= 0 && digits[place] === levels[place]!.length - 1) digits[place--] = 0
    if (place < 0) return points
    digits[place]! += 1
  }
}

function levelCount(range: Range): number {
  const count = countOf(range)
  if (range.kind === 'choice' || range.points === null) return count
  return Math.min(count, range.points)
}

/** Ascending; `points` of them as evenly as the values allow, on the scale of the range. */
function levelsOf(range: Range): number[] {
  const count = levelCount(range)
  if (range.kind === 'choice') return Array.from({ length: count }, (_, i) => i)
  if (count === countOf(range)) {
    if (count === 1) return [range.low]
    return Array.from({ length: count }, (_, k) => atStep(range, k))
  }
  const [from, to] = [toScale(range, range.low), toScale(range, range.high)]
  const levels = Array.from({ length: count }, (_, k) => {
    if (k === 0) return range.low
    if (k === count - 1) return range.high
    return fromScale(range, from + ((to - from) * k) / (count - 1))
  })
  return [...new Set(levels)]
}
