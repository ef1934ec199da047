import { Args, Flags } from '@oclif/core'
import { convertData, TIMEFRAMES } from '../../src/ktrdr.ts'
import { writtenScreen } from '../../src/terminal/data.ts'
import { forceFlag } from '../args.ts'
import { BaseCommand } from '../base.ts'

export default class DataConvert extends BaseCommand {
  static override summary = 'write price bars in another format or timeframe'
  static override description =
    'CSV, gzipped CSV and Parquet either way. With --timeframe longer bars are made of shorter ones; a last bar that is not over is left out.'
  static override examples = [
    '<%= config.bin %> data convert sp500.csv sp500.parquet',
    '<%= config.bin %> data convert EURUSD_1m.parquet EURUSD_4h.csv --timeframe 4h --start 2020-01-01',
  ]
  static override args = {
    in: Args.string({ required: true, description: 'CSV (gzip too) or Parquet' }),
    out: Args.string({ required: true, description: 'ends in .csv, .csv.gz or .parquet' }),
  }
  static override flags = {
    timeframe: Flags.option({ options: TIMEFRAMES, description: 'of the bars that are written' })(),
    start: Flags.string({ helpValue: 'DATE', description: 'first bar to write' }),
    end: Flags.string({
      helpValue: 'DATE',
      description: 'last bar to write; a day means all of it',
    }),
    force: forceFlag,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(DataConvert)
    const { timeframe, start, end, force } = flags
    const options = { path: args.in, out: args.out, timeframe, start, end, force }
    const written = await convertData(options)
    this.log(writtenScreen(written, this.room))
    return written
  }
}
