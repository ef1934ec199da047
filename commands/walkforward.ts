import { Flags } from '@oclif/core'
import { FOLD_METHODS, OBJECTIVES, parseTradingFlags } from '../src/ktrdr.ts'
import { strategyArg } from './args.ts'
import { exportFlag, exporting } from './export.ts'
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

const span = { helpValue: 'LENGTH' } as const
const searched = { helpGroup: 'SEARCH', dependsOn: ['search'] }

export default class WalkForward extends RunCommand {
  static override summary = 'train again and again, and trade only what comes after'
  static override description =
    'Trains the strategy on a window of bars and trades the bars right after it, moves both on, and so on to the end of the data: what a trader would have had who trained anew every few months. No fold knows a bar of its test window, and one account trades all of them, so that positions are carried from fold to fold. With --search each fold first tries many values on its train window and goes on with the best. A length is 2y, 3m (calendar months), 6w, 90d or 500bars.'
  static override examples = [
    '<%= config.bin %> walkforward examples/strategies/pullback.yaml --data examples/data/sp500-1d.csv --train 8y --test 2y --epochs 5',
    '<%= config.bin %> walkforward pullback --data sp500.csv --train 10y --test 18m --anchored --epochs 5 --workers 4',
    '<%= config.bin %> walkforward examples/strategies/sma-cross.yaml --data examples/data/sp500-1d.csv --train 6y --test 2y --search examples/search/sma-cross.yaml --method grid --trials 40',
  ]
  static override args = { strategy: strategyArg }
  static override flags = {
    ...dataFlags,
    train: Flags.string({
      ...span,
      required: true,
      description: 'bars that each fold learns from, its validation among them',
    }),
    test: Flags.string({
      ...span,
      required: true,
      description: 'bars right after them, which it trades',
    }),
    step: Flags.string({
      ...span,
      description: 'from one fold to the next; by default the test window',
    }),
    anchored: Flags.boolean({
      description: 'each fold learns from all bars before its test, from the first one on',
    }),
    epochs: Flags.integer({
      min: 1,
      helpValue: 'N',
      description: 'of each fold, instead of what the strategy says',
    }),
    search: Flags.string({
      helpGroup: 'SEARCH',
      helpValue: 'FILE',
      description: 'YAML that says which values each fold tries, and where, as `search --space`',
    }),
    method: Flags.option({
      ...searched,
      options: FOLD_METHODS,
      description: 'how the trials of a fold are chosen; tpe by default',
    })(),
    trials: Flags.integer({
      ...searched,
      min: 1,
      max: 100_000,
      helpValue: 'N',
      description: 'of each fold; 20 by default',
    }),
    objective: Flags.option({
      ...searched,
      options: OBJECTIVES,
      description:
        'what decides: a figure of the validation, or of a backtest of its bars; val_loss by default, sharpe for rules',
    })(),
    seed: Flags.integer({
      ...searched,
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      helpValue: 'N',
      description: 'of the search (42); folds are trained with that of the strategy',
    }),
    ...queueFlags,
    ...tradingFlags,
    export: exportFlag,
    detach: detachFlag,
    ...saveFlags,
    'checkpoint-every': Flags.string({
      helpGroup: 'SAVE',
      helpValue: '10folds',
      description: 'save every N folds, or, of a search, every N trials of folds',
    }),
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(WalkForward)
    const trading = parseTradingFlags(flags)
    const options = { ...flags, strategy: args.strategy, trading }
    return this.withKtrdr(flags, (ktrdr) =>
      exporting(flags.export, () =>
        this.watch(ktrdr, flags, { type: 'walkforward' }, (listener) =>
          ktrdr.walkForward(options, queueOptions(flags), saveOptions(flags), listener),
        ),
      ),
    )
  }
}
