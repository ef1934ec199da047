// Commands of the front door that work off a queue.

import type { Listener } from './core/events.ts'
import type { Json } from './core/hash.ts'
import type { RunSettings, SaveOptions } from './operations/run-settings.ts'
import { queueSettings, type QueueOptions } from './queue-options.ts'
import type { RunEnd } from './runner/run-operation.ts'
import type { SearchOptions } from './search-request.ts'
import type { Settings } from './settings.ts'
import type { TasksOptions } from './tasks-request.ts'
import type { WorkType } from './work-units.ts'

/** What the front door does for every run. */
export type Runs = {
  readonly start: (
    type: WorkType,
    request: Json,
    run: RunSettings,
    listener: Listener,
  ) => Promise<RunEnd>
  readonly saving: (type: WorkType, options: SaveOptions) => RunSettings
  readonly settings: Settings
}

export function queueCommands({ start, saving, settings }: Runs) {
  return {
    runTasks: async (
      options: TasksOptions,
      queue: QueueOptions,
      save: SaveOptions,
      listener: Listener,
    ): Promise<RunEnd> => {
      const { tasksRequest } = await import('./tasks-request.ts')
      const request = { ...tasksRequest(options), queue: queueSettings(queue, !save.noCheckpoints) }
      return start('tasks', request as unknown as Json, saving('tasks', save), listener)
    },
    search: async (
      options: SearchOptions,
      queue: QueueOptions,
      save: SaveOptions,
      listener: Listener,
    ): Promise<RunEnd> => {
      const { searchRequest } = await import('./search-request.ts')
      const request = searchRequest(settings, options, queueSettings(queue, !save.noCheckpoints))
      return start('search', request as unknown as Json, saving('search', save), listener)
    },
  }
}
