import { Args, Flags } from '@oclif/core'
import { CHECKPOINT_SORTS, CHECKPOINT_TYPES, LIST_STATUSES } from '../../src/ktrdr.ts'
import { checkpointsScreen } from '../../src/terminal/checkpoints.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsList extends BaseCommand {
  static override summary = 'list checkpoints, of all operations or of one'
  static override examples = [
    '<%= config.bin %> checkpoints list',
    '<%= config.bin %> checkpoints list latest --type cancellation',
    '<%= config.bin %> checkpoints list --older-than 7d --sort size',
    '<%= config.bin %> checkpoints list --status failed --damaged',
  ]
  static override args = { id: Args.string({ description: 'only those of this operation' }) }
  static override flags = {
    type: Flags.option({ options: CHECKPOINT_TYPES, description: 'only this type' })(),
    status: Flags.option({
      options: LIST_STATUSES,
      description: 'only those of operations in this status',
    })(),
    tag: Flags.string({ helpValue: 'NAME', description: 'only those with this tag' }),
    pinned: Flags.boolean({ description: 'only pinned ones' }),
    damaged: Flags.boolean({ description: 'only those that are known to be damaged' }),
    'older-than': Flags.string({
      helpValue: '30d',
      description: 'only those of at least this age',
    }),
    sort: Flags.option({ options: CHECKPOINT_SORTS, default: 'age', description: 'the order' })(),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsList)
    const { type, status, tag, pinned, damaged, sort, 'older-than': olderThan } = flags
    const checkpoints = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.list(args.id, { type, status, tag, pinned, damaged, olderThan, sort }),
    )
    this.log(checkpointsScreen(checkpoints, this.room))
    return { checkpoints, total: checkpoints.length }
  }
}
