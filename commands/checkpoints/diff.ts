import { differenceScreen } from '../../src/terminal/checkpoint-difference.ts'
import { Args } from '@oclif/core'
import { CHECKPOINT_ID } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsDiff extends BaseCommand {
  static override summary = 'tell what differs between two checkpoints'
  static override description =
    'Position, figures, the state field by field, tensors by how far they are apart, and rows that were appended. Also of two operations of the same strategy.'
  static override examples = [
    '<%= config.bin %> checkpoints diff abc123@6 abc123@7',
    '<%= config.bin %> checkpoints diff abc123@best def456@best --json',
  ]
  static override args = {
    a: Args.string({ required: true, description: CHECKPOINT_ID }),
    b: Args.string({ required: true, description: 'the other one' }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsDiff)
    const difference = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.checkpoints.diff(args.a, args.b),
    )
    this.log(differenceScreen(difference, this.room))
    return difference
  }
}
