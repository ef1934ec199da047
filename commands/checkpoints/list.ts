import { Args, Flags } from '@oclif/core'
import { CHECKPOINT_SORTS, CHECKPOINT_TYPES } from '../../src/ktrdr.ts'
import { checkpointsScreen } from '../../src/terminal/checkpoints.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsList extends BaseCommand {
  static override summary = 'list checkpoints, of all operations or of one'
  static override examples = [
    '<%= config.bin %> checkpoints list',
    '<%= config.bin %> checkpoints list latest --type cancellation',
    '<%= config.bin %> checkpoints list --older-than 7d --sort size',
  ]
  static override args = { id: Args.string({ description: 'only those of this operation' }) }
  static override flags = {
    type: Flags.option({ options: CHECKPOINT_TYPES, description: 'only this type' })(),
    'older-than': Flags.string({
      helpValue: '30d',
      description: 'only those of at least this age',
    }),
    sort: Flags.option({ options: CHECKPOINT_SORTS, default: 'age', description: 'the order' })(),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsList)
    const { type, sort, 'older-than': olderThan } = flags
    const checkpoints = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.list(args.id, { type, olderThan, sort }),
    )
    this.log(checkpointsScreen(checkpoints, this.room))
    return { checkpoints, total: checkpoints.length }
  }
}
