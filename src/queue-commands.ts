// The front door to what several workers do: tasks of a user, and searches. ktrdr.ts starts what is asked here.

import type { Listener } from './core/events.ts'
import type { Json } from './core/hash.ts'
import type { RunSettings, SaveOptions } from './operations/run-settings.ts'
import { queueSettings, type QueueOptions } from './queue-options.ts'
import type { RunEnd } from './runner/run-operation.ts'
import type { SearchOptions } from './search-request.ts'
import type { Settings } from './settings.ts'
import type { TasksOptions } from './tasks-request.ts'
import type { WorkType } from './work-units.ts'

type Start = (type: string, request: Json, run: RunSettings, listener: Listener) => Promise<RunEnd>

type Queued<Options> = (
  options: Options,
  queue: QueueOptions,
  save: SaveOptions,
  listener: Listener,
) => Promise<RunEnd>

export function queueCommands(
  settings: Settings,
  start: Start,
  saving: (type: WorkType, save: SaveOptions) => RunSettings,
): { readonly runTasks: Queued<TasksOptions>; readonly search: Queued<SearchOptions> } {
  return {
    async runTasks(options, queue, save, listener) {
      const { tasksRequest } = await import('./tasks-request.ts')
      const request = { ...tasksRequest(options), queue: queueSettings(queue, !save.noCheckpoints) }
      return start('tasks', request as unknown as Json, saving('tasks', save), listener)
    },

    async search(options, queue, save, listener) {
      const { searchRequest } = await import('./search-request.ts')
      const request = searchRequest(settings, options, queueSettings(queue, !save.noCheckpoints))
      return start('search', request as unknown as Json, saving('search', save), listener)
    },
  }
}
