// What to keep and what goes, each with its reason: pure functions over checkpoints. The order is that of their
// numbers, never of a clock; a time only says how old one is, and which hour, day or week it stands for.
//
// A save judges by counts alone. Clean-up judges by age too, and takes what a rollback has left behind. Pinned and
// tagged ones always stay; so does, unless it is too old, the newest good one: what a resume would go on from.

import { durationText } from '../core/units.ts'
import type { Lane } from '../store/blob-table.ts'

/** Stored with its operation; what is absent (ktrdr 0.1.0 had only the first two) or 0 is no rule. */
export type RetentionRule = {
  readonly keepLast: number
  readonly keepBest: number
  /** Every k-th, by its number. */
  readonly keepEvery?: number
  /** The newest one of each of the newest so many hours, days or weeks (UTC) that have one. */
  readonly keepHourly?: number
  readonly keepDaily?: number
  readonly keepWeekly?: number
  /** What is not among the newest so many goes, whatever else would keep it. */
  readonly maxVersions?: number
}

/** What clean-up judges by besides. */
export type AgeRule = { readonly nowMs: number; readonly maxAgeMs: number | null }

export type Candidate = {
  readonly seq: number
  /** Lower is better. */
  readonly metric: number | null
  readonly createdAtMs: number
  readonly damage: string | null
  readonly isSuperseded: boolean
  readonly isPinned: boolean
  readonly tag: string | null
}

