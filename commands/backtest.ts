import { Args, Flags } from '@oclif/core'
import { KtrdrError } from '../src/core/errors.ts'
import { exportFlag, exporting } from './export.ts'
import { dataFlags, progressFlags, RunCommand, saveFlags, saveOptions } from './run-command.ts'

export default class Backtest extends RunCommand {
  static override summary = 'run a trained strategy over price bars'
  static override description =
    'Decides on the close of each bar and fills at the next open, with commission and slippage. Like a training it can be killed at any bar and resumed to the same trades and equity.'
  static override examples = [
    '<%= config.bin %> backtest pullback --data examples/data/sp500-1d.csv --start 2017-04-19',
    '<%= config.bin %> backtest pullback@3 --data sp500.csv --capital 50000 --whole-units --export out',
  ]
  static override args = {
    model: Args.string({
      required: true,
      description:
        'a model (name, name@3, name/SYMBOL_1d@3, a directory), or the strategy it was trained from',
    }),
  }
  static override flags = {
    ...dataFlags,
    model: Flags.string({
      helpValue: 'MODEL',
      description: 'the model to use, when the argument is its strategy',
    }),
    capital: Flags.string({
      default: '100000',
      helpValue: 'MONEY',
      description: 'cash to begin with',
    }),
    commission: Flags.string({
      default: '0.001',
      helpValue: 'RATIO',
      description: 'share of the notional, each side',
    }),
    slippage: Flags.string({
      default: '0.0005',
      helpValue: 'RATIO',
      description: 'share of the price, each side',
    }),
    'position-size': Flags.string({
      default: '0.25',
      helpValue: 'RATIO',
      description: 'share of the equity an entry invests',
    }),
    'whole-units': Flags.boolean({
      default: false,
      description: 'round units down, as for shares',
    }),
    export: exportFlag,
    ...saveFlags,
    'checkpoint-every': Flags.string({
      helpValue: '5000bars',
      description: 'save every N bars',
    }),
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Backtest)
    const { data, start, end, model } = flags
    const options = {
      given: args.model,
      model,
      data,
      start,
      end,
      capital: amount('capital', flags.capital, (n) => n > 0, 'above 0'),
      commission: amount('commission', flags.commission, (n) => n >= 0 && n <= 1, 'from 0 to 1'),
      slippage: amount('slippage', flags.slippage, (n) => n >= 0 && n < 1, 'from 0 to below 1'),
      positionSize: amount(
        'position-size',
        flags['position-size'],
        (n) => n > 0 && n <= 1,
        'above 0, at most 1',
      ),
      wholeUnits: flags['whole-units'],
    }
    return this.withKtrdr(flags, (ktrdr) =>
      exporting(flags.export, () =>
        this.watch(ktrdr, flags, (listener) =>
          ktrdr.backtest(options, saveOptions(flags), listener),
        ),
      ),
    )
  }
}

/** @param range what `allows` does, in words */
function amount(
  flag: string,
  text: string,
  allows: (value: number) => boolean,
  range: string,
): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && allows(value)) return value
  throw new KtrdrError('USAGE', `--${flag} is "${text}"; expected a number ${range}.`)
}
