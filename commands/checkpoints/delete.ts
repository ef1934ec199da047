import { Flags } from '@oclif/core'
import { deletedScreen, deleteQuestion } from '../../src/terminal/checkpoints.ts'
import { confirm } from '../../src/terminal/confirm.ts'
import { checkpointArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsDelete extends BaseCommand {
  static override summary = 'delete the checkpoints of an operation, or one of them'
  static override description = 'Asks first. Checkpoints of a running operation are never deleted.'
  static override examples = [
    '<%= config.bin %> checkpoints delete abc123',
    '<%= config.bin %> checkpoints delete abc123@7 --yes',
  ]
  static override args = { id: checkpointArg }
  static override flags = {
    yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsDelete)
    return this.withKtrdr(flags, async (ktrdr) => {
      const checkpoint = ktrdr.checkpoints.show(args.id)
      const only = args.id.includes('@')
      const versions = ktrdr.checkpoints.list(checkpoint.operationId).length
      const question = deleteQuestion(checkpoint, versions, only, this.room)
      if (!flags.yes && !(await confirm(question, `ktrdr checkpoints delete ${args.id} --yes`))) {
        this.log('Deletion aborted.')
        return { deleted: [], bytesFreed: 0 }
      }
      const deleted = ktrdr.checkpoints.delete(args.id)
      const bytesFreed = deleted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      this.log(deletedScreen(bytesFreed))
      return { deleted, bytesFreed }
    })
  }
}
