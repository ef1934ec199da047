import { Args } from '@oclif/core'
import { KtrdrError } from '../../src/core/errors.ts'
import { checkData } from '../../src/ktrdr.ts'
import { checkScreen } from '../../src/terminal/data.ts'
import { BaseCommand } from '../base.ts'

export default class DataCheck extends BaseCommand {
  static override summary = 'say everything that is wrong with files of price bars'
  static override description =
    'Every problem with its line (row, for Parquet): lines that are no bars, impossible candles, stamps out of order, gaps. Exit code 7 when a file cannot be used.'
  static override examples = [
    '<%= config.bin %> data check sp500.csv',
    '<%= config.bin %> data check data/*.csv --json',
  ]
  static override args = {
    file: Args.string({ required: true, multiple: true, description: 'CSV (gzip too) or Parquet' }),
  }

  async run(): Promise<object> {
    const { args } = await this.parse(DataCheck)
    const files = []
    for (const path of args.file) files.push(await checkData(path))
    this.log(checkScreen(files, this.room))
    const unsound = files.filter(({ isSound }) => !isSound)
    if (unsound.length > 0)
      throw new KtrdrError(
        'DATA_INVALID',
        `Files that cannot be used: ${unsound.length} of ${files.length}.`,
        { details: { files } },
      )
    return { files }
  }
}
