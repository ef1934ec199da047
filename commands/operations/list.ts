import { Flags } from '@oclif/core'
import { LIST_SORTS, LIST_STATUSES } from '../../src/ktrdr.ts'
import { operationsScreen } from '../../src/terminal/operations.ts'
import { BaseCommand } from '../base.ts'

export default class OperationsList extends BaseCommand {
  static override summary = 'list trainings and backtests'
  static override examples = [
    '<%= config.bin %> operations list --resumable',
    '<%= config.bin %> operations list --status failed --type training --json',
  ]
  static override hiddenAliases = ['ops']
  static override flags = {
    status: Flags.option({ options: LIST_STATUSES, description: 'only this status' })(),
    type: Flags.string({
      helpValue: 'training|backtesting',
      description: 'only this kind of work',
    }),
    resumable: Flags.boolean({ description: 'only what can be resumed' }),
    limit: Flags.integer({ min: 1, helpValue: 'N', description: 'at most so many' }),
    sort: Flags.option({ options: LIST_SORTS, default: 'age', description: 'the order' })(),
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(OperationsList)
    const { status, type, resumable, limit, sort } = flags
    const operations = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.operations.list({ status, type, resumable, limit, sort }),
    )
    this.log(operationsScreen(operations, this.room))
    const count = operations.filter((operation) => operation.resumable).length
    return { operations, total: operations.length, resumable: count }
  }
}
