// What to keep: a pure function over the checkpoints of one operation. The order is that of their numbers, never of
// a clock. The newest good checkpoint is always among the kept.

export type RetentionRule = { readonly keepLast: number; readonly keepBest: number }

type Candidate = {
  readonly seq: number
  readonly metric: number | null
  readonly damage: string | null
  readonly isSuperseded: boolean
  readonly isPinned: boolean
}

/** Splits `checkpoints` into those to keep and those to remove. */
export function applyRetention<Checkpoint extends Candidate>(
  checkpoints: readonly Checkpoint[],
  rule: RetentionRule,
): { keep: Checkpoint[]; remove: Checkpoint[] } {
  const good = checkpoints
    .filter(({ damage, isSuperseded }) => damage === null && !isSuperseded)
    .toSorted((a, b) => b.seq - a.seq)
  const best = good
    .filter(({ metric }) => metric !== null)
    .toSorted((a, b) => a.metric! - b.metric! || b.seq - a.seq)
    .slice(0, rule.keepBest)
  const others = checkpoints.filter(({ isPinned, isSuperseded }) => isPinned || isSuperseded)
  const kept = new Set([...good.slice(0, Math.max(1, rule.keepLast)), ...best, ...others])
  return {
    keep: checkpoints.filter((checkpoint) => kept.has(checkpoint)),
    remove: checkpoints.filter((checkpoint) => !kept.has(checkpoint)),
  }
}
