// What one can do with checkpoints, as the front door offers it: verify, roll back, mark, compare, export, compact.

import { diffCheckpoints, type CheckpointDifference } from '../checkpoint/diff-checkpoints.ts'
import { exportCheckpoint } from '../checkpoint/export-checkpoint.ts'
import type { Compaction } from '../checkpoint/compact.ts'
import type { Source } from '../checkpoint/read-blobs.ts'
import { findDamage, loadCheckpoint } from '../checkpoint/read-checkpoint.ts'
import {
  databaseProblems,
  rowProblems,
  sealProblems,
  type StoreProblem,
} from '../checkpoint/store-problems.ts'
import type { Clock } from '../core/clock.ts'
import { KtrdrError } from '../core/errors.ts'
import { explainSystemError } from '../core/system-error.ts'
import { parseShare } from '../core/units.ts'
import {
  listAllCheckpoints,
  listCheckpoints,
  type CheckpointRow,
} from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import type { OperationRow } from '../store/operation-table.ts'
import { brokenSeals } from '../store/row-seal.ts'
import { compactCheckpoints } from './compact-checkpoints.ts'
import { checkpointNotFound } from './errors.ts'
import { findOneVersion, findOperationNamed, findVersion, parseVersion } from './find-checkpoint.ts'
import { markVersion, type UserMarks } from './mark-checkpoint.ts'
import { repairCheckpoints } from './repair-checkpoints.ts'
import { rollBack } from './rollback.ts'
import { verifyCheckpoints, type Verification } from './verify-checkpoints.ts'
import {
  viewCheckpoint,
  viewCheckpointDetails,
  type CheckpointDetails,
  type CheckpointView,
} from './checkpoint-view.ts'
import { viewOperation, type OperationView } from './views.ts'

export type RolledBack = {
  readonly checkpoint: CheckpointView
  readonly operation: OperationView
  /** Numbers of the checkpoints that no resume starts from any more. */
  readonly leftBehind: readonly number[]
  /** It had been completed: what it published stays. */
  readonly wasCompleted: boolean
}

export type ComparedCheckpoints = CheckpointDifference & {
  readonly a: CheckpointView
  readonly b: CheckpointView
}

export type ExportedCheckpoint = {
  readonly checkpoint: CheckpointView
  readonly path: string
  readonly bytes: number
}

export type CompactedCheckpoints = Compaction & { readonly operationId: string }

export type VerifyOptions = {
  /** "5%" */
  readonly sample?: string | undefined
  readonly repair?: boolean | undefined
}

export function checkpointCommands(context: Source & { readonly clock: Clock }) {
  const { db, clock } = context
  const view = (row: CheckpointRow): CheckpointView => viewCheckpoint(row, clock.nowMs())

  return {
    /** `ID` means its newest. A resume may go on from an older one when this one is damaged. */
    show: (text: string): CheckpointDetails => {
      const { operation, row } = findVersion(db, text)
      const details = viewCheckpointDetails(context, row, operation, clock.nowMs())
      const isUsable = (one: CheckpointRow): boolean => findDamage(context, one) === undefined
      const hasGoodOne = details.damage === null || listCheckpoints(db, operation.id).some(isUsable)
      return { ...details, resumable: details.resumable && hasGoodOne }
    },
    /** Of one, of an operation, or of all; then the rest of the store is looked at too. */
    verify: (text?: string, { sample = '100%', repair }: VerifyOptions = {}): Verification => {
      const share = parseShare(sample)
      const rows = text === undefined ? listAllCheckpoints(db) : rowsNamed(db, text)
      const problems = text === undefined ? problemsOf(db) : []
      const found = { ...verifyCheckpoints(context, rows, share), problems }
      return { ...found, repairs: repair ? repairCheckpoints(context, found) : [] }
    },
    rollBack: (text: string): RolledBack => {
      const { operation, row } = findOneVersion(db, text)
      const { row: now, leftBehind } = rollBack(context, operation.id, row.seq)
      return {
        checkpoint: view(now),
        operation: viewOperation(db, findOperationNamed(db, operation.id), clock.nowMs()),
        leftBehind,
        wasCompleted: operation.status === 'completed',
      }
    },
    mark: (text: string, marks: UserMarks): CheckpointView => {
      const { operation, row } = findOneVersion(db, text)
      return view(markVersion(context, operation.id, row.seq, marks))
    },
    diff: (textA: string, textB: string): ComparedCheckpoints => {
      const [a, b] = [findVersion(db, textA), findVersion(db, textB)]
      checkComparable(a.operation, b.operation)
      const load = ({ row }: typeof a) => ({ row, ...loadCheckpoint(context, row) })
      return { a: view(a.row), b: view(b.row), ...diffCheckpoints(load(a), load(b)) }
    },
    export: (text: string, target: string): ExportedCheckpoint => {
      const { row } = findVersion(db, text)
      try {
        const bytes = exportCheckpoint(context, row, target)
        return { checkpoint: view(row), path: target, bytes }
      } catch (error) {
        throw explainSystemError(error, `The checkpoint could not be exported to ${target}`)
      }
    },
    compact: (text: string): CompactedCheckpoints => {
      const operationId = findOperationNamed(db, text).id
      return { operationId, ...compactCheckpoints(context, operationId) }
    },
  }
}

function rowsNamed(db: Sqlite, text: string): CheckpointRow[] {
  const { operation, seq } = parseVersion(db, text)
  const rows = listCheckpoints(db, operation.id)
  const chosen = rows.filter((row) => seq === null || row.seq === seq)
  if (chosen.length === 0) throw checkpointNotFound(operation.id, seq, rows)
  return chosen
}

function problemsOf(db: Sqlite): StoreProblem[] {
  return [...databaseProblems(db), ...sealProblems(brokenSeals(db)), ...rowProblems(db)]
}

function checkComparable(a: OperationRow, b: OperationRow): void {
  if (a.type === b.type && a.name === b.name) return
  throw new KtrdrError(
    'USAGE',
    `A ${a.type} of ${a.name} and a ${b.type} of ${b.name} have nothing to compare.`,
    { suggestions: ['ktrdr checkpoints list'] },
  )
}
