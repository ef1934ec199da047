// A search as a queue of trials: a strategy, a space of values and bars in; a table of trials and the best strategy out.

import type { Json } from '../core/hash.ts'
import { loadSearch, type SearchPlan, type SearchRequest } from './search-inputs.ts'
import { finishSearch, rankedRows } from './search-outcome.ts'
import { isReleased, resultOf, taskCount, trialTask } from './search-plan.ts'
import type { QueueKind, TaskResults } from './task-queue.ts'

export const searchKind: QueueKind<SearchPlan> = {
  type: 'search',
  unit: 'trial',

  load: (settings: Json, resources) => loadSearch(settings as unknown as SearchRequest, resources),

  total: taskCount,
  task: trialTask,
  isReleased,

  metrics(plan, results) {
    const best = rankedRows(plan, results).find(({ loss }) => loss !== null)
    return { best: best?.objective ?? null, ...countOutcomes(plan, results) }
  },

  finish: (plan, records) => {
    const results: TaskResults = {
      count: records.length,
      unbroken: records.length,
      get: (index) => records[index],
    }
    return finishSearch(plan, results)
  },
}

function countOutcomes(plan: SearchPlan, results: TaskResults): Record<string, number> {
  const counts: Record<string, number> = { infeasible: 0 }
  if (plan.isPruned) counts['pruned'] = 0
  for (let task = 0; task < results.unbroken; task++) {
    const outcome = resultOf(results, task)?.outcome
    if (outcome !== undefined && outcome in counts) counts[outcome]! += 1
  }
  return counts
}
