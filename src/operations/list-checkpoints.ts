// Which checkpoints a list shows, and in which order.

import type { CheckpointType, OperationStatus } from '../core/operation.ts'
import { parseDuration } from '../core/units.ts'
import { listAllCheckpoints, listCheckpoints } from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import { statusesOfSaved } from '../store/operation-list.ts'
import { findOperationNamed } from './find-checkpoint.ts'
import { viewCheckpoint, type CheckpointView } from './checkpoint-view.ts'

export const CHECKPOINT_SORTS = ['age', 'size'] as const

export type CheckpointListOptions = {
  readonly type?: CheckpointType | undefined
  /** Of their operation. */
  readonly status?: OperationStatus | undefined
  readonly tag?: string | undefined
  readonly pinned?: boolean | undefined
  readonly damaged?: boolean | undefined
  /** "30d" */
  readonly olderThan?: string | undefined
  readonly sort?: (typeof CHECKPOINT_SORTS)[number] | undefined
}

/** Newest first, unless another order is asked for. @throws USAGE, OPERATION_NOT_FOUND */
export function listCheckpointViews(
  db: Sqlite,
  nowMs: number,
  text: string | undefined,
  options: CheckpointListOptions,
): CheckpointView[] {
  const { type, status, tag, pinned, damaged, olderThan, sort = 'age' } = options
  // Not 0: what was saved before the clock was set back is younger than nothing.
  const olderThanMs = olderThan === undefined ? -Infinity : parseDuration(olderThan)
  const rows =
    text === undefined
      ? listAllCheckpoints(db)
      : listCheckpoints(db, findOperationNamed(db, text).id)
  const statuses = statusesOfSaved(db)
  const views = rows
    .filter(
      (row) =>
        (type === undefined || row.type === type) &&
        (status === undefined || statuses.get(row.operationId) === status) &&
        (tag === undefined || row.tag === tag) &&
        (!pinned || row.isPinned) &&
        (!damaged || row.damage !== null),
    )
    .map((row) => viewCheckpoint(row, nowMs))
    .filter(({ ageMs }) => ageMs >= olderThanMs)
  return sort === 'age' ? views : views.toSorted((a, b) => b.sizeBytes - a.sizeBytes)
}
