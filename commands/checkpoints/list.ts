import { Args, Flags } from '@oclif/core'
import { CHECKPOINT_TYPES } from '../../src/ktrdr.ts'
import { checkpointsScreen } from '../../src/terminal/checkpoints.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsList extends BaseCommand {
  static override summary = 'list checkpoints, of all operations or of one'
  static override examples = [
    '<%= config.bin %> checkpoints list',
    '<%= config.bin %> checkpoints list latest --type cancellation',
  ]
  static override args = { id: Args.string({ description: 'only those of this operation' }) }
  static override flags = {
    type: Flags.option({ options: CHECKPOINT_TYPES, description: 'only this type' })(),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsList)
    const checkpoints = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.list(args.id, flags.type),
    )
    this.log(checkpointsScreen(checkpoints, this.room))
    return { checkpoints, total: checkpoints.length }
  }
}
