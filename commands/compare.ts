import { Args, Flags } from '@oclif/core'
import { compareScreen } from '../src/terminal/compare.ts'
import { forceFlag } from './args.ts'
import { BaseCommand } from './base.ts'

export default class Compare extends BaseCommand {
  static override summary = 'compare completed backtests, or trainings, side by side'
  static override description =
    'The metrics of each as a column, the best of each row marked. --out writes their equity curves over each other as a page.'
  static override examples = [
    '<%= config.bin %> compare abc123 def456',
    '<%= config.bin %> compare abc123 def456 789abc --out comparison.html',
  ]
  static override args = {
    id: Args.string({
      required: true,
      multiple: true,
      description: 'two operations or more: id, unique beginning, last characters, or "latest"',
    }),
  }
  static override flags = {
    out: Flags.string({ helpValue: 'FILE', description: 'write a page with the curves' }),
    force: forceFlag,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Compare)
    const { out, force } = flags
    const compared = await this.withKtrdr(flags, (ktrdr) =>
      ktrdr.reports.compare(args.id, { out, force }),
    )
    this.log(compareScreen(compared, this.room))
    return compared
  }
}
