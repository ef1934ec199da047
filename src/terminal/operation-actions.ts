// What is said before and after something is done with an operation.

import { placeText, type Cursor } from '../core/operation.ts'
import { ago, idText, size, visible } from './format.ts'
import type { OperationLine } from './operations.ts'
import { table } from './table.ts'
import { hanging } from './wrap.ts'

/** What `operations cancel` answers: the operation may have ended in another way meanwhile. */
export function cancelledScreen(operation: OperationLine): string {
  const { operationId, status, cursor, resumable } = operation
  const what = status === 'cancelled' ? 'Cancelled' : `It had already ended: ${status}`
  const lines = [`${what} at ${placeText(cursor)}.`]
  if (resumable) lines.push(`To continue:  ktrdr operations resume ${operationId}`)
  return lines.join('\n')
}

/** What a command answers that has started a run and does not wait for it. */
export function detachedScreen({
  operationId,
  pid,
}: {
  readonly operationId: string
  readonly pid: number
}): string {
  return [
    `${operationId} goes on without this terminal (process ${pid}).`,
    `To watch:  ktrdr operations watch ${operationId}`,
    `To stop:   ktrdr operations cancel ${operationId}`,
  ].join('\n')
}

/** What `operations cancel --all` answers. */
export function allCancelledScreen(
  {
    operations,
    unanswered,
  }: {
    readonly operations: readonly OperationLine[]
    readonly unanswered: readonly OperationLine[]
  },
  room = Infinity,
): string {
  if (operations.length + unanswered.length === 0) return 'Nothing is running.'
  const rows = [...operations, ...unanswered].map((operation) => [
    idText(operation.operationId, room),
    operation.status.toUpperCase(),
    placeText(operation.cursor),
    operation.resumable ? 'can be resumed' : '',
  ])
  const columns = [
    { head: 'OPERATION_ID' },
    { head: 'STATUS' },
    { head: 'PROGRESS', gone: 2 },
    { head: '', gone: 1 },
  ] as const
  return table(columns, rows, room)
}

/** What is said before an operation is started once more. */
export function retryNotice({
  operationId,
  isResumable,
}: {
  readonly operationId: string
  readonly isResumable: boolean
}): string {
  const lines = [
    `Again what ${operationId} was: its settings and its strategy as they were then; the data is read anew.`,
  ]
  if (isResumable)
    lines.push(`To keep what it has computed:  ktrdr operations resume ${operationId}`)
  return lines.join('\n')
}

export function savedScreen(checkpoint: {
  readonly operationId: string
  readonly seq: number
  readonly unit: string
  readonly at: number
  readonly of: number
  readonly within: Cursor['within']
  readonly sizeBytes: number
}): string {
  const { operationId, seq, sizeBytes } = checkpoint
  return `Saved ${operationId}@${seq} at ${placeText(checkpoint)} (${size(sizeBytes)}).`
}

export function deleteOperationQuestion(
  operation: OperationLine,
  withResults: boolean,
  room = Infinity,
): string {
  const { operationId, type, name, status, cursor, ageMs, checkpointBytes, resumable } = operation
  const lines = [
    `Are you sure you want to delete ${operationId}?`,
    `  ${type} of ${name}, ${status}, ${placeText(cursor)}, started ${ago(ageMs)}`,
    `  its record and its log${checkpointBytes > 0 ? `, its checkpoints (${size(checkpointBytes)})` : ''}${withResults ? ', what it has published' : ''}`,
  ]
  if (resumable) lines.push('It will not be resumable after deletion.')
  return lines.map((line) => hanging('', visible(line), room)).join('\n')
}

export function deletedOperationScreen({
  operationId,
  results,
  bytesFreed,
}: {
  readonly operationId: string
  readonly results: readonly string[]
  readonly bytesFreed: number
}): string {
  return [
    `${operationId} deleted, ${size(bytesFreed)} freed.`,
    ...results.map((path) => `  ${visible(path)}`),
  ].join('\n')
}

/** What is said when somebody stops watching before the end. */
export function stillRunningNotice(
  operations: readonly { readonly operationId: string }[],
): string {
  const ids = operations.map(({ operationId }) => operationId)
  return `Not watched any more; ${ids.join(', ')} ${ids.length === 1 ? 'goes' : 'go'} on.`
}

/** What is said of runs that were started with `log.level` silent. */
export function unloggedNotice(operationIds: readonly string[]): string {
  return `! ${operationIds.join(', ')} ${operationIds.length === 1 ? 'keeps' : 'keep'} no log: seen are its saves alone. For more, start runs without KTRDR_LOG_LEVEL=silent (log.level).`
}
