// The states of an operation and the moves between them. Everything that changes a status is one of these moves.

import type { OperationStatus } from '../core/operation.ts'
import type { OperationRow } from '../store/operation-table.ts'

export const LEGAL_MOVES: Readonly<Record<OperationStatus, readonly OperationStatus[]>> = {
  pending: ['running', 'cancelled'],
  running: ['completed', 'failed', 'cancelled'],
  completed: ['cancelled'], // by a rollback to a kept checkpoint
  failed: ['running'],
  cancelled: ['running'],
}

/** Where a resume may start. */
export const RESUMABLE = (Object.keys(LEGAL_MOVES) as OperationStatus[]).filter(
  (status) => status !== 'pending' && LEGAL_MOVES[status].includes('running'),
)

/** Whether a resume may start. What was rebuilt without its settings can be looked at and exported. */
export function isResumable({
  status,
  settings,
}: Pick<OperationRow, 'status' | 'settings'>): boolean {
  return RESUMABLE.includes(status) && settings !== null
}
