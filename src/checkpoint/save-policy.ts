// When to save: a pure function of what has passed since the last save, and of what saving has cost so far. Unit
// triggers fire on multiples of N, so "every 10 epochs" saves at 10, 20, 30 … also after a resume from 29. A policy
// with no trigger never saves.

export type SavePolicy = {
  /** Unit → every how many, e.g. {epoch: 10}. Units that a job does not have are no triggers. */
  readonly every: Readonly<Record<string, number>>
  /** Milliseconds between saves, armed from the start; null = no time trigger. */
  readonly intervalMs: number | null
  /** Least milliseconds between two saves (the throttle of document 003); 0 = none. */
  readonly minIntervalMs: number
  /** Save when the run is stopped or fails. False only for runs that are to save nothing at all. */
  readonly onStop: boolean
  /** Fits the triggers to what a save costs; null = they are obeyed to the letter. Old operations have none. */
  readonly adaptive?: Adaptive | null
}

/** A unit that moves whenever a job has a new best state. */
export const BEST = 'best'

export type Adaptive = {
  /** The share of the running time that periodic saves may take. */
  readonly budgetRatio: number
  /** Mean time between failures that the time trigger reckons with. */
  readonly mtbfMs: number
  /** Work of less than this is not worth a save: none comes earlier, and the time trigger never sooner. */
  readonly settleMs: number
}

/** Where an attempt stands, or stood at its last save. */
export type Moment = {
  readonly units: Readonly<Record<string, number>>
  /** Milliseconds since the attempt began to compute. */
  readonly runningMs: number
}

/** For how long the periodic saves of an attempt have blocked its job. */
export type SavingCost = {
  readonly saves: number
  readonly blockedMs: number
  /** What the next one is expected to take: as long as the last. */
  readonly nextMs: number
}

/** Half a millisecond is what the state of a middling network takes; the first save measures it. */
export const NOTHING_SPENT: SavingCost = { saves: 0, blockedMs: 0, nextMs: 0.5 }

export function spend({ saves, blockedMs }: SavingCost, ms: number): SavingCost {
  return { saves: saves + 1, blockedMs: blockedMs + ms, nextMs: ms }
}

/** A trigger that is put off stays due: it fires at the first safe point where it may, at the latest at the interval. */
export function isSaveDue(
  policy: SavePolicy,
  last: Moment,
  { units, runningMs }: Moment,
  cost: SavingCost,
): boolean {
  const sinceMs = runningMs - last.runningMs
  if (sinceMs < policy.minIntervalMs) return false
  if (policy.intervalMs !== null && sinceMs >= policy.intervalMs) return true
  if (policy.adaptive && !isAffordable(policy.adaptive, runningMs, cost)) return false
  const intervalMs = timeTriggerMs(policy, cost)
  if (intervalMs !== null && sinceMs >= intervalMs) return true
  return Object.entries(policy.every).some(([unit, every]) => {
    const now = units[unit]
    return (
      now !== undefined && Math.floor(now / every) > Math.floor((last.units[unit] ?? 0) / every)
    )
  })
}

/** Whether what is due is, among other things, to keep a new best state. */
export function isNewBest(policy: SavePolicy, last: Moment, now: Moment): boolean {
  return policy.every[BEST] !== undefined && (now.units[BEST] ?? 0) > (last.units[BEST] ?? 0)
}

/** With one more save the attempt is still within its budget (after CheckFreq: Mohan et al., FAST '21). */
function isAffordable(
  { budgetRatio, settleMs }: Adaptive,
  runningMs: number,
  { blockedMs, nextMs }: SavingCost,
): boolean {
  return runningMs >= settleMs && blockedMs + nextMs <= budgetRatio * runningMs
}

/**
 * Saving and computing again after a failure together cost least at √(2·C·MTBF), where C is the cost of a save: Young
 * 1974, Daly 2006. Never less often than the interval.
 */
function timeTriggerMs({ intervalMs, adaptive }: SavePolicy, cost: SavingCost): number | null {
  if (intervalMs === null || !adaptive) return intervalMs
  const meanMs = cost.saves === 0 ? cost.nextMs : cost.blockedMs / cost.saves
  const optimumMs = Math.sqrt(2 * meanMs * adaptive.mtbfMs)
  return Math.min(intervalMs, Math.max(adaptive.settleMs, optimumMs))
}

/** How many of `unit` may pass before its trigger fires. */
export function untilTrigger(policy: SavePolicy, unit: string, now: number): number {
  const every = policy.every[unit]
  return every === undefined ? Infinity : every - (now % every)
}
