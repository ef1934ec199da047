import { Flags } from '@oclif/core'
import { dryRunScreen } from '../src/terminal/plan.ts'
import { strategyArg } from './args.ts'
import {
  dataFlags,
  detachFlag,
  progressFlags,
  RunCommand,
  saveFlags,
  saveOptions,
  threadsFlag,
} from './run-command.ts'

export default class Train extends RunCommand {
  static override summary = 'train a strategy on price bars'
  static override description =
    'Trains in the foreground unless told to --detach, saves checkpoints as it goes, and can be stopped or killed at any instant: "ktrdr operations resume" goes on to the same bytes.'
  static override examples = [
    '<%= config.bin %> train examples/strategies/pullback.yaml --data examples/data/sp500-1d.csv',
    '<%= config.bin %> train pullback --data sp500.csv --end 2016-12-31 --epochs 200 --seed 7',
    '<%= config.bin %> train pullback --data sp500.csv --checkpoint-every 37batches --dry-run',
    '<%= config.bin %> train pullback --data sp500.csv --detach',
  ]
  static override args = { strategy: strategyArg }
  static override flags = {
    ...dataFlags,
    epochs: Flags.integer({
      min: 1,
      helpValue: 'N',
      description: 'instead of what the strategy says',
    }),
    seed: Flags.integer({
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      helpValue: 'N',
      description: 'instead of what the strategy says',
    }),
    from: Flags.string({ helpValue: 'MODEL', description: 'start from the weights of this model' }),
    threads: threadsFlag,
    detach: detachFlag,
    'dry-run': Flags.boolean({ description: 'load everything, say what would be done, and stop' }),
    ...saveFlags,
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Train)
    const { data, start, end, epochs, seed, from } = flags
    const options = { strategy: args.strategy, data, start, end, epochs, seed, from }
    return this.withKtrdr(flags, async (ktrdr) => {
      if (flags['dry-run']) {
        const plan = await ktrdr.planTraining(options, saveOptions(flags))
        this.log(dryRunScreen(plan, this.room))
        return plan
      }
      return this.watch(ktrdr, flags, { type: 'training' }, (listener) =>
        ktrdr.train(options, saveOptions(flags), listener),
      )
    })
  }
}
