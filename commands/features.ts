import { Flags } from '@oclif/core'
import { exportFeatures } from '../src/ktrdr.ts'
import { featuresScreen } from '../src/terminal/strategy.ts'
import { forceFlag, strategyArg } from './args.ts'
import { BaseCommand } from './base.ts'
import { dataFlags } from './run-command.ts'

export default class Features extends BaseCommand {
  static override summary = 'write what a training, or rules, would see of each bar'
  static override description =
    'One row for each bar: the features as the network sees them, the label, the bar at which the label is decided, its weight, and the slice that the row belongs to. Of a strategy with rules: what they look at, and 1 where each of them holds. Opens in a spreadsheet, pandas or polars.'
  static override examples = [
    '<%= config.bin %> features pullback --data examples/data/sp500-1d.csv --out features.csv',
    '<%= config.bin %> features pullback --data sp500.csv --out features.parquet --raw',
    '<%= config.bin %> features sma-cross --data sp500.csv --out rules.csv',
  ]
  static override args = { strategy: strategyArg }
  static override flags = {
    ...dataFlags,
    out: Flags.string({
      required: true,
      helpValue: 'FILE',
      description: 'FILE.csv, FILE.csv.gz or FILE.parquet',
    }),
    raw: Flags.boolean({ description: 'features before they are normalised' }),
    force: forceFlag,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Features)
    const { data, start, end, out, raw, force } = flags
    const options = { strategy: args.strategy, data, start, end, out, raw, force }
    const report = await exportFeatures(options, await this.settingsOf(flags))
    this.log(featuresScreen(report, this.room))
    return report
  }
}
