// Which trials a search makes: the point of each, and the task that tries it. Everything here is a pure function of the plan
// and of the results of the first tasks without a gap, so that a search comes to the same trials with any number of workers,
// whichever of them is first.

import type { Json } from '../core/hash.ts'
import type { Method } from '../search/methods.ts'
import { pruningThresholds } from '../search/median-pruning.ts'
import { drawRandom } from '../search/sample-random.ts'
import { drawTpe, type Tried } from '../search/sample-tpe.ts'
import { valuesOf, type Point, type Space } from '../search/space.ts'
import { rungSizes, rungsOf, type Rung } from '../search/successive-halving.ts'
import { lossOf, type ObjectiveName } from './objective.ts'
import type { TaskResults, TaskSpec } from './task-queue.ts'
import type { TrialResult, TrialSettings } from './trial.ts'

/** A trial may know the results of the trials up to this many before it: as many may be tried at the same time. */
export const LAG = 8

export type TrialPlan = {
  readonly space: Space
  readonly method: Method
  /** Trials to make; of a grid those that there are. */
  readonly trials: number
  readonly seed: number
  readonly objective: ObjectiveName
  readonly isPruned: boolean
  /** Of each trial; null: as the strategy says, or there is nothing to train. */
  readonly epochs: number | null
  /** Epochs to hold a trial against others by. */
  readonly mostEpochs: number
  /** The points of a grid; else empty. */
  readonly grid: readonly Point[]
  /** Epochs of each rung of halving; else empty. */
  readonly rungs: readonly number[]
  /** What was worked out before: a pure function is not asked twice. */
  readonly known: {
    readonly points: Map<number, Point>
    /** Those that as many first results gave. */
    rungs: { readonly unbroken: number; readonly value: readonly Rung[] } | null
  }
}

/** The results that a trial may look at: of as many first trials. */
export function seenBy(trial: number): number {
  return Math.max(0, trial - LAG + 1)
}

/** @returns 'later' while it depends on what is not there yet */
export function trialTask(
  plan: TrialPlan,
  index: number,
  results: TaskResults,
): TaskSpec | 'later' {
  if (plan.method === 'halving') return rungTask(plan, index, results)
  const seen = plan.method === 'tpe' || plan.isPruned ? seenBy(index) : 0
  if (results.unbroken < seen) return 'later'
  return {
    work: 'trial',
    settings: settingsOf(plan, pointOf(plan, index, results), plan.epochs, {
      pruneAbove: plan.isPruned ? thresholdsFor(plan, seen, results) : [],
      hasCurve: plan.isPruned,
    }),
  }
}

/** The point of a trial, as soon as all that it depends on is there. */
export function pointOf(plan: TrialPlan, trial: number, results: TaskResults): Point {
  const { points } = plan.known
  const known = points.get(trial)
  if (known !== undefined) return known
  const point = makePoint(plan, trial, results)
  points.set(trial, point)
  return point
}

function makePoint(plan: TrialPlan, trial: number, results: TaskResults): Point {
  const { space, method, seed, grid } = plan
  if (method === 'grid') return grid[trial]!
  if (method !== 'tpe') return drawRandom(space, seed, trial)
  return drawTpe(space, seed, trial, triedOf(plan, seenBy(trial), results))
}

/** The first trials; one that was given up, or came to nothing, is worse than all others. */
export function triedOf(plan: TrialPlan, count: number, results: TaskResults): Tried[] {
  return Array.from({ length: count }, (_, trial) => ({
    point: pointOf(plan, trial, results),
    loss: trialLoss(plan, resultOf(results, trial)),
  }))
}

export function resultOf(results: Pick<TaskResults, 'get'>, task: number): TrialResult | null {
  return (results.get(task)?.result ?? null) as TrialResult | null
}

export function trialLoss({ objective }: TrialPlan, result: TrialResult | null): number | null {
  return result?.outcome === 'completed' ? lossOf(objective, result.objective) : null
}

function thresholdsFor({ mostEpochs }: TrialPlan, seen: number, results: TaskResults): number[] {
  const curves = Array.from({ length: seen }, (_, trial) => resultOf(results, trial)).flatMap(
    (result) => (result?.outcome === 'completed' && result.curve.length > 0 ? [result.curve] : []),
  )
  return pruningThresholds(curves, mostEpochs)
}

function settingsOf(
  { space }: TrialPlan,
  point: Point,
  epochs: number | null,
  pruning: Pick<TrialSettings, 'pruneAbove' | 'hasCurve'>,
): Json {
  return { values: valuesOf(space, point), epochs, ...pruning } satisfies TrialSettings as Json
}

const NO_PRUNING = { pruneAbove: [], hasCurve: false }

export function rungsSoFar(plan: TrialPlan, results: TaskResults): readonly Rung[] {
  const { trials, rungs, known } = plan
  const { unbroken } = results
  if (known.rungs?.unbroken !== unbroken)
    known.rungs = {
      unbroken,
      value: rungsOf(trials, rungs, unbroken, (task) => trialLoss(plan, resultOf(results, task))),
    }
  return known.rungs.value
}

function rungTask(plan: TrialPlan, index: number, results: TaskResults): TaskSpec | 'later' {
  const rungs = rungsSoFar(plan, results)
  const place = rungs.findIndex(
    ({ first, trials }) => index >= first && index < first + trials.length,
  )
  if (place === -1) return 'later'
  const { first, trials, epochs } = rungs[place]!
  const trial = trials[index - first]!
  const below = rungs[place - 1]
  return {
    work: 'trial',
    settings: settingsOf(plan, pointOf(plan, trial, results), epochs, NO_PRUNING),
    ...(below ? { continues: below.first + below.trials.indexOf(trial) } : {}),
    ...(place < plan.rungs.length - 1 ? { parks: true } : {}),
  }
}

/** Whether nobody will go on from the state that a task of halving has parked. */
export function isReleased(plan: TrialPlan, index: number, results: TaskResults): boolean {
  const rungs = rungsSoFar(plan, results)
  const place = rungs.findIndex(
    ({ first, trials }) => index >= first && index < first + trials.length,
  )
  if (place === -1) return false
  const { first, trials } = rungs[place]!
  const next = rungs[place + 1]
  // Who goes on is known when the rung is over; without a next one nobody does.
  if (next === undefined) return results.unbroken >= first + trials.length
  const heir = next.trials.indexOf(trials[index - first]!)
  return heir === -1 || results.get(next.first + heir) !== undefined
}

/** Tasks of the whole search, as far as is known. */
export function taskCount(plan: TrialPlan, results: TaskResults): number {
  if (plan.method !== 'halving') return plan.trials
  const rungs = rungsSoFar(plan, results)
  const { first, trials } = rungs.at(-1)!
  const begun = first + trials.length
  if (results.unbroken >= begun) return begun // nobody goes on
  const planned = rungSizes(plan.trials, plan.rungs.length).slice(rungs.length)
  return planned.reduce((sum, size) => sum + size, begun)
}
