// Reading checkpoints back to see whether they are whole, also those of running operations: no lock is taken, nothing is
// written but the mark of damage. Only what is certain is marked: a disk that does not answer says nothing of the file.

import type { Source } from '../checkpoint/read-blobs.ts'
import { loadCheckpoint } from '../checkpoint/read-checkpoint.ts'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { listCheckpoints, markCheckpoint, type CheckpointRow } from '../store/checkpoint-table.ts'
import { inTransaction } from '../store/database.ts'

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
}

/**
 * Reads every byte of the checkpoints and marks what is damaged, and what no longer is.
 * @param share 0 … 1, how many of them at least: every k-th of `rows`, beginning with the first
 */
export function verifyCheckpoints(
  source: Source,
  rows: readonly CheckpointRow[],
  share = 1,
): Verification {
  const step = Math.max(1, Math.floor(1 / share))
  const chosen = rows.filter((_, i) => i % step === 0)
  const checkpoints = chosen.flatMap((row) => verifyOne(source, row) ?? [])
  return {
    checkpoints,
    total: rows.length,
    vanished: chosen.length - checkpoints.length,
    damaged: checkpoints.filter(({ verdict }) => verdict === 'damaged').length,
  }
}

/** undefined when it has vanished meanwhile. */
function verifyOne(source: Source, row: CheckpointRow): VerifiedCheckpoint | undefined {
  const { db } = source
  const { verdict, reason } = judge(source, row)
  const isThere = inTransaction(db, () => {
    const now = listCheckpoints(db, row.operationId).find((other) => isSame(other, row))
    const isCertain = verdict === 'ok' || verdict === 'damaged'
    if (now && isCertain && now.damage !== reason) markCheckpoint(db, row.id, { damage: reason })
    return now !== undefined
  })
  if (!isThere) return undefined
  const { operationId, seq, sizeBytes, damage } = row
  const wasMarked = verdict === 'ok' && damage !== null
  return { operationId, seq, sizeBytes, verdict, reason, wasMarked }
}

/** An id alone may have been given to another one. */
function isSame(one: CheckpointRow, other: CheckpointRow): boolean {
  return one.id === other.id && one.seq === other.seq && one.createdAtMs === other.createdAtMs
}

function judge(
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
