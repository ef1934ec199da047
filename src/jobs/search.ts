// A search as a queue of trials: a strategy, a space of values and bars in; a table of trials and the best strategy out.

import type { Json } from '../core/hash.ts'
import { loadSearch, type SearchPlan, type SearchRequest } from './search-inputs.ts'
import { finishSearch, rankedRows } from './search-outcome.ts'
import { isReleased, taskCount, trialTask } from './search-plan.ts'
import type { QueueKind, TaskResults } from './task-queue.ts'

export const searchKind: QueueKind<SearchPlan> = {
  type: 'search',
  unit: 'trial',

  load: (settings: Json, resources) => loadSearch(settings as unknown as SearchRequest, resources),

  total: taskCount,
  task: trialTask,
  isReleased,

  metrics(plan, results) {
    const ranked = rankedRows(plan, results)
    const countOf = (outcome: string): number =>
      ranked.filter((row) => row.outcome === outcome).length
    const given = { infeasible: countOf('infeasible'), pruned: countOf('pruned') }
    return {
      best: ranked[0]?.loss === null ? null : (ranked[0]?.objective ?? null),
      ...Object.fromEntries(Object.entries(given).filter(([, count]) => count > 0)),
    }
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
