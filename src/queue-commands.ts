// Commands of the front door that work off a queue.

import type { Source } from './checkpoint/read-blobs.ts'
import type { Listener } from './core/events.ts'
import type { Json } from './core/hash.ts'
import type { RunSettings, SaveOptions } from './operations/run-settings.ts'
import type { TaskList, TaskListOptions } from './list-tasks.ts'
import type { QueueSettings } from './jobs/task-queue.ts'
import type { QueueOptions } from './queue-options.ts'
import type { RunEnd } from './runner/run-operation.ts'
import type { SearchOptions } from './search-request.ts'
import type { Settings } from './settings.ts'
import type { OperationRow } from './store/operation-table.ts'
import type { TasksOptions } from './tasks-request.ts'
import type { WalkForwardOptions } from './walk-forward-request.ts'
import type { WorkType } from './work-units.ts'

/** What the front door does for every run. */
export type Runs = {
  readonly source: Source
  readonly settings: Settings
  readonly operationNamed: (text: string) => OperationRow
  readonly start: (
    type: WorkType,
    request: Json,
    run: RunSettings,
    listener: Listener,
  ) => Promise<RunEnd>
  readonly saving: (type: WorkType, options: SaveOptions) => RunSettings
}

export function queueCommands({ source, settings, operationNamed, start, saving }: Runs) {
  const run = async (
    type: WorkType,
    options: QueueOptions,
    save: SaveOptions,
    listener: Listener,
    requestOf: (queue: QueueSettings) => Promise<object>,
  ): Promise<RunEnd> => {
    const { queueSettings } = await import('./queue-options.ts')
    const request = await requestOf(queueSettings(options, !save.noCheckpoints))
    return start(type, request as Json, saving(type, save), listener)
  }
  return {
    runTasks: (options: TasksOptions, queue: QueueOptions, save: SaveOptions, listener: Listener) =>
      run('tasks', queue, save, listener, async (own) => {
        const { tasksRequest } = await import('./tasks-request.ts')
        return { ...tasksRequest(options), queue: own }
      }),
    search: (options: SearchOptions, queue: QueueOptions, save: SaveOptions, listener: Listener) =>
      run('search', queue, save, listener, async (own) => {
        const { searchRequest } = await import('./search-request.ts')
        return searchRequest(settings, options, own)
      }),
    walkForward: (
      options: WalkForwardOptions,
      queue: QueueOptions,
      save: SaveOptions,
      listener: Listener,
    ) =>
      run('walkforward', queue, save, listener, async (own) => {
        const { walkForwardRequest } = await import('./walk-forward-request.ts')
        return walkForwardRequest(settings, options, own)
      }),
    listTasks: async (text: string, options: TaskListOptions): Promise<TaskList> => {
      const { listTasks } = await import('./list-tasks.ts')
      return listTasks(source, operationNamed(text), options)
    },
  }
}
