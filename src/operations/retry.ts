// What an operation was started with, for a new one. Its settings stand in its row, the strategy's text among them; the
// data is read anew, and may have changed: that is what a retry is for and a resume is not.

import { KtrdrError } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import { listCheckpoints } from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import type { OperationRow } from '../store/operation-table.ts'
import { checkSealed, operationRunning } from './errors.ts'
import { recordedRunSettings, type RunSettings } from './run-settings.ts'
import { isResumable, RESUMABLE } from './states.ts'

export type Retry = {
  readonly operationId: string
  readonly type: string
  readonly request: Json
  readonly saving: RunSettings
  /** A resume would keep what has been computed. */
  readonly isResumable: boolean
}

/** @throws OPERATION_ALREADY_RUNNING, NOT_RETRYABLE, CHECKPOINT_CORRUPT */
export function retryOf(db: Sqlite, operation: OperationRow): Retry {
  const { id, type, status, settings, policy } = operation
  checkSealed(operation)
  if (status === 'running') throw operationRunning(id)
  if (!RESUMABLE.includes(status) || settings === null)
    throw new KtrdrError(
      'NOT_RETRYABLE',
      settings === null
        ? `${id} was rebuilt from packs that do not say what it was started with.`
        : `${id} is ${status}: there is nothing to try again.`,
      { suggestions: [`ktrdr operations show ${id}`], details: { operationId: id, status } },
    )
  const hasCheckpoint = listCheckpoints(db, id).some(
    ({ damage, isSuperseded }) => damage === null && !isSuperseded,
  )
  return {
    operationId: id,
    type,
    request: settings,
    saving: recordedRunSettings(policy),
    isResumable: hasCheckpoint && isResumable(operation),
  }
}
