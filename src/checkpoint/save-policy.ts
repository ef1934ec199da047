// When to save: a pure function of what has passed since the last save. Unit triggers fire on multiples of N, so
// "every 10 epochs" saves at 10, 20, 30 … also after a resume from 29. A policy with no trigger never saves.

export type SavePolicy = {
  /** Unit → every how many, e.g. {epoch: 10}. Units that a job does not have are no triggers. */
  readonly every: Readonly<Record<string, number>>
  /** Milliseconds between saves, armed from the start; null = no time trigger. */
  readonly intervalMs: number | null
  /** Least milliseconds between two saves (the throttle of document 003); 0 = none. */
  readonly minIntervalMs: number
  /** Save when the run is stopped or fails. False only for runs that are to save nothing at all. */
  readonly onStop: boolean
}

export type Units = Readonly<Record<string, number>>

/** Where the run stood at its last save, or at its start. */
export type LastSave = { readonly units: Units; readonly elapsedMs: number }

export function isSaveDue(
  policy: SavePolicy,
  last: LastSave,
  units: Units,
  elapsedMs: number,
): boolean {
  const sinceMs = elapsedMs - last.elapsedMs
  if (sinceMs < policy.minIntervalMs) return false
  if (policy.intervalMs !== null && sinceMs >= policy.intervalMs) return true
  return Object.entries(policy.every).some(([unit, every]) => {
    const now = units[unit]
    return (
      now !== undefined && Math.floor(now / every) > Math.floor((last.units[unit] ?? 0) / every)
    )
  })
}

/** How many of `unit` may pass before its trigger fires. */
export function untilTrigger(policy: SavePolicy, unit: string, now: number): number {
  const every = policy.every[unit]
  return every === undefined ? Infinity : every - (now % every)
}
