// What a search comes to: its trials by how good they are, the best strategy as YAML, and how much of the best figure is
// the luck of having tried so many.

import { KtrdrError } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import { deflatedSharpe, expectedHighestSharpe } from '../performance/sharpe-probability.ts'
import { importanceOf } from '../search/importance.ts'
import { bestFirst } from '../search/rank.ts'
import { valuesOf, type Point } from '../search/space.ts'
import { pathText } from '../strategy/problems.ts'
import { writeWithValues } from '../strategy/with-values.ts'
import type { Outcome } from './job.ts'
import { objectiveNamed } from './objective.ts'
import type { SearchPlan } from './search-inputs.ts'
import { pointOf, resultOf, rungsSoFar, trialLoss, type TrialPlan } from './search-plan.ts'
import type { TaskResults } from './task-queue.ts'
import type { TrialResult } from './trial.ts'
import { trialsCsv } from './trials-csv.ts'

export const TRIALS_FILE = 'trials.csv'
export const BEST_FILE = 'best.yaml'

export type TrialRow = {
  readonly trial: number
  readonly point: Point
  readonly values: readonly Json[]
  /** `halved`: not among the best third of its rung. `failed`: its worker died of it three times. */
  readonly outcome: TrialResult['outcome'] | 'halved' | 'failed'
  readonly objective: number | null
  /** Lower is better; null: worse than all others. */
  readonly loss: number | null
  readonly figures: TrialResult['figures']
  readonly reason: string | null
  /** Of halving, from 1: how far it came; else 1. */
  readonly rung: number
}

/** Each trial that is over once, by number, with the last that is known of it. */
export function trialRows(plan: TrialPlan, results: TaskResults): TrialRow[] {
  const rungs =
    plan.method === 'halving'
      ? rungsSoFar(plan, results)
      : [{ first: 0, trials: Array.from({ length: plan.trials }, (_, i) => i) }]
  const rows = new Map<number, TrialRow>()
  for (const [place, { first, trials }] of rungs.entries())
    for (const [i, trial] of trials.entries()) {
      if (results.get(first + i) === undefined) continue
      const isLast = place === rungs.length - 1
      rows.set(trial, rowOf(plan, results, first + i, trial, place + 1, isLast))
    }
  return [...rows.values()].toSorted((a, b) => a.trial - b.trial)
}

function rowOf(
  plan: TrialPlan,
  results: TaskResults,
  task: number,
  trial: number,
  rung: number,
  isLast: boolean,
): TrialRow {
  const point = pointOf(plan, trial, results)
  const result = resultOf(results, task)
  const place = { trial, point, values: valuesOf(plan.space, point), rung }
  if (result === null) {
    const reason = results.get(task)?.error?.message ?? null
    return { ...place, outcome: 'failed', objective: null, loss: null, figures: {}, reason }
  }
  const { outcome, objective, figures, reason } = result
  const isHalved = outcome === 'completed' && !isLast
  return {
    ...place,
    outcome: isHalved ? 'halved' : outcome,
    objective,
    loss: trialLoss(plan, result),
    figures,
    reason,
  }
}

/** The best first: who came further in halving, then the objective; who came to nothing last. */
export function rankedRows(plan: TrialPlan, results: TaskResults): TrialRow[] {
  const rows = trialRows(plan, results)
  const rungs = Math.max(1, ...rows.map(({ rung }) => rung))
  const ranked = Array.from({ length: rungs }, (_, i) => {
    const own = rows.filter(({ rung, loss }) => rung === rungs - i && loss !== null)
    return bestFirst(own.map(({ loss }) => loss)).map((at) => own[at]!)
  }).flat()
  return [...ranked, ...rows.filter(({ loss }) => loss === null)]
}

/** Rows of a result: the first of them are shown. */
const SHOWN = 10

