import { Args, Flags } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import type { Ktrdr } from '../../src/ktrdr.ts'
import { deleteAllQuestion, deletedScreen, deleteQuestion } from '../../src/terminal/checkpoints.ts'
import { confirm } from '../../src/terminal/confirm.ts'
import { CHECKPOINT_ID } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsDelete extends BaseCommand {
  static override summary = 'delete the checkpoints of an operation, one of them, or all there are'
  static override description = 'Asks first. Checkpoints of a running operation are never deleted.'
  static override examples = [
    '<%= config.bin %> checkpoints delete abc123',
    '<%= config.bin %> checkpoints delete abc123@7 --yes',
    '<%= config.bin %> checkpoints delete --all',
  ]
  static override args = { id: Args.string({ description: CHECKPOINT_ID }) }
  static override flags = {
    all: Flags.boolean({ description: 'those of all operations that are not running' }),
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsDelete)
    const { id } = args
    if (Boolean(flags.all) === (id !== undefined))
      throw new KtrdrError('USAGE', 'Name one operation, or say --all.', {
        suggestions: ['ktrdr checkpoints list'],
      })
    return this.withKtrdr(flags, async (ktrdr) => {
      const question = id === undefined ? this.askAll(ktrdr) : this.askOne(ktrdr, id)
      const command = `ktrdr checkpoints delete ${id ?? '--all'} --yes`
      if (question !== null && !flags.yes && !(await confirm(question, command))) {
        this.log('Deletion aborted.')
        return { deleted: [], inUse: [], bytesFreed: 0 }
      }
      const { deleted, inUse } =
        id === undefined
          ? ktrdr.checkpoints.deleteAll()
          : { deleted: ktrdr.checkpoints.delete(id), inUse: [] }
      const bytesFreed = deleted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      this.log(deletedScreen(deleted, inUse))
      return { deleted, inUse, bytesFreed }
    })
  }

  private askOne(ktrdr: Ktrdr, id: string): string {
    const checkpoint = ktrdr.checkpoints.show(id)
    const versions = ktrdr.checkpoints.list(checkpoint.operationId).length
    return deleteQuestion(checkpoint, versions, id.includes('@'), this.room)
  }

  /** null: there is nothing to lose. */
  private askAll(ktrdr: Ktrdr): string | null {
    const checkpoints = ktrdr.checkpoints.list()
    return checkpoints.length === 0 ? null : deleteAllQuestion(checkpoints, this.room)
  }
}
