// A search as a queue of trials: a strategy, a space of values and bars in; a table of trials and the best strategy out.

import type { Json } from '../core/hash.ts'
import { loadSearch, type SearchPlan, type SearchRequest } from './search-inputs.ts'
import { finishSearch } from './search-outcome.ts'
import { isReleased, resultOf, rungsSoFar, taskCount, trialLoss, trialTask } from './search-plan.ts'
import type { QueueKind, TaskResults } from './task-queue.ts'

export const searchKind: QueueKind<SearchPlan> = {
  type: 'search',
  unit: 'trial',

  load: (settings: Json, resources) => loadSearch(settings as unknown as SearchRequest, resources),

  total: taskCount,
  task: trialTask,
  isReleased,

  metrics: glance,

  finish: (plan, records) => {
    const results: TaskResults = {
      count: records.length,
      unbroken: records.length,
      get: (index) => records[index],
    }
    return finishSearch(plan, results)
  },
}

/** Asked whenever a trial ends: one look at each result. */
function glance(plan: SearchPlan, results: TaskResults): Record<string, number | null> {
  const rungs = plan.method === 'halving' ? rungsSoFar(plan, results) : []
  const first = rungs.findLast((rung) => results.get(rung.first) !== undefined)?.first ?? 0
  const counts = { infeasible: 0, pruned: 0 }
  let best: { readonly loss: number; readonly objective: number | null } | null = null
  const tasks = taskCount(plan, results)
  for (let task = 0; task < tasks; task++) {
    const result = resultOf(results, task)
    if (result?.outcome === 'infeasible' || result?.outcome === 'pruned') counts[result.outcome]++
    const loss = task < first ? null : trialLoss(plan, result)
    if (loss !== null && (best === null || loss < best.loss))
      best = { loss, objective: result!.objective }
  }
  return {
    best: best?.objective ?? null,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
  }
}
