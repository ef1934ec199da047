import { markedScreen } from '../../src/terminal/checkpoint-actions.ts'
import { oneCheckpointArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsUnpin extends BaseCommand {
  static override summary = 'let a pinned checkpoint go when its time comes'
  static override examples = ['<%= config.bin %> checkpoints unpin abc123@7']
  static override args = { id: oneCheckpointArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsUnpin)
    const checkpoint = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.mark(args.id, { isPinned: false }),
    )
    this.log(markedScreen(checkpoint))
    return checkpoint
  }
}
