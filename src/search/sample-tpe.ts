// The tree-structured Parzen estimator (Bergstra et al. 2011): of the trials so far the best few and the others give two
// densities, l and g; of candidates drawn from l the one with the highest l / g is tried next. Each parameter on its own, and
// the sizes, as Optuna 5 has them by default.

import { log } from '../core/exact-math.ts'
import type { RandomStream } from '../core/rng.ts'
import { densityOf, type Density } from './parzen.ts'
import { drawFeasible } from './draw.ts'
import { bestFirst } from './rank.ts'
import { drawRandom, uniformPoint } from './sample-random.ts'
import type { Point, Space } from './space.ts'

/** Trials that are drawn at random before there is something to learn from. */
export const STARTUP_TRIALS = 10
const CANDIDATES = 24
const MOST_GOOD = 25
const GOOD_SHARE = 0.1
/** Where the constraints refuse what is promising, after so many draws any point is as good. */
const PROMISING_DRAWS = 200

/** A trial that is over. */
export type Tried = {
  readonly point: Point
  /** Lower is better; null: it came to nothing, which is worse than all others. */
  readonly loss: number | null
}

/**
 * @param tried by number
 * @throws USAGE when the constraints cannot be met
 */
export function drawTpe(space: Space, seed: number, trial: number, tried: readonly Tried[]): Point {
  if (tried.length < STARTUP_TRIALS) return drawRandom(space, seed, trial)
  const { good, others } = split(tried)
  const densities = space.parameters.map(({ range }, i) => ({
    good: densityOf(
      range,
      good.map(({ point }) => point[i]!),
    ),
    others: densityOf(
      range,
      others.map(({ point }) => point[i]!),
    ),
  }))
  return drawFeasible(space, seed, trial, (stream, attempt) =>
    attempt < PROMISING_DRAWS
      ? densities.map((of) => mostPromising(of, stream))
      : uniformPoint(space, stream),
  )
}

/** Both by number: older trials count less. */
function split(tried: readonly Tried[]): { good: Tried[]; others: Tried[] } {
  const count = Math.min(Math.ceil(GOOD_SHARE * tried.length), MOST_GOOD)
  const best = new Set(bestFirst(tried.map(({ loss }) => loss)).slice(0, count))
  return {
    good: tried.filter((_, i) => best.has(i)),
    others: tried.filter((_, i) => !best.has(i)),
  }
}

function mostPromising(of: { good: Density; others: Density }, stream: RandomStream): number {
  let chosen = 0
  let most = -Infinity
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const value = of.good.draw(stream)
    const promise = log(of.good.at(value)) - log(of.others.at(value))
    if (promise <= most) continue
    chosen = value
    most = promise
  }
  return chosen
}
