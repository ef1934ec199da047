// ktrdr as a library: work of your own on several workers, saved as it goes, from a program of your own.
//
//   import { mapTasks } from 'ktrdr'
//   const squares = await mapTasks((x: number) => x ** 2, [1, 2, 3])
//
// A function is sent to the workers as its text and sees nothing of where it was written; a module may import what it
// likes. Without an interval nothing is saved. The operation is one like any other: `ktrdr operations list` shows it, and
// what was stopped or killed goes on with `ktrdr operations resume` or resumeTasks.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KtrdrError, type ErrorCode } from './core/errors.ts'
import type { Listener } from './core/events.ts'
import type { Json } from './core/hash.ts'
import type { TaskModule } from './jobs/task-types.ts'
import { openKtrdr, type Ktrdr, type QueueOptions } from './ktrdr.ts'
import { resolveSettings } from './settings.ts'
import type { TaskRecord } from './jobs/task-queue.ts'

export { KtrdrError } from './core/errors.ts'
export type { RandomStream } from './core/rng.ts'
export type { RunEvent } from './core/events.ts'
export type { TaskContext, TaskModule } from './jobs/task-types.ts'

export type TaskOptions = Omit<QueueOptions, 'snapshotInterval'> & {
  /** "10s", or seconds; absent: nothing is saved, and a task that is cut short begins anew. */
  readonly checkpointInterval?: string | number | undefined
  /** Of the random numbers; 42. */
  readonly seed?: number | undefined
  /** What the task finds in `ctx.set`. */
  readonly set?: Readonly<Record<string, Json>> | undefined
  /** What lists show. */
  readonly name?: string | undefined
  /** Where operations are kept; as the settings say. */
  readonly dataDir?: string | undefined
  readonly onEvent?: Listener | undefined
}

type Task<Input, Result> = URL | string | NonNullable<TaskModule<Input, unknown, Result>['default']>

/**
 * The results of a task for each item, in the order of the items.
 * @param task a function of (item, ctx); or the file of a module, as a path or a URL
 * @throws KtrdrError CANCELLED when it was stopped, TASKS_QUARANTINED when some were given up; `details.operationId`
 */
export async function mapTasks<Input, Result = unknown>(
  task: Task<Input, Result>,
  items: readonly Input[],
  options: TaskOptions = {},
): Promise<Result[]> {
  return withLibrary(options, async (ktrdr) => {
    const { checkpointInterval, seed, set, name, onEvent = () => {}, ...queue } = options
    const interval =
      typeof checkpointInterval === 'number' ? `${checkpointInterval}s` : checkpointInterval
    const given = typeof task === 'function' ? { source: String(task) } : { module: pathOf(task) }
    return resultsOf(
      ktrdr,
      await ktrdr.runTasks(
        { ...given, items: items as readonly Json[], seed, values: set, name },
        { ...queue, snapshotInterval: interval },
        interval === undefined ? { noCheckpoints: true } : { interval },
        onEvent,
      ),
    )
  })
}

/** The result of one task. */
export async function runTask<Input, Result = unknown>(
  task: Task<Input, Result>,
  input: Input,
  options: TaskOptions = {},
): Promise<Result> {
  const [result] = await mapTasks<Input, Result>(task, [input], { workers: 1, ...options })
  return result!
}

/** Goes on with tasks that were stopped or killed; the same results as if they never had been. */
export async function resumeTasks<Result = unknown>(
  operationId: string,
  options: Pick<TaskOptions, 'workers' | 'dataDir' | 'onEvent'> = {},
): Promise<Result[]> {
  return withLibrary(options, async (ktrdr) => {
    const { workers, onEvent = () => {} } = options
    const overrides = workers === undefined ? {} : { workers }
    return resultsOf(ktrdr, await ktrdr.operations.resume(operationId, overrides, onEvent))
  })
}

async function withLibrary<Result>(
  { dataDir }: Pick<TaskOptions, 'dataDir'>,
  work: (ktrdr: Ktrdr) => Promise<Result>,
): Promise<Result> {
  const flags = dataDir === undefined ? {} : { data_dir: dataDir }
  const settings = await resolveSettings({ flags, env: process.env, cwd: process.cwd() })
  const ktrdr = await openKtrdr(settings)
  try {
    return await work(ktrdr)
  } finally {
    ktrdr.close()
  }
}

function pathOf(task: URL | string): string {
  return typeof task === 'string' && !task.startsWith('file:') ? task : fileURLToPath(task)
}

function resultsOf<Result>(ktrdr: Ktrdr, end: Awaited<ReturnType<Ktrdr['runTasks']>>): Result[] {
  const { operationId, status, error } = end
  if (status === 'failed')
    throw new KtrdrError((error?.code ?? 'OPERATION_FAILED') as ErrorCode, error?.message ?? '', {
      details: { operationId },
    })
  if (status === 'cancelled')
    throw new KtrdrError('CANCELLED', `${operationId} was stopped.`, {
      suggestions: [`resumeTasks('${operationId}')`, `ktrdr operations resume ${operationId}`],
      details: { operationId },
    })
  const { tasks } = ktrdr.report(end) as unknown as { tasks: { path: string } }
  const records = readFileSync(join(tasks.path, 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TaskRecord)
  const givenUp = records.filter((record) => record.status === 'quarantined')
  if (givenUp.length === 0) return records.map(({ result }) => result as Result)
  const [first] = givenUp
  throw new KtrdrError(
    'TASKS_QUARANTINED',
    `${givenUp.length} of ${records.length} tasks were given up; task ${first!.index}: ${first!.error?.message}`,
    {
      details: {
        operationId,
        quarantined: givenUp.map(({ index, error: why }) => ({ index, error: why })),
      },
    },
  )
}