export function finishSearch(plan: SearchPlan, results: TaskResults): Outcome {
  const rows = trialRows(plan, results)
  const ranked = rankedRows(plan, results)
  const best = ranked.find(({ loss }) => loss !== null) ?? null
  if (best === null) throw nothingFound(rows)
  const { space, objective } = plan
  const trials = trialsCsv(space, rows)
  const bestYaml = bestStrategy(plan, best)
  const importance = importanceOf(space, rows)
  const figures = {
    method: plan.method,
    objective,
    direction: objectiveNamed(objective).better === 'more' ? 'maximize' : 'minimize',
    seed: plan.seed,
    trials: rows.length,
    outcomes: countsOf(rows),
    parameters: space.parameters.map(({ name, path }, i) => ({
      name,
      path: pathText(path),
      importance: importance[i] ?? null,
    })),
    best: shownRow(best),
    top: ranked.slice(0, SHOWN).map(shownRow),
    ...(objectiveNamed(objective).isTraded ? { luck: luckOf(rows, best) } : {}),
    heldBackFromMs: plan.heldBackFromMs,
  }
  return {
    result: {
      ...figures,
      name: plan.name,
      symbol: plan.symbols.join(', '),
      timeframe: plan.timeframe,
      hasRules: plan.hasRules,
      data: plan.data.map(({ symbol, path }) => ({ symbol, path })),
      trialsSha256: sha256(trials),
      bestSha256: sha256(bestYaml),
    },
    bundle: {
      kind: 'search',
      name: plan.name,
      variant: `${plan.symbols.join('+')}_${plan.timeframe}`,
      manifest: {
        format: 1,
        kind: 'search',
        strategy: plan.name,
        method: plan.method,
        objective,
        trials: rows.length,
      },
      files: {
        [TRIALS_FILE]: trials,
        'result.json': `${JSON.stringify(figures, null, 2)}\n`,
        [BEST_FILE]: bestYaml,
        'space.yaml': plan.spaceText,
      },
    },
  }
}

function nothingFound(rows: readonly TrialRow[]): KtrdrError {
  const reasons = [...new Set(rows.flatMap(({ reason }) => reason ?? []))].slice(0, 3)
  return new KtrdrError(
    'OPERATION_FAILED',
    `None of ${rows.length} trials came to a figure: ${reasons.join('; ') || 'the objective is undefined in all of them'}.`,
    { suggestions: ['Narrow the space to values that can work, or take another --objective.'] },
  )
}

function countsOf(rows: readonly TrialRow[]): Record<TrialRow['outcome'], number> {
  const counts = { completed: 0, pruned: 0, halved: 0, infeasible: 0, failed: 0 }
  for (const { outcome } of rows) counts[outcome]++
  return counts
}

function shownRow({ trial, values, outcome, objective, figures, rung }: TrialRow) {
  return { trial, values, outcome, objective, figures, rung } satisfies Json
}

const EPOCHS = ['training', 'epochs']

/** As the strategy that was searched, comments and all; trained for as many epochs as its trial was. */
function bestStrategy(plan: SearchPlan, { trial, values, objective }: TrialRow): string {
  const { space, strategyText, method, trials, seed } = plan
  const searched = space.parameters.map(({ path }, i) => ({ path, value: values[i]! }))
  const trained = plan.epochs === null ? [] : [{ path: EPOCHS, value: plan.epochs }]
  const assignments = [...searched, ...trained]
  return writeWithValues(strategyText, assignments, [
    `Trial ${trial} of ${trials} that ktrdr search tried by ${method}, seed ${seed}: ${plan.objective} ${objective}.`,
    ...assignments.map(({ path, value }) => `  ${pathText(path)}: ${JSON.stringify(value)}`),
  ])
}

/**
 * How good the best is beside the best that luck alone would have found (Bailey & López de Prado 2014): the spread of the
 * Sharpe ratios of the trials decides how high that is.
 */
function luckOf(rows: readonly TrialRow[], best: TrialRow) {
  const sharpes = rows.flatMap(({ figures: { sharpePerBar } }) => sharpePerBar ?? [])
  const { sharpePerBar, skewness, excessKurtosis, returns } = best.figures
  const spread = deviationOf(sharpes)
  const isKnown =
    sharpePerBar != null && skewness != null && excessKurtosis != null && returns != null
  const sharpeRatio = best.figures['sharpeRatio'] ?? null
  const yearly = isKnown && sharpeRatio !== null ? sharpeRatio / sharpePerBar : null
  const expected = spread === null ? null : expectedHighestSharpe(sharpes.length, spread)
  return {
    trials: sharpes.length,
    sharpeRatio,
    /** A year, as `sharpeRatio`: what the best of as many trials without skill would show. */
    expectedHighestSharpeRatio:
      expected === null || yearly === null || !Number.isFinite(yearly) ? null : expected * yearly,
    deflatedSharpeRatio:
      isKnown && spread !== null
        ? deflatedSharpe(
            { count: returns, sharpePerBar, skewness, excessKurtosis },
            sharpes.length,
            spread,
          )
        : null,
  }
}

/** With ddof 1; null of fewer than two. */
function deviationOf(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return Math.sqrt(squares / (values.length - 1))
}
