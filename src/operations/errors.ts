// Ordinary refusals that several operations share.

import { KtrdrError } from '../core/errors.ts'
import type { CheckpointRow } from '../store/checkpoint-table.ts'
import type { OperationRow } from '../store/operation-table.ts'

export function operationNotFound(operationId: string): KtrdrError {
  return new KtrdrError('OPERATION_NOT_FOUND', `There is no operation ${operationId}.`, {
    suggestions: ['ktrdr operations list'],
    details: { operationId },
  })
}

export function operationRunning(operationId: string, why = ''): KtrdrError {
  return new KtrdrError('OPERATION_ALREADY_RUNNING', `${operationId} is already running${why}.`, {
    suggestions: [`ktrdr operations show ${operationId}`, `ktrdr operations cancel ${operationId}`],
    details: { operationId },
  })
}

export function checkpointNotFound(
  operationId: string,
  /** A number, a tag, or null for any. */
  version: number | string | null,
  rows: readonly CheckpointRow[],
): KtrdrError {
  const name = typeof version === 'number' ? `#${version}` : version
  const what = version === null ? 'no checkpoint' : `no checkpoint ${name}`
  const others = rows.length > 0 ? ` It has ${rows.map((row) => `#${row.seq}`).join(', ')}.` : ''
  return new KtrdrError('CHECKPOINT_NOT_FOUND', `${operationId} has ${what}.${others}`, {
    suggestions: [`ktrdr checkpoints list${rows.length > 0 ? ` ${operationId}` : ''}`],
    details: { operationId, seq: version },
  })
}

/** @throws CHECKPOINT_CORRUPT when the row is not as it was written */
export function checkSealed({ id, isSealed }: OperationRow): void {
  if (isSealed) return
  throw new KtrdrError(
    'CHECKPOINT_CORRUPT',
    `The record of ${id} in the database is not as it was written, so the result could not be trusted.`,
    { suggestions: ['ktrdr doctor'], details: { operationId: id } },
  )
}
