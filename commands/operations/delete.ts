import { Flags } from '@oclif/core'
import { confirm } from '../../src/terminal/confirm.ts'
import {
  deletedOperationScreen,
  deleteOperationQuestion,
} from '../../src/terminal/operation-actions.ts'
import { operationArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class OperationsDelete extends BaseCommand {
  static override summary = 'delete an operation with its checkpoints and its log'
  static override description =
    'Asks first. What it has published, a model or a result, goes only with --results; and nothing goes that a running or resumable operation needs.'
  static override examples = [
    '<%= config.bin %> operations delete abc123',
    '<%= config.bin %> operations delete abc123 --results --yes',
  ]
  static override args = { id: operationArg }
  static override flags = {
    results: Flags.boolean({ description: 'also what it has published' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsDelete)
    const { results, yes } = flags
    return this.withKtrdr(flags, async ({ operations }) => {
      const operation = operations.checkDeletable(args.id, results)
      const { operationId } = operation
      const command = `ktrdr operations delete ${operationId}${results ? ' --results' : ''} --yes`
      const question = deleteOperationQuestion(operation, results, this.room)
      if (!yes && !(await confirm(question, command))) {
        this.log('Deletion aborted.')
        return { operationId, deleted: false }
      }
      const deleted = operations.delete(operationId, results)
      this.log(deletedOperationScreen(deleted))
      return { ...deleted, deleted: true }
    })
  }
}
