import { statsScreen } from '../../src/terminal/cleanup.ts'
import { BaseCommand } from '../base.ts'

export default class CheckpointsStats extends BaseCommand {
  static override summary = 'how many checkpoints there are, and how much room they take'
  static override examples = [
    '<%= config.bin %> checkpoints stats',
    '<%= config.bin %> checkpoints stats --json',
  ]

  async run(): Promise<object> {
    const { flags } = await this.parse(CheckpointsStats)
    const stats = await this.withKtrdr(flags, (ktrdr) => ktrdr.checkpoints.stats())
    this.log(statsScreen(stats, this.room))
    return stats
  }
}
