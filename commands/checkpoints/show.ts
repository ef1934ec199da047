import { checkpointScreen } from '../../src/terminal/checkpoints.ts'
import { checkpointArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsShow extends BaseCommand {
  static override summary = 'show what a checkpoint holds, and whether it is whole'
  static override examples = [
    '<%= config.bin %> checkpoints show latest',
    '<%= config.bin %> checkpoints show abc123@7 --json',
  ]
  static override args = { id: checkpointArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsShow)
    const checkpoint = await this.withKtrdr(flags, (ktrdr) => ktrdr.checkpoints.show(args.id))
    this.log(checkpointScreen(checkpoint, this.room))
    return checkpoint
  }
}
