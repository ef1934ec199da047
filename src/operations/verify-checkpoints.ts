// Reading checkpoints back to see whether they are whole, also those of running operations: no lock is taken, nothing is
// written but the mark of damage and when a pack was last found right. Only what is certain is marked: a disk that does
// not answer says nothing of the file.

import type { Source } from '../checkpoint/read-blobs.ts'
import { loadCheckpoint } from '../checkpoint/read-checkpoint.ts'
import type { StoreProblem } from '../checkpoint/store-problems.ts'
import type { Clock } from '../core/clock.ts'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { packsNeededBy } from '../store/blob-table.ts'
import { listCheckpoints, markCheckpoint, type CheckpointRow } from '../store/checkpoint-table.ts'
import { inTransaction } from '../store/database.ts'
import { listPacks, markVerified } from '../store/pack-table.ts'
import type { Repair } from './repair-checkpoints.ts'

export type Verdict = 'ok' | 'damaged' | 'too-new' | 'unreadable'

export type VerifiedCheckpoint = {
  readonly operationId: string
  readonly seq: number
  readonly sizeBytes: number
  readonly verdict: Verdict
  /** What is wrong with it; null when it is ok. */
  readonly reason: string | null
  /** It was marked as damaged until now, and is not. */
  readonly wasMarked: boolean
}

export type Verification = {
  readonly checkpoints: readonly VerifiedCheckpoint[]
  /** How many there were to choose from. */
  readonly total: number
  /** Replaced or deleted before they were read. */
  readonly vanished: number
  readonly damaged: number
  /** What else is wrong with the store; looked for when no operation is named. */
  readonly problems: readonly StoreProblem[]
  /** What was done about it. */
  readonly repairs: readonly Repair[]
}

type Context = Source & { readonly clock: Clock }

/**
 * Reads every byte of the checkpoints and marks what is damaged, and what no longer is.
 * @param share 0 … 1: of the packs those that were not verified for longest, so that sample after sample all are read
 */
export function verifyCheckpoints(
  context: Context,
  rows: readonly CheckpointRow[],
  share = 1,
): Omit<Verification, 'problems' | 'repairs'> {
  const chosen = share < 1 ? sampled(context, rows, share) : rows
  const checkpoints = chosen.flatMap((row) => verifyOne(context, row) ?? [])
  return {
    checkpoints,
    total: rows.length,
    vanished: chosen.length - checkpoints.length,
    damaged: checkpoints.filter(({ verdict }) => verdict === 'damaged').length,
  }
}

/** Checkpoints that need one of the packs whose turn it is, and those that need none: they stand in the database. */
function sampled({ db }: Source, rows: readonly CheckpointRow[], share: number): CheckpointRow[] {
  const needs = new Map(rows.map((row) => [row, packsNeededBy(db, row.id)]))
  const needed = new Set([...needs.values()].flat())
  const packs = listPacks(db).filter(({ id }) => needed.has(id))
  const turn = new Set(packs.slice(0, Math.ceil(packs.length * share)).map(({ id }) => id))
  return rows.filter((row) => {
    const ids = needs.get(row)!
    return ids.length === 0 || ids.some((id) => turn.has(id))
  })
}

/** undefined when it has vanished meanwhile. */
function verifyOne(context: Context, row: CheckpointRow): VerifiedCheckpoint | undefined {
  const { db, clock } = context
  const packs = packsNeededBy(db, row.id)
  const { verdict, reason } = judge(context, row)
  const isThere = inTransaction(db, () => {
    const now = findAgain(context, row)
    const isCertain = verdict === 'ok' || verdict === 'damaged'
    if (now && isCertain && now.damage !== reason) markCheckpoint(db, row.id, { damage: reason })
    if (now && verdict === 'ok') for (const id of packs) markVerified(db, id, clock.nowMs())
    return now !== undefined
  })
  if (!isThere) return undefined
  const { operationId, seq, sizeBytes, damage } = row
  const wasMarked = verdict === 'ok' && damage !== null
  return { operationId, seq, sizeBytes, verdict, reason, wasMarked }
}

/** The same checkpoint as it stands now: an id alone may have been given to another one. */
export function findAgain({ db }: Source, row: CheckpointRow): CheckpointRow | undefined {
  return listCheckpoints(db, row.operationId).find(
    ({ id, seq, createdAtMs }) =>
      id === row.id && seq === row.seq && createdAtMs === row.createdAtMs,
  )
}

export function judge(
  source: Source,
  row: CheckpointRow,
): { readonly verdict: Verdict; readonly reason: string | null } {
  try {
    loadCheckpoint(source, row)
    return { verdict: 'ok', reason: null }
  } catch (error) {
    const code = error instanceof KtrdrError ? error.code : systemCode(error)
    if (code === undefined) throw error
    const reason = (error as Error).message
    if (code === 'CHECKPOINT_CORRUPT') return { verdict: 'damaged', reason }
    if (code === 'KEY_REQUIRED') return { verdict: 'unreadable', reason }
    if (code === 'FORMAT_TOO_NEW') return { verdict: 'too-new', reason }
    return {
      verdict: 'unreadable',
      reason: `The artifact ${(error as { artifact?: string }).artifact ?? 'in the database'} cannot be read (${code}).`,
    }
  }
}
