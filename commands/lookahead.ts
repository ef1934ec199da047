import { Flags } from '@oclif/core'
import { KtrdrError } from '../src/core/errors.ts'
import { checkLookahead } from '../src/ktrdr.ts'
import { lookaheadScreen } from '../src/terminal/lookahead.ts'
import { strategyArg } from './args.ts'
import { BaseCommand } from './base.ts'
import { dataFlags } from './run-command.ts'

export default class Lookahead extends BaseCommand {
  static override summary = 'look for values that know the future, and for the history they need'
  static override description =
    'Computes features, labels and, when the strategy has a model, its signals again with the bars after sampled ones missing, and with others in their place: what changes at such a bar or before it looks ahead (exit code 3). Then tells how much each feature changes when the data begin later, and what history_required settles it.'
  static override examples = [
    '<%= config.bin %> lookahead pullback --data examples/data/sp500-1d.csv',
    '<%= config.bin %> lookahead pullback --data sp500.csv --start 2015-01-01 --samples 100 --json',
  ]
  static override args = { strategy: strategyArg }
  static override flags = {
    ...dataFlags,
    samples: Flags.integer({
      default: 20,
      min: 1,
      max: 10_000,
      helpValue: 'N',
      description: 'after how many bars of each symbol the future is hidden',
    }),
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Lookahead)
    const { data, start, end, samples } = flags
    const options = { strategy: args.strategy, data, start, end, samples }
    const report = await checkLookahead(options, await this.settingsOf(flags))
    this.log(lookaheadScreen(report, this.room))
    if (report.looksAhead) throw looksAhead(report)
    return report
  }
}

function looksAhead(report: Awaited<ReturnType<typeof checkLookahead>>): KtrdrError {
  const names = new Set(
    report.symbols.flatMap(({ lookahead }) => lookahead.map(({ name }) => name)),
  )
  return new KtrdrError('LOOKS_AHEAD', `Values that know the future: ${[...names].join(', ')}.`, {
    details: { ...report },
  })
}
