import { Flags } from '@oclif/core'
import { TASK_LIST_STATUSES, type TaskList } from '../../src/ktrdr.ts'
import { taskListScreen } from '../../src/terminal/tasks.ts'
import { operationArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class TasksList extends BaseCommand {
  static override summary = 'the tasks of an operation, how far each is and what it was saved with'
  static override description =
    'Of a run that is not over: as its newest checkpoint has them. A task that is waiting has not been taken up by any worker.'
  static override examples = [
    '<%= config.bin %> tasks list latest',
    '<%= config.bin %> tasks list latest --status quarantined --limit 0 --json',
  ]
  static override args = { id: operationArg }
  static override flags = {
    status: Flags.option({ options: TASK_LIST_STATUSES, description: 'those alone' })(),
    limit: Flags.integer({
      min: 0,
      default: 100,
      helpValue: 'N',
      description: 'how many at most; 0 = all',
    }),
  }

  async run(): Promise<TaskList> {
    const { args, flags } = await this.parse(TasksList)
    return this.withKtrdr(flags, async (ktrdr) => {
      const list = await ktrdr.listTasks(args.id, { status: flags.status, limit: flags.limit })
      this.log(taskListScreen(list, ktrdr.clock.nowMs(), this.room))
      return list
    })
  }
}
