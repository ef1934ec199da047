import { Flags } from '@oclif/core'
import { validateStrategy } from '../src/ktrdr.ts'
import { validScreen } from '../src/terminal/strategy.ts'
import { strategyArg } from './args.ts'
import { BaseCommand } from './base.ts'
import { DATA_FLAG, rangeFlags } from './run-command.ts'

export default class Validate extends BaseCommand {
  static override summary = 'check a strategy file'
  static override description =
    'Says everything that is wrong with a strategy at once, each with its line and a remedy; else lists the features it gives the network, or its rules.'
  static override examples = [
    '<%= config.bin %> validate examples/strategies/pullback.yaml',
    '<%= config.bin %> validate pullback --json',
    '<%= config.bin %> validate pullback --data examples/data/sp500-1d.csv',
  ]
  static override args = { strategy: strategyArg }

  static override flags = {
    data: Flags.string({
      ...DATA_FLAG,
      description:
        'try it on these price bars, too: how many rows train, validate and test, or on how many bars each rule holds',
    }),
    ...rangeFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Validate)
    const { data, start, end } = flags
    const options = { data, start, end }
    const report = await validateStrategy(args.strategy, options, process.env, process.cwd())
    this.log(validScreen(report, this.room))
    return report
  }
}
