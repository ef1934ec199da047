// Which operations a list shows, and in which order.

import type { Layout } from '../core/layout.ts'
import { OPERATION_STATUSES, type OperationStatus } from '../core/operation.ts'
import type { Sqlite } from '../store/database.ts'
import { OPERATION_ORDERS, pageOperations } from '../store/operation-list.ts'
import { withLiveProgress } from './live-progress.ts'
import { RESUMABLE } from './states.ts'
import { viewListed, type OperationView } from './views.ts'

/** What an operation can be found in: nothing waits as `pending` yet. */
export const LIST_STATUSES = OPERATION_STATUSES.filter((status) => status !== 'pending')

export const LIST_SORTS = OPERATION_ORDERS

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
  layout: Pick<Layout, 'logs'>,
  nowMs: number,
  { status, type, resumable, limit, sort = 'age' }: ListOptions,
): OperationView[] {
  const resumableIn = resumable ? RESUMABLE : undefined
  const page = { status, type, resumableIn, order: sort, limit }
  return pageOperations(db, page).map((row) => viewListed(db, withLiveProgress(layout, row), nowMs))
}
