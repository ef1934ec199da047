// What each kind of work is counted in, the outer unit first, and how it is saved where it differs from the settings.

import type { SavePolicy } from './checkpoint/save-policy.ts'
import { withSaveOptions, type RunSettings, type SaveOptions } from './operations/run-settings.ts'
import { runSettingsOf, type Settings } from './settings.ts'

export const UNITS = {
  training: ['epoch', 'batch'],
  backtesting: ['bar'],
  tasks: ['task', 'snapshot'],
  search: ['trial', 'snapshot'],
  walkforward: ['fold', 'snapshot'],
} as const
export type WorkType = keyof typeof UNITS

/** While a queue is saved its workers go on: it may take more of the time of the thread that hands out. */
const QUEUE_BUDGET = 0.05
const QUEUE_SETTLE_MS = 100

/** A queue saves whatever has ended, so that nothing that is done is done again, and what its workers hand over. */
export function savingOf(settings: Settings, type: WorkType, options: SaveOptions): RunSettings {
  const run = runSettingsOf(settings)
  const [unit] = UNITS[type]
  const isQueue = type !== 'training' && type !== 'backtesting'
  const own = isQueue ? { ...run, policy: queuePolicy(run.policy, unit) } : run
  return withSaveOptions(own, options, UNITS[type])
}

function queuePolicy(policy: SavePolicy, unit: string): SavePolicy {
  const every = { ...policy.every, [unit]: 1, snapshot: 1 }
  if (!policy.adaptive) return { ...policy, every }
  const { budgetRatio, settleMs } = policy.adaptive
  const adaptive = {
    ...policy.adaptive,
    budgetRatio: Math.max(budgetRatio, QUEUE_BUDGET),
    settleMs: Math.min(settleMs, QUEUE_SETTLE_MS),
  }
  return { ...policy, every, adaptive }
}
