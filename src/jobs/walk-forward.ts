// A walk-forward as a queue of folds: a strategy and bars in; what it would have traded, each fold with what was known when
// it began, out.

import type { Json } from '../core/hash.ts'
import type { QueueKind, TaskResults } from './task-queue.ts'
import {
  loadWalkForward,
  type WalkForwardPlan,
  type WalkForwardRequest,
} from './walk-forward-inputs.ts'
import { finishWalkForward } from './walk-forward-outcome.ts'
import { foldTask, taskCount, trialsOfFold } from './walk-forward-plan.ts'

export const walkForwardKind: QueueKind<WalkForwardPlan> = {
  type: 'walkforward',
  unit: 'fold',

  load: (settings: Json, resources) =>
    loadWalkForward(settings as unknown as WalkForwardRequest, resources),

  total: taskCount,
  task: foldTask,

  metrics: (plan, { unbroken }) =>
    plan.searches === null ? {} : { foldsDone: Math.floor(unbroken / trialsOfFold(plan)) },

  finish: (plan, records) => {
    const results: TaskResults = {
      count: records.length,
      unbroken: records.length,
      get: (index) => records[index],
    }
    return finishWalkForward(plan, results)
  },
}
