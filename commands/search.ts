import { Flags } from '@oclif/core'
import { METHODS, OBJECTIVES, parseTradingFlags } from '../src/ktrdr.ts'
import { strategyArg } from './args.ts'
import { queueFlags, queueOptions } from './queue-flags.ts'
import {
  dataFlags,
  detachFlag,
  progressFlags,
  RunCommand,
  saveFlags,
  saveOptions,
} from './run-command.ts'
import { tradingFlags } from './trading-flags.ts'

const { funding: _, ...searchedTrading } = tradingFlags

export default class Search extends RunCommand {
  static override summary = 'try many values of a strategy and rank them'
  static override description =
    'Trains and judges the strategy with other values in the places that the space names, several trials at a time, and writes the best one as YAML. Trials are judged by the validation and never by the test slice; of a strategy that has rules the last 15% of the bars are held back. Trials, table and best strategy are the same with any number of workers, and after any kill and resume.'
  static override examples = [
    '<%= config.bin %> search examples/strategies/pullback.yaml --space examples/search/pullback.yaml --data examples/data/sp500-1d.csv --trials 30 --epochs 10',
    '<%= config.bin %> search pullback --space space.yaml --data sp500.csv --method halving --trials 27 --objective sharpe',
    '<%= config.bin %> search examples/strategies/sma-cross.yaml --space examples/search/sma-cross.yaml --data examples/data/sp500-1d.csv --method grid --objective sharpe',
  ]
  static override args = { strategy: strategyArg }
  static override flags = {
    space: Flags.string({
      required: true,
      helpValue: 'FILE',
      description: 'YAML that says which values to try, and where',
    }),
    ...dataFlags,
    method: Flags.option({
      options: METHODS,
      default: 'tpe' as const,
      description: 'how trials are chosen',
    })(),
    trials: Flags.integer({
      min: 1,
      max: 100_000,
      default: 100,
      helpValue: 'N',
      description: 'how many to make; a grid has as many as it has, and no more than this',
    }),
    objective: Flags.option({
      options: OBJECTIVES,
      default: 'val_loss' as const,
      description: 'what decides: a figure of the validation, or of a backtest of its bars',
    })(),
    seed: Flags.integer({
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      default: 42,
      helpValue: 'N',
      description: 'of the search; trials are trained with that of the strategy',
    }),
    epochs: Flags.integer({
      min: 1,
      helpValue: 'N',
      description: 'of each trial, instead of what the strategy says',
    }),
    prune: Flags.boolean({
      description: 'give up a trial whose validation loss is above the median of those before it',
    }),
    ...queueFlags,
    ...searchedTrading,
    detach: detachFlag,
    ...saveFlags,
    'checkpoint-every': Flags.string({
      helpGroup: 'SAVE',
      helpValue: '10trials',
      description: 'save every N trials',
    }),
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Search)
    const trading = parseTradingFlags(flags)
    const options = { ...flags, strategy: args.strategy, trading }
    return this.withKtrdr(flags, (ktrdr) =>
      this.watch(ktrdr, flags, { type: 'search' }, (listener) =>
        ktrdr.search(options, queueOptions(flags), saveOptions(flags), listener),
      ),
    )
  }
}
