// Which tasks a walk-forward has: the trials of one fold after those of the other. Each fold searches for itself, so that a
// trial depends on trials of its own fold alone; which of them trades is decided when all are there.

import type { Json } from '../core/hash.ts'
import { bestFirst } from '../search/rank.ts'
import { valuesOf } from '../search/space.ts'
import type { FoldWindow } from '../walkforward/fold-windows.ts'
import type { FoldResult, FoldSettings } from './fold.ts'
import type { ObjectiveName } from './objective.ts'
import { pointOf, trialLoss, trialTask, type TrialPlan } from './search-plan.ts'
import type { TaskResults, TaskSpec } from './task-queue.ts'
import type { TrialSettings } from './trial.ts'

export type FoldsPlan = {
  readonly windows: readonly FoldWindow[]
  readonly objective: ObjectiveName
  /** Of training; null: as the strategy says. */
  readonly epochs: number | null
  /** The search of each fold; null: there is nothing to choose. */
  readonly searches: readonly TrialPlan[] | null
}

export function trialsOfFold({ searches }: Pick<FoldsPlan, 'searches'>): number {
  return searches === null ? 1 : searches[0]!.trials
}

export function taskCount(plan: FoldsPlan): number {
  return plan.windows.length * trialsOfFold(plan)
}

/** @returns 'later' while it depends on what is not there yet */
export function foldTask(plan: FoldsPlan, index: number, results: TaskResults): TaskSpec | 'later' {
  const trials = trialsOfFold(plan)
  const fold = Math.floor(index / trials)
  const spec = trialSpec(plan, fold, index - fold * trials, results)
  if (spec === 'later') return 'later'
  return {
    work: 'fold',
    settings: {
      fold,
      trial: spec.settings as unknown as TrialSettings,
    } satisfies FoldSettings as unknown as Json,
  }
}

const NOTHING_SEARCHED = { values: [], pruneAbove: [], hasCurve: false }

function trialSpec(
  plan: FoldsPlan,
  fold: number,
  trial: number,
  results: TaskResults,
): Pick<TaskSpec, 'settings'> | 'later' {
  const { searches, epochs } = plan
  if (searches !== null)
    return trialTask(searches[fold]!, trial, resultsOfFold(plan, fold, results))
  return { settings: { ...NOTHING_SEARCHED, epochs } satisfies TrialSettings as Json }
}

/** The results of one fold, its trials by number. */
export function resultsOfFold(plan: FoldsPlan, fold: number, results: TaskResults): TaskResults {
  const trials = trialsOfFold(plan)
  const first = fold * trials
  return {
    count: trials,
    unbroken: Math.max(0, Math.min(trials, results.unbroken - first)),
    get: (trial) => results.get(first + trial),
  }
}

/** What a fold has come to. */
export type ChosenTrial = {
  readonly trial: number
  /** One a parameter of the space; none where nothing is searched. */
  readonly values: readonly Json[]
  readonly result: FoldResult
}

/** The best by the objective, of equal ones the first; null: none came to anything. */
export function chosenTrial(
  plan: FoldsPlan,
  fold: number,
  results: TaskResults,
): ChosenTrial | null {
  const own = resultsOfFold(plan, fold, results)
  const resultOf = (trial: number) => (own.get(trial)?.result ?? null) as FoldResult | null
  const losses = Array.from({ length: own.count }, (_, trial) =>
    plan.searches === null ? null : trialLoss(plan.searches[fold]!, resultOf(trial)),
  )
  const trial = bestFirst(losses).find((each) => resultOf(each)?.outcome === 'completed')
  if (trial === undefined) return null
  const search = plan.searches?.[fold]
  const values = search ? valuesOf(search.space, pointOf(search, trial, own)) : []
  return { trial, values, result: resultOf(trial)! }
}

/** Why a fold has come to nothing. */
export function reasonOf(plan: FoldsPlan, fold: number, results: TaskResults): string {
  const own = resultsOfFold(plan, fold, results)
  const reasons = Array.from({ length: own.count }, (_, trial) => {
    const record = own.get(trial)
    return record?.error?.message ?? (record?.result as FoldResult | null)?.reason ?? null
  })
  return reasons.find((reason) => reason !== null) ?? 'for an unknown reason'
}
