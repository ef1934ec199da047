// Commands of the front door that work off a queue.

import type { Source } from './checkpoint/read-blobs.ts'
import type { Listener } from './core/events.ts'
import type { Json } from './core/hash.ts'
import type { RunSettings, SaveOptions } from './operations/run-settings.ts'
import type { TaskList, TaskListOptions } from './list-tasks.ts'
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
  return {
    runTasks: async (
      options: TasksOptions,
      queue: QueueOptions,
      save: SaveOptions,
      listener: Listener,
    ): Promise<RunEnd> => {
      const [{ tasksRequest }, { queueSettings }] = await Promise.all([
        import('./tasks-request.ts'),
        import('./queue-options.ts'),
      ])
      const request = { ...tasksRequest(options), queue: queueSettings(queue, !save.noCheckpoints) }
      return start('tasks', request as unknown as Json, saving('tasks', save), listener)
    },
    search: async (
      options: SearchOptions,
      queue: QueueOptions,
      save: SaveOptions,
      listener: Listener,
    ): Promise<RunEnd> => {
      const [{ searchRequest }, { queueSettings }] = await Promise.all([
        import('./search-request.ts'),
        import('./queue-options.ts'),
      ])
      const request = searchRequest(settings, options, queueSettings(queue, !save.noCheckpoints))
      return start('search', request as unknown as Json, saving('search', save), listener)
    },
    walkForward: async (
      options: WalkForwardOptions,
      queue: QueueOptions,
      save: SaveOptions,
      listener: Listener,
    ): Promise<RunEnd> => {
      const [{ walkForwardRequest }, { queueSettings }] = await Promise.all([
        import('./walk-forward-request.ts'),
        import('./queue-options.ts'),
      ])
      const own = queueSettings(queue, !save.noCheckpoints)
      const request = walkForwardRequest(settings, options, own)
      return start('walkforward', request as unknown as Json, saving('walkforward', save), listener)
    },
    listTasks: async (text: string, options: TaskListOptions): Promise<TaskList> => {
      const { listTasks } = await import('./list-tasks.ts')
      return listTasks(source, operationNamed(text), options)
    },
  }
}