export type Verdict<Checkpoint> = {
  readonly checkpoint: Checkpoint
  readonly isKept: boolean
  readonly reason: string
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
/** The epoch was a Thursday; weeks begin on Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS

/** @param age null at a save */
export function judge<Checkpoint extends Candidate>(
  checkpoints: readonly Checkpoint[],
  rule: RetentionRule,
  age: AgeRule | null,
): Verdict<Checkpoint>[] {
  const good = newestFirst(checkpoints).filter(isGood)
  const reasons = reasonsToKeep(good, rule)
  const { maxVersions = 0 } = rule
  const capped = new Set(maxVersions > 0 ? good.slice(maxVersions) : [])
  const newestGood = good.find((checkpoint) => !isTooOld(checkpoint, age))

  const keep = (reason: string) => ({ isKept: true, reason })
  const remove = (reason: string) => ({ isKept: false, reason })
  const judgeOne = (checkpoint: Checkpoint): Omit<Verdict<Checkpoint>, 'checkpoint'> => {
    if (checkpoint.isPinned) return keep('pinned')
    if (checkpoint.tag !== null) return keep(`tagged (${checkpoint.tag})`)
    if (isTooOld(checkpoint, age)) return remove(`older than ${durationText(age!.maxAgeMs!)}`)
    if (newestGood === undefined) return keep('no good one is left')
    if (checkpoint.damage !== null) return remove('damaged')
    if (checkpoint.isSuperseded)
      return age ? remove('left behind by a rollback') : keep('left behind, until clean-up')
    const reason = reasons.get(checkpoint)
    if (checkpoint === newestGood) return keep(reason ?? 'newest 1')
    if (reason === undefined) return remove('superseded by newer ones')
    if (capped.has(checkpoint)) return remove(`more than ${maxVersions} per operation`)
    return keep(reason)
  }
  return checkpoints.map((checkpoint) => ({ checkpoint, ...judgeOne(checkpoint) }))
}

/**
 * Whose turn it is at the next save: not that of the newest good one that will stay beside it, so that what is kept is
 * never all of one lane. In the plain case they alternate; a best one that stays alone, or what is damaged or left behind,
 * would otherwise put the two that a resume can choose from into the same.
 */
export function nextLane(
  checkpoints: readonly (Candidate & { readonly lane: Lane })[],
  { seq, metric, createdAtMs }: Pick<Candidate, 'seq' | 'metric' | 'createdAtMs'>,
  rule: RetentionRule,
): Lane {
  const marks = { damage: null, isSuperseded: false, isPinned: false, tag: null }
  const next = { seq, metric, createdAtMs, ...marks, lane: null }
  const beside = judge([...newestFirst(checkpoints), next], rule, null).find(
    ({ checkpoint, isKept }) => isKept && checkpoint.lane !== null && isGood(checkpoint),
  )
  return beside?.checkpoint.lane === 0 ? 1 : 0
}

/**
 * In which order a quota takes checkpoints: those of the oldest operation first, its oldest first. What an operation
 * would be resumed from goes only when everything else is gone.
 * @param operations oldest first
 */
export function quotaOrder<Checkpoint extends Candidate>(
  operations: readonly {
    readonly isResumable: boolean
    readonly checkpoints: readonly Checkpoint[]
  }[],
): Checkpoint[] {
  const lists = operations.map(({ isResumable, checkpoints }) => {
    const mayGo = newestFirst(checkpoints).filter(({ isPinned, tag }) => !isPinned && tag === null)
    const last = isResumable ? mayGo.find(isGood) : undefined
    return {
      first: mayGo.filter((checkpoint) => checkpoint !== last).toReversed(),
      last: last === undefined ? [] : [last],
    }
  })
  return [...lists.flatMap(({ first }) => first), ...lists.flatMap(({ last }) => last)]
}

/** The first rule that keeps each of those that one keeps. @param good newest first */
function reasonsToKeep<Checkpoint extends Candidate>(
  good: readonly Checkpoint[],
  rule: RetentionRule,
): Map<Checkpoint, string> {
  const { keepLast, keepBest, keepEvery = 0 } = rule
  const { keepHourly = 0, keepDaily = 0, keepWeekly = 0 } = rule
  const best = good
    .filter(({ metric }) => metric !== null)
    .toSorted((a, b) => a.metric! - b.metric! || b.seq - a.seq)
  const every = good.filter(({ seq }) => keepEvery > 0 && seq % keepEvery === 0)
  const reasons = new Map<Checkpoint, string>()
  const keep = (reason: (one: Checkpoint) => string, those: readonly Checkpoint[]): void => {
    for (const one of those) if (!reasons.has(one)) reasons.set(one, reason(one))
  }
  keep(() => `newest ${keepLast}`, good.slice(0, keepLast))
  keep(
    ({ metric }) => `best ${keepBest} (${Number(metric!.toPrecision(4))})`,
    best.slice(0, keepBest),
  )
  keep(() => `every ${ordinal(keepEvery)}`, every)
  keep(() => 'hourly', newestOfEach(good, HOUR_MS, 0, keepHourly))
  keep(() => 'daily', newestOfEach(good, DAY_MS, 0, keepDaily))
  keep(() => 'weekly', newestOfEach(good, WEEK_MS, FIRST_MONDAY_MS, keepWeekly))
  return reasons
}

/** The newest of each of the first `count` different periods that are met. @param good newest first */
function newestOfEach<Checkpoint extends Candidate>(
  good: readonly Checkpoint[],
  periodMs: number,
  startMs: number,
  count: number,
): Checkpoint[] {
  const newest = new Map<number, Checkpoint>()
  for (const checkpoint of good) {
    const period = Math.floor((checkpoint.createdAtMs - startMs) / periodMs)
    if (!newest.has(period) && newest.size < count) newest.set(period, checkpoint)
  }
  return [...newest.values()]
}

function isGood({ damage, isSuperseded }: Candidate): boolean {
  return damage === null && !isSuperseded
}

function isTooOld({ createdAtMs }: Candidate, age: AgeRule | null): boolean {
  return age !== null && age.maxAgeMs !== null && age.nowMs - createdAtMs > age.maxAgeMs
}

function newestFirst<Checkpoint extends Candidate>(
  checkpoints: readonly Checkpoint[],
): Checkpoint[] {
  return checkpoints.toSorted((a, b) => b.seq - a.seq)
}

/** 1st, 2nd, 3rd, 4th … 11th … 21st. */
function ordinal(n: number): string {
  const isTeen = n % 100 >= 11 && n % 100 <= 13
  return `${n}${(!isTeen && ['', 'st', 'nd', 'rd'][n % 10]) || 'th'}`
}
