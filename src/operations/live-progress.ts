// Where a running operation stands. Its row says where its last save does; its log, which the run writes anyway, is at most a
// second old, and of a run of many hours some seconds.

import { logPath } from './operation-log.ts'
import { readLastLines } from './read-log.ts'
import type { Layout } from '../core/layout.ts'
import type { Progress } from '../core/operation.ts'
import type { OperationOutline } from '../store/operation-table.ts'

/** The row, with the progress that the run has told since it was started or resumed last. */
export function withLiveProgress<Operation extends OperationOutline>(
  { logs }: Pick<Layout, 'logs'>,
  operation: Operation,
): Operation {
  if (operation.status !== 'running') return operation
  const progress = newestProgress(logPath(logs, operation.id))
  return progress ? { ...operation, progress } : operation
}

function newestProgress(path: string): Progress | undefined {
  const told = readLastLines(path).findLast(
    ({ event }) => event?.kind === 'progress' || event?.kind === 'started',
  )
  return told?.event?.kind === 'progress' ? told.event.progress : undefined
}
