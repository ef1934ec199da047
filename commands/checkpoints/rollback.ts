import { rolledBackScreen } from '../../src/terminal/checkpoint-actions.ts'
import { oneCheckpointArg } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsRollback extends BaseCommand {
  static override summary = 'go back to an earlier checkpoint: the next resume starts from it'
  static override description =
    'Newer checkpoints are left behind and kept until gc; a rollback to one of them goes forward again. A completed operation whose checkpoints were kept can be rolled back too, and becomes CANCELLED; what it published stays.'
  static override examples = [
    '<%= config.bin %> checkpoints rollback abc123@7',
    '<%= config.bin %> checkpoints rollback latest@before-tuning --json',
  ]
  static override args = { id: oneCheckpointArg }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(CheckpointsRollback)
    const result = await this.withKtrdr(flags, (ktrdr) => ktrdr.checkpoints.rollBack(args.id))
    this.log(rolledBackScreen(result))
    return result
  }
}
