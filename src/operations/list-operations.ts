// Which operations a list shows, and in which order.

import { OPERATION_STATUSES, type OperationStatus } from '../core/operation.ts'
import type { Sqlite } from '../store/database.ts'
import { listOperations } from '../store/operation-table.ts'
import { viewOperation, type OperationView } from './views.ts'

/** What an operation can be found in: nothing waits as `pending` yet. */
export const LIST_STATUSES = OPERATION_STATUSES.filter((status) => status !== 'pending')

export const LIST_SORTS = ['age', 'progress', 'size', 'status'] as const

export type ListOptions = {
  readonly status?: OperationStatus | undefined
  readonly type?: string | undefined
  readonly resumable?: boolean | undefined
  readonly limit?: number | undefined
  readonly sort?: (typeof LIST_SORTS)[number] | undefined
}

/** Newest first, unless another order is asked for. */
export function listOperationViews(
  db: Sqlite,
  nowMs: number,
  { status, type, resumable, limit, sort = 'age' }: ListOptions,
): OperationView[] {
  const views = listOperations(db)
    .map((row) => viewOperation(db, row, nowMs))
    .filter(
      (view) =>
        (status === undefined || view.status === status) &&
        (type === undefined || view.type === type) &&
        (!resumable || view.resumable),
    )
  return sorted(views, sort).slice(0, limit)
}

function sorted(views: OperationView[], by: NonNullable<ListOptions['sort']>): OperationView[] {
  switch (by) {
    case 'age':
      return views
    case 'progress':
      return views.toSorted((a, b) => b.progress - a.progress)
    case 'size':
      return views.toSorted((a, b) => b.checkpointBytes - a.checkpointBytes)
    case 'status':
      return views.toSorted((a, b) => a.status.localeCompare(b.status, 'en'))
  }
}
