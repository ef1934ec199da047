import { Args, Flags } from '@oclif/core'
import { computeIndicators } from '../../src/ktrdr.ts'
import { computedScreen } from '../../src/terminal/indicators.ts'
import { forceFlag } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class IndicatorsCompute extends BaseCommand {
  static override summary = 'compute indicators on price bars'
  static override description =
    'A SPEC is a type and what it should take: rsi, rsi:21, macd:8,21,5 or rsi:period=21,source=high. Each output becomes a column: rsi_21, macd_8_21_5.signal. Bars before --start warm the indicators up. Without --out the last rows are shown.'
  static override examples = [
    '<%= config.bin %> indicators compute rsi macd:8,21,5 --data EURUSD_1h.csv',
    '<%= config.bin %> indicators compute bbands:20,2.5 --data sp500.csv --start 2015-01-01 --out bands.parquet',
  ]
  static override args = {
    spec: Args.string({
      required: true,
      multiple: true,
      description: 'TYPE, TYPE:VALUE,… or TYPE:NAME=VALUE,…',
    }),
  }
  static override flags = {
    data: Flags.string({
      required: true,
      helpValue: '[SYMBOL=]FILE',
      description: 'price bars as CSV (gzip too) or Parquet',
    }),
    start: Flags.string({ helpValue: 'DATE', description: 'first row, e.g. 2015-01-01' }),
    end: Flags.string({ helpValue: 'DATE', description: 'last row; a day means all of it' }),
    out: Flags.string({
      helpValue: 'FILE',
      description: 'write all rows to this .csv, .csv.gz or .parquet',
    }),
    force: forceFlag,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(IndicatorsCompute)
    const { data, start, end, out, force } = flags
    const report = await computeIndicators(args.spec, { data, start, end, out, force })
    this.log(computedScreen(report, this.room))
    return report
  }
}
