import { operationScreen } from '../../src/terminal/operations.ts'
import { operationArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class OperationsShow extends BaseCommand {
  static override summary = 'show one operation with its attempts and checkpoints'
  static override examples = [
    '<%= config.bin %> operations show latest',
    '<%= config.bin %> operations show abc123 --json',
  ]
  static override hiddenAliases = ['status']
  static override args = { id: operationArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsShow)
    const operation = await this.withKtrdr(flags, (ktrdr) => ktrdr.operations.show(args.id))
    this.log(operationScreen(operation, this.room))
    return operation
  }
}
