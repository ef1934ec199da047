// Tasks of a queue on the screen: what has become of them, and those in work.

import { counted } from '../core/text.ts'
import { donePercent, shortAge, size } from './format.ts'
import { labelled, table } from './table.ts'
import { hanging } from './wrap.ts'

export type TaskTotals = {
  readonly total: number
  readonly completed: number
  readonly quarantined: readonly {
    readonly index: number
    readonly error: { readonly message: string } | null
  }[]
  readonly withCheckpoints: number
  readonly checkpointsTaken: number
  readonly attempts: number
}

/** What the newest checkpoint of a queue says. */
export type QueueSummary = TaskTotals & {
  readonly averageProgress: number
  readonly inWork: readonly {
    readonly index: number
    readonly attempts: number
    readonly step: number
    readonly doneRatio: number | null
    readonly checkpoints: number
    readonly savedAtMs: number | null
    readonly snapshotBytes: number | null
    readonly lastError: { readonly message: string } | null
  }[]
}

export function isQueueSummary(state: unknown): state is QueueSummary {
  return typeof state === 'object' && state !== null && Object.hasOwn(state, 'inWork')
}

export type TasksResult = {
  readonly operationId: string
  readonly name: string
  readonly output: unknown
  readonly resultsSha256: string
  readonly tasks: TaskTotals & { readonly path: string }
}

/** Longer ones are in the file. */
const OUTPUT_LENGTH = 400

export function tasksResult(result: TasksResult, room: number): string {
  const { operationId, name, output, resultsSha256, tasks } = result
  const text = output === null || output === undefined ? '' : JSON.stringify(output)
  const facts: [string, string][] = [
    ['Tasks', `${name}  ${totalsText(tasks)}`],
    ...(text !== '' && text.length <= OUTPUT_LENGTH ? [['Result', text] as [string, string]] : []),
    ['Results', `${tasks.path}/results.jsonl`],
    ['SHA-256', resultsSha256],
    ['Operation', operationId],
  ]
  return [labelled(facts, { room }), givenUp(tasks, room)].filter(Boolean).join('\n\n')
}

export function totalsText({ total, completed, quarantined, attempts }: TaskTotals): string {
  const parts = [`${completed} of ${counted(total, 'task')} done`]
  if (quarantined.length > 0) parts.push(`${quarantined.length} given up`)
  const again = attempts - total
  if (again > 0) parts.push(`taken up again ${counted(again, 'time')}`)
  return parts.join(', ')
}

function givenUp({ quarantined }: TaskTotals, room: number): string {
  const lines = quarantined.map(({ index, error }) =>
    hanging('! ', `task ${index} was given up: ${error?.message ?? 'for an unknown reason'}`, room),
  )
  return lines.join('\n')
}

const COLUMNS = [
  { head: 'TASK', align: 'right' },
  { head: 'PROGRESS', align: 'right' },
  { head: 'CHECKPOINTS', align: 'right', gone: 2 },
  { head: 'LAST', align: 'right' },
  { head: 'SIZE', align: 'right', gone: 1 },
  { head: 'ATTEMPTS', align: 'right', gone: 3 },
  { head: 'LAST ERROR', wraps: true },
] as const

/** @param ageMs of the checkpoint that says so */
export function queueScreen(summary: QueueSummary, nowMs: number, room: number): string {
  const { inWork, withCheckpoints, checkpointsTaken } = summary
  const rows = inWork.map((task) => [
    String(task.index),
    task.doneRatio === null ? '--' : donePercent(task.doneRatio),
    String(task.checkpoints),
    task.savedAtMs === null ? '--' : shortAge(nowMs - task.savedAtMs),
    task.snapshotBytes === null ? '--' : size(task.snapshotBytes),
    String(task.attempts),
    task.lastError?.message ?? '',
  ])
  const taken = `${counted(checkpointsTaken, 'snapshot')} of ${counted(withCheckpoints, 'task')}`
  const sections = [
    `Tasks: ${totalsText(summary)}, ${inWork.length} in work; ${taken}`,
    inWork.length === 0 ? '' : table(COLUMNS, rows, room),
    givenUp(summary, room),
  ]
  return sections.filter(Boolean).join('\n')
}

type TaskLine = {
  readonly task: number
  readonly status: string
  readonly progress: number | null
  readonly attempts: number | null
  readonly checkpointCount: number | null
  readonly lastCheckpointAt: string | null
  readonly snapshotBytes: number | null
  readonly result: unknown
  readonly error: { readonly message: string } | null
}

const LIST_COLUMNS = [
  { head: 'TASK', align: 'right' },
  { head: 'STATUS' },
  { head: 'PROGRESS', align: 'right' },
  { head: 'CHECKPOINTS', align: 'right', gone: 2 },
  { head: 'LAST', align: 'right', gone: 3 },
  { head: 'SIZE', align: 'right', gone: 1 },
  { head: 'ATTEMPTS', align: 'right', gone: 4 },
  { head: 'RESULT', wraps: true },
] as const

/** Longer ones are cut: the file has them whole. */
const RESULT_LENGTH = 60

export function taskListScreen(
  { tasks, total }: { readonly tasks: readonly TaskLine[]; readonly total: number },
  nowMs: number,
  room: number,
): string {
  if (tasks.length === 0) return 'No tasks.'
  const rows = tasks.map((task) => [
    String(task.task),
    task.status,
    task.progress === null ? '--' : donePercent(task.progress),
    countText(task.checkpointCount),
    task.lastCheckpointAt === null ? '--' : shortAge(nowMs - Date.parse(task.lastCheckpointAt)),
    task.snapshotBytes === null ? '--' : size(task.snapshotBytes),
    countText(task.attempts),
    task.error?.message ?? cut(task.result === null ? '' : JSON.stringify(task.result)),
  ])
  const shown = tasks.length < total ? ` (the first ${tasks.length}; --limit 0 shows all)` : ''
  return `${table(LIST_COLUMNS, rows, room)}\n\nTotal: ${counted(total, 'task')}${shown}`
}

function countText(count: number | null): string {
  return count === null ? '--' : String(count)
}

function cut(text: string): string {
  return text.length > RESULT_LENGTH ? `${text.slice(0, RESULT_LENGTH)}…` : text
}
