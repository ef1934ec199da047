import { Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import { cancelledScreen } from '../../src/terminal/operations.ts'
import { operationArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

const WAIT_MS = 30_000

export default class OperationsCancel extends BaseCommand {
  static override summary = 'stop a running operation, from any terminal'
  static override description = 'Asks it to save and stop, and waits until it has.'
  static override examples = ['<%= config.bin %> operations cancel latest --reason "wrong data"']
  static override hiddenAliases = ['cancel']
  static override args = { id: operationArg }
  static override flags = {
    reason: Flags.string({ helpValue: 'TEXT', description: 'kept with the operation' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsCancel)
    return this.withKtrdr(flags, async (ktrdr) => {
      const operation = await ktrdr.operations.cancel(args.id, flags.reason ?? null, WAIT_MS)
      const { operationId, status } = operation
      if (status === 'running')
        throw new KtrdrError(
          'OPERATION_FAILED',
          `${operationId} has not answered within ${WAIT_MS / 1000} s.`,
          {
            suggestions: [`ktrdr operations show ${operationId}`],
          },
        )
      this.log(cancelledScreen(operation))
      return operation
    })
  }
}
