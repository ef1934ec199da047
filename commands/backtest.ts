import { Args, Flags } from '@oclif/core'
import { KtrdrError } from '../src/core/errors.ts'
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
        'a model (name, name@latest, name@3, a directory), or the strategy it was trained from',
    }),
  }
  static override flags = {
    ...dataFlags,
    model: Flags.string({
      helpValue: 'MODEL',
      description: 'the model to use, when the argument names a strategy',
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
    'whole-units': Flags.boolean({ description: 'round units down, as for shares' }),
    export: Flags.string({
      helpValue: 'DIR',
      description: 'copy trades.csv, equity.csv and metrics.json there',
    }),
    ...saveFlags,
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Backtest)
    const { data, start, end } = flags
    const options = {
      model: flags.model ?? args.model,
      data,
      start,
      end,
      capital: amount('capital', flags.capital, 0, Infinity),
      commission: amount('commission', flags.commission, -Number.MIN_VALUE, 1),
      slippage: amount('slippage', flags.slippage, -Number.MIN_VALUE, 1),
      positionSize: amount('position-size', flags['position-size'], 0, 1),
      wholeUnits: flags['whole-units'],
    }
    return this.withKtrdr(flags, async (ktrdr) => {
      const report = await this.watch(ktrdr, flags, (listener) =>
        ktrdr.backtest(options, saveOptions(flags), listener),
      )
      if (flags.export !== undefined) ktrdr.exportResult(report, flags.export)
      return report
    })
  }
}

/** A number above `above` and at most `most`. */
function amount(flag: string, text: string, above: number, most: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > above && value <= most) return value
  const range = most === Infinity ? `above ${above}` : `from ${Math.max(0, above)} to ${most}`
  throw new KtrdrError('USAGE', `--${flag} is "${text}"; expected a number ${range}.`)
}
