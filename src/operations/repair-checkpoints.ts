// Repairing what `checkpoints verify` has found, under the lock of each operation. A pack that goes is in quarantine
// before; nothing is believed again because we say so: a row that is not as it was written stays marked, its seal broken.

import { join } from 'node:path'
import { removeIfEmpty } from '../checkpoint/durable-files.ts'
import { quarantine } from '../checkpoint/quarantine.ts'
import type { Source } from '../checkpoint/read-blobs.ts'
import type { StoreProblem } from '../checkpoint/store-problems.ts'
import { afterCommit, unlinkTrash } from '../checkpoint/write-checkpoint.ts'
import type { Clock } from '../core/clock.ts'
import { passPoint } from '../core/fault.ts'
import { dropUnneeded, packsNeededBy } from '../store/blob-table.ts'
import {
  listCheckpoints,
  removeCheckpoints,
  type CheckpointRow,
} from '../store/checkpoint-table.ts'
import { inTransaction } from '../store/database.ts'
import { setLastSeq } from '../store/operation-table.ts'
import { tryLock } from '../store/owner-lock.ts'
import { findPack, type PackRow } from '../store/pack-table.ts'
import { judge, type Verification } from './verify-checkpoints.ts'

export type Repair = {
  /** left: it could not be repaired; `what` says why, or what to do. */
  readonly action: 'quarantined' | 'dropped' | 'left'
  /** `ID`, `ID@SEQ`, or the database. */
  readonly subject: string
  readonly what: string
}

type Context = Source & { readonly clock: Clock }

/** Acts on what was found: each finding is looked at again under the lock. */
export function repairCheckpoints(
  context: Context,
  { checkpoints, problems }: Pick<Verification, 'checkpoints' | 'problems'>,
): Repair[] {
  const bad = checkpoints.filter(({ verdict }) => verdict !== 'ok')
  const uncertain = bad.filter(({ verdict }) => verdict !== 'damaged')
  const rows = problems.filter(({ kind }) => kind === 'rows')
  const ids = [
    ...bad.filter(({ verdict }) => verdict === 'damaged').map(({ operationId }) => operationId),
    ...rows.map(({ subject }) => subject),
  ]
  return [
    ...[...new Set(ids)].flatMap((operationId) => {
      const seqs = bad.filter((one) => one.operationId === operationId).map(({ seq }) => seq)
      const isSenseless = rows.some(({ subject }) => subject === operationId)
      return repairOperation(context, operationId, seqs, isSenseless)
    }),
    ...uncertain.map(({ operationId, seq, reason }): Repair => ({
      action: 'left',
      subject: `${operationId}@${seq}`,
      what: reason!,
    })),
    ...problems.filter(({ kind }) => kind !== 'rows').map(leftAsItIs),
  ]
}

function repairOperation(
  context: Context,
  operationId: string,
  seqs: readonly number[],
  isSenseless: boolean,
): Repair[] {
  const { db, layout, clock } = context
  const lock = tryLock(layout.locks, operationId)
  if (!lock) return [{ action: 'left', subject: operationId, what: 'It is running.' }]
  try {
    const rows = listCheckpoints(db, operationId)
    const damaged = rows.filter(
      (row) => seqs.includes(row.seq) && judge(context, row).verdict === 'damaged',
    )
    const lost = damaged.filter(({ isSealed }) => isSealed)
    const kept = rows.filter((row) => !lost.includes(row))
    const quarantined = packsOfOnly(context, lost, kept).flatMap((pack) =>
      quarantineOne(context, pack),
    )
    passPoint('repair.quarantined')
    inTransaction(db, () => {
      passPoint('repair.in-transaction')
      removeCheckpoints(db, lost, clock.nowMs())
      if (isSenseless) dropUnneeded(db, operationId, clock.nowMs())
      if (lost.length > 0) setLastSeq(db, operationId, kept[0]?.seq ?? 0)
      passPoint('repair.before-commit')
    })
    afterCommit(() => {
      passPoint('repair.after-commit')
      unlinkTrash(db, layout)
      removeIfEmpty(join(layout.packs, operationId))
    })
    return [
      ...quarantined,
      ...lost.map(({ seq }) => dropped(`${operationId}@${seq}`, 'It can never be read again.')),
      ...(isSenseless ? [dropped(operationId, 'Rows that nothing needs.')] : []),
      ...damaged.filter((row) => !lost.includes(row)).map(leftMarked),
    ]
  } finally {
    lock.release()
  }
}

function dropped(subject: string, what: string): Repair {
  return { action: 'dropped', subject, what }
}

/** Packs that go with these checkpoints, in part damaged: the others of the operation do not need them. */
function packsOfOnly(
  { db }: Source,
  lost: readonly CheckpointRow[],
  others: readonly CheckpointRow[],
): PackRow[] {
  const stay = new Set(others.flatMap(({ id }) => packsNeededBy(db, id)))
  const go = new Set(lost.flatMap(({ id }) => packsNeededBy(db, id)).filter((id) => !stay.has(id)))
  return [...go].flatMap((id) => findPack(db, id) ?? [])
}

function quarantineOne({ layout }: Source, { operationId, path }: PackRow): Repair[] {
  const copy = quarantine(layout, path)
  return copy === null
    ? []
    : [{ action: 'quarantined', subject: operationId, what: `${path} is kept as ${copy}.` }]
}

/** What its row says cannot be trusted, and so it cannot be known what it would take along. */
function leftMarked({ operationId, seq }: CheckpointRow): Repair {
  return {
    action: 'left',
    subject: `${operationId}@${seq}`,
    what: `Its row is not as it was written; it is marked and never used. ktrdr checkpoints delete ${operationId}@${seq}`,
  }
}

function leftAsItIs({ kind, subject, message }: StoreProblem): Repair {
  const remedy =
    kind === 'database'
      ? 'ktrdr doctor'
      : 'What depends on it is refused; start the operation again, or restore the database from a backup.'
  return { action: 'left', subject, what: `${message}. ${remedy}` }
}
