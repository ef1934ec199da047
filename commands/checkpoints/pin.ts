import { Flags } from '@oclif/core'
import { markedScreen } from '../../src/terminal/checkpoint-actions.ts'
import { oneCheckpointArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsPin extends BaseCommand {
  static override summary = 'keep a checkpoint, however old it gets'
  static override examples = [
    '<%= config.bin %> checkpoints pin abc123@7 --note "before the crash of 2020"',
  ]
  static override args = { id: oneCheckpointArg }
  static override flags = {
    note: Flags.string({ helpValue: 'TEXT', description: 'kept with it; "" takes it away' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsPin)
    const note = flags.note === undefined ? {} : { note: flags.note || null }
    const checkpoint = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.mark(args.id, { isPinned: true, ...note }),
    )
    this.log(markedScreen(checkpoint))
    return checkpoint
  }
}
