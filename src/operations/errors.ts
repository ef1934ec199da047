// Ordinary refusals that several operations share.

import { KtrdrError } from '../core/errors.ts'
import type { CheckpointRow } from '../store/checkpoint-table.ts'

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
  seq: number | null,
  rows: readonly CheckpointRow[],
): KtrdrError {
  const what = seq === null ? 'no checkpoint' : `no checkpoint #${seq}`
  const others = rows.length > 0 ? ` It has ${rows.map((row) => `#${row.seq}`).join(', ')}.` : ''
  return new KtrdrError('CHECKPOINT_NOT_FOUND', `${operationId} has ${what}.${others}`, {
    suggestions: [`ktrdr checkpoints list${rows.length > 0 ? ` ${operationId}` : ''}`],
    details: { operationId, seq },
  })
}
