import { Args, Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import { allCancelledScreen, cancelledScreen } from '../../src/terminal/operation-actions.ts'
import { OPERATION_ID } from '../args.ts'
import { BaseCommand } from '../base.ts'

const WAIT_MS = 30_000

export default class OperationsCancel extends BaseCommand {
  static override summary = 'stop a running operation, or all of them, from any terminal'
  static override description = 'Asks it to save and stop, and waits until it has.'
  static override examples = [
    '<%= config.bin %> operations cancel latest --reason "wrong data"',
    '<%= config.bin %> operations cancel --all',
  ]
  static override hiddenAliases = ['cancel']
  static override args = { id: Args.string({ description: OPERATION_ID }) }
  static override flags = {
    all: Flags.boolean({ description: 'all that are running' }),
    reason: Flags.string({ helpValue: 'TEXT', description: 'kept with the operation' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(OperationsCancel)
    const { id } = args
    const { all, reason = null } = flags
    if (Boolean(all) === (id !== undefined))
      throw new KtrdrError('USAGE', 'Name one operation, or say --all.', {
        suggestions: ['ktrdr operations list --status running'],
      })
    return this.withKtrdr(flags, async ({ operations }) => {
      if (id === undefined) {
        const cancelled = await operations.cancelAll(reason, WAIT_MS)
        const [silent] = cancelled.unanswered
        if (silent) throw notAnswered(silent.operationId)
        this.log(allCancelledScreen(cancelled, this.room))
        return cancelled
      }
      const operation = await operations.cancel(id, reason, WAIT_MS)
      if (operation.status === 'running') throw notAnswered(operation.operationId)
      this.log(cancelledScreen(operation))
      return operation
    })
  }
}

function notAnswered(operationId: string): KtrdrError {
  return new KtrdrError(
    'OPERATION_FAILED',
    `${operationId} has not answered within ${WAIT_MS / 1000} s.`,
    { suggestions: [`ktrdr operations show ${operationId}`] },
  )
}
