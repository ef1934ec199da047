import { Args, Flags, type Interfaces } from '@oclif/core'
import { KtrdrError } from '../src/core/errors.ts'
import type { Ktrdr, Listener, RunEnd, SaveOptions } from '../src/ktrdr.ts'
import { exportFlag, exporting } from './export.ts'
import { dataFlags, progressFlags, RunCommand, saveFlags, saveOptions } from './run-command.ts'

export default class Backtest extends RunCommand {
  static override summary = 'run a trained strategy, or signals from a file, over price bars'
  static override description =
    'Decides on the close of each bar and fills at the next open, with commission and slippage. Like a training it can be killed at any bar and resumed to the same trades and equity. With --signals no model is needed: the file has a row for each bar, with its timestamp and p_buy,p_hold,p_sell, or a signal (BUY, HOLD, SELL), or the position to hold (-1, 0, 1).'
  static override examples = [
    '<%= config.bin %> backtest pullback --data examples/data/sp500-1d.csv --start 2017-04-19',
    '<%= config.bin %> backtest pullback@3 --data sp500.csv --capital 50000 --whole-units --export out',
    '<%= config.bin %> backtest --signals signals.csv --data AAPL=aapl.csv --allow-short',
  ]
  static override args = {
    model: Args.string({
      description:
        'a model (name, name@3, name/SYMBOL_1d@3, a directory), or the strategy it was trained from; with --signals, if any, the strategy whose decisions apply',
    }),
  }
  static override flags = {
    ...dataFlags,
    model: Flags.string({
      helpValue: 'MODEL',
      description: 'the model to use, when the argument is its strategy',
    }),
    signals: Flags.string({
      helpValue: 'FILE',
      exclusive: ['model'],
      description: 'signals of another program, as CSV or Parquet, instead of a model',
    }),
    'confidence-threshold': Flags.string({
      helpValue: 'RATIO',
      dependsOn: ['signals'],
      description: 'least probability of a BUY or SELL, 0.5 unless a strategy says otherwise',
    }),
    'allow-short': Flags.boolean({
      allowNo: true,
      dependsOn: ['signals'],
      description: 'a SELL without a position opens a short',
    }),
    'signal-separation': Flags.string({
      helpValue: 'HOURS',
      dependsOn: ['signals'],
      description: 'least time from a fill to an entry, 4 unless a strategy says otherwise',
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
    const { data, start, end } = flags
    const options = {
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
    const begin = this.beginOf(args.model, flags, options)
    return this.withKtrdr(flags, (ktrdr) =>
      exporting(flags.export, () =>
        this.watch(ktrdr, flags, (listener) => begin(ktrdr, saveOptions(flags), listener)),
      ),
    )
  }

  /** What starts the backtest: of signals, or of a model. */
  private beginOf(
    given: string | undefined,
    flags: Interfaces.InferredFlags<typeof Backtest.flags>,
    options: Omit<Parameters<Ktrdr['backtestSignals']>[0], 'signals'>,
  ): (ktrdr: Ktrdr, save: SaveOptions, listener: Listener) => Promise<RunEnd> {
    const { signals, model } = flags
    if (signals !== undefined) {
      const rules = {
        confidenceThreshold: optional(
          'confidence-threshold',
          flags['confidence-threshold'],
          (n) => n >= 0 && n <= 1,
          'from 0 to 1',
        ),
        allowShort: flags['allow-short'],
        separationHours: optional(
          'signal-separation',
          flags['signal-separation'],
          (n) => n >= 0,
          'of hours, 0 or more',
        ),
      }
      return (ktrdr, save, listener) =>
        ktrdr.backtestSignals({ ...options, ...rules, signals, strategy: given }, save, listener)
    }
    if (given === undefined)
      throw new KtrdrError('USAGE', 'There is nothing to backtest: name a model, or signals.', {
        suggestions: [
          'ktrdr backtest STRATEGY --data FILE',
          'ktrdr backtest --signals FILE --data FILE',
        ],
      })
    return (ktrdr, save, listener) => ktrdr.backtest({ ...options, given, model }, save, listener)
  }
}

function optional(
  flag: string,
  text: string | undefined,
  allows: (value: number) => boolean,
  range: string,
): number | undefined {
  return text === undefined ? undefined : amount(flag, text, allows, range)
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
