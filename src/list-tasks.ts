// The tasks of a queue, one by one: of a completed one from its results, else from its newest good checkpoint.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import type { Json } from './core/hash.ts'
import { putTogether } from './core/snapshot.ts'
import { loadNewestCheckpoint } from './checkpoint/read-checkpoint.ts'
import type { Source } from './checkpoint/read-blobs.ts'
import { parcelBytes } from './jobs/parcel.ts'
import { decodeQueue } from './jobs/queue-state.ts'
import type { TASK_LIST_STATUSES, TaskInWork, TaskRecord } from './jobs/task-queue.ts'
import { listParts, type Part } from './store/blob-table.ts'
import { listCheckpoints } from './store/checkpoint-table.ts'
import type { OperationRow } from './store/operation-table.ts'
import { findPack } from './store/pack-table.ts'

export type TaskView = {
  readonly task: number
  readonly status: (typeof TASK_LIST_STATUSES)[number]
  /** 0 … 1; null: the task does not say. */
  readonly progress: number | null
  readonly metrics: Readonly<Record<string, number | null>>
  readonly attempts: number | null
  readonly checkpointCount: number | null
  readonly lastCheckpointAt: string | null
  readonly snapshotBytes: number | null
  /** Where that snapshot lies: packs, relative to the packs directory, or `database`; empty: there is none. */
  readonly places: readonly string[]
  readonly result: Json
  readonly error: { readonly code: string; readonly message: string } | null
}

export type TaskList = {
  readonly operationId: string
  readonly status: string
  readonly tasks: readonly TaskView[]
  readonly total: number
}

export type TaskListOptions = {
  readonly status?: string | undefined
  /** 0: all. */
  readonly limit?: number | undefined
}

/** @throws USAGE when the operation has no tasks; CHECKPOINT_NOT_FOUND, CHECKPOINT_CORRUPT */
export function listTasks(
  source: Source,
  operation: OperationRow,
  { status, limit = 100 }: TaskListOptions = {},
): TaskList {
  const { id, type, progress } = operation
  if (type === 'training' || type === 'backtesting')
    throw new KtrdrError('USAGE', `${id} is a ${type}: it has no tasks.`, {
      suggestions: [`ktrdr operations show ${id}`],
    })
  const known =
    operation.status === 'completed' ? tasksOfResult(operation) : savedTasks(source, operation)
  const total = Math.max(progress.cursor.of, known.length)
  const all = Array.from({ length: total }, (_, task) => known[task] ?? waiting(task))
  const wanted = all.filter((task) => status === undefined || task.status === status)
  return {
    operationId: id,
    status: operation.status,
    tasks: limit === 0 ? wanted : wanted.slice(0, limit),
    total: wanted.length,
  }
}

/** By number; with holes where nothing is known yet. */
function savedTasks(source: Source, { id, lastSeq }: OperationRow): TaskView[] {
  const rows = listCheckpoints(source.db, id)
  if (rows.length === 0) return []
  const { row, snapshot } = loadNewestCheckpoint(source, id, rows, lastSeq)
  const { finished, inWork } = decodeQueue(putTogether(snapshot))
  const tasks: TaskView[] = []
  for (const record of finished) tasks[record.index] = ended(record)
  const parts = listParts(source.db, row.id)
  for (const task of inWork.values())
    tasks[task.index] = running(task, task.state === null ? [] : placesOf(source, parts, task))
  return tasks
}

/** Of its arrays, and of the text that holds everything else of all tasks in work. */
function placesOf({ db }: Source, parts: readonly Part[], { index }: TaskInWork): string[] {
  const places = parts
    .filter(({ name }) => name === 'state' || name.startsWith(`inWork.${index}.`))
    .map(({ blob: { packId } }) => (packId === null ? 'database' : findPack(db, packId)?.path))
  return [...new Set(places)].filter((place) => place !== undefined).toSorted()
}

function tasksOfResult({ result }: OperationRow): TaskView[] {
  const { tasks } = result as { readonly tasks?: { readonly path?: string } }
  if (tasks?.path === undefined) return []
  const lines = readFileSync(join(tasks.path, 'results.jsonl'), 'utf8').split('\n')
  return lines.filter(Boolean).map((line) => ended(JSON.parse(line) as TaskRecord))
}

const UNKNOWN = {
  metrics: {},
  lastCheckpointAt: null,
  snapshotBytes: null,
  places: [],
  result: null,
  error: null,
} as const

function waiting(task: number): TaskView {
  return { task, status: 'waiting', progress: 0, attempts: 0, checkpointCount: 0, ...UNKNOWN }
}

function ended({ index, status, result, error, attempts, checkpoints }: TaskRecord): TaskView {
  return {
    ...UNKNOWN,
    task: index,
    status,
    progress: status === 'completed' ? 1 : null,
    attempts: attempts ?? null,
    checkpointCount: checkpoints ?? null,
    result,
    error,
  }
}

function running(task: TaskInWork, places: readonly string[]): TaskView {
  const { index, doneRatio, metrics, attempts, checkpoints, savedAtMs, state, lastError } = task
  return {
    ...UNKNOWN,
    task: index,
    status: 'running',
    progress: doneRatio,
    metrics,
    attempts,
    checkpointCount: checkpoints,
    lastCheckpointAt: savedAtMs === null ? null : new Date(savedAtMs).toISOString(),
    snapshotBytes: state === null ? null : parcelBytes(state),
    places,
    error: lastError,
  }
}
