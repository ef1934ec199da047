import { Args } from '@oclif/core'
import { inspectData } from '../../src/ktrdr.ts'
import { inspectScreen } from '../../src/terminal/data.ts'
import { BaseCommand } from '../base.ts'

export default class DataInspect extends BaseCommand {
  static override summary = 'show what is in files of price bars'
  static override description =
    'Bars, timeframe (measured from their stamps), range, gaps, prices, and which of the columns are taken for what.'
  static override examples = [
    '<%= config.bin %> data inspect sp500.csv',
    '<%= config.bin %> data inspect data/*.parquet --json',
  ]
  static override args = {
    file: Args.string({ required: true, multiple: true, description: 'CSV (gzip too) or Parquet' }),
  }

  async run(): Promise<object> {
    const { args } = await this.parse(DataInspect)
    const files = []
    for (const path of args.file) files.push(await inspectData(path))
    this.log(inspectScreen(files, this.room))
    return { files }
  }
}
