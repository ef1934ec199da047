// What one can do with operations from any terminal, as the front door offers it: cancel, save now, watch, read the
// log, delete. Starting and resuming stand in ktrdr.ts, for they run here.

import type { Clock } from '../core/clock.ts'
import type { LogLevel } from '../core/events.ts'
import type { Layout } from '../core/layout.ts'
import type { Sqlite } from '../store/database.ts'
import { listRunningIds } from '../store/operation-list.ts'
import { cancelOperation } from './cancel.ts'
import { checkDeletable, deleteOperationOf, type DeletedOperation } from './delete-operation.ts'
import { operationRunning } from './errors.ts'
import { findOperationNamed } from './find-checkpoint.ts'
import { logPath } from './operation-log.ts'
import type { LogLine } from './read-log.ts'
import { saveNow } from './save-now.ts'
import { tellLog, type LogOptions } from './tell-log.ts'
import { viewCheckpoint, type CheckpointView } from './checkpoint-view.ts'
import { viewOperation, type OperationView } from './views.ts'
import { endOf, keepsLog, watchOperations, type WatchedEvent } from './watch.ts'

export type SeveralCancelled = {
  /** As they ended. */
  readonly operations: readonly OperationView[]
  /** Still running: their owners have not answered in time. */
  readonly unanswered: readonly OperationView[]
}

/** @param logLevel of what a log is to tell */
export function operationCommands(
  context: { readonly db: Sqlite; readonly layout: Layout; readonly clock: Clock },
  logLevel: LogLevel,
) {
  const { db, layout, clock } = context
  const idOf = (text: string): string => findOperationNamed(db, text).id
  const view = (text: string): OperationView =>
    viewOperation(db, findOperationNamed(db, text), clock.nowMs())
  const cancel = async (
    text: string,
    reason: string | null,
    waitMs: number,
  ): Promise<OperationView> => {
    const row = await cancelOperation(db, clock, idOf(text), reason, waitMs)
    return viewOperation(db, row, clock.nowMs())
  }

  return {
    cancel,
    /** All that run, at once. One that has ended by itself meanwhile is shown as it ended. */
    cancelAll: async (reason: string | null, waitMs: number): Promise<SeveralCancelled> => {
      const ids = listRunningIds(db)
      const asked = await Promise.allSettled(ids.map((id) => cancel(id, reason, waitMs)))
      const views = asked.map((one, i) => (one.status === 'fulfilled' ? one.value : view(ids[i]!)))
      return {
        operations: views.filter(({ status }) => status !== 'running'),
        unanswered: views.filter(({ status }) => status === 'running'),
      }
    },
    saveNow: async (text: string, waitMs: number): Promise<CheckpointView> =>
      viewCheckpoint(await saveNow(context, idOf(text), waitMs), clock.nowMs()),
    watch: (
      ids: readonly string[],
      listener: (told: WatchedEvent) => void,
      signal: AbortSignal,
    ): Promise<void> => watchOperations(context, ids, listener, signal),
    /** Whether there is more of it to watch than its saves. */
    keepsLog: (id: string): boolean => keepsLog(layout, id),
    /** How it has ended, as its own terminal saw it. */
    end: (text: string) => endOf(db, findOperationNamed(db, text)),
    /** @returns the file */
    log: async (
      text: string,
      options: Omit<LogOptions, 'level'>,
      listener: (lines: readonly LogLine[]) => void,
      signal: AbortSignal,
    ): Promise<{ readonly operationId: string; readonly path: string }> => {
      const operationId = idOf(text)
      await tellLog(context, operationId, { ...options, level: logLevel }, listener, signal)
      return { operationId, path: logPath(layout.logs, operationId) }
    },
    /** @throws what `delete` would refuse for */
    checkDeletable: (text: string, withResults: boolean): OperationView => {
      const operation = view(text)
      const { operationId, status } = operation
      if (status === 'running') throw operationRunning(operationId)
      checkDeletable(db, layout, operationId, withResults)
      return operation
    },
    delete: (text: string, withResults: boolean): DeletedOperation =>
      deleteOperationOf(context, idOf(text), withResults),
  }
}
