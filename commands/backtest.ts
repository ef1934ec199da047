import { Args, Flags, type Interfaces } from '@oclif/core'
import { KtrdrError } from '../src/core/errors.ts'
import {
  parseTradingFlags,
  TIMEFRAMES,
  type Ktrdr,
  type Listener,
  type RunEnd,
  type SaveOptions,
} from '../src/ktrdr.ts'
import { exportFlag, exporting } from './export.ts'
import {
  dataFlags,
  detachFlag,
  progressFlags,
  RunCommand,
  saveFlags,
  saveOptions,
} from './run-command.ts'
import { tradingFlags } from './trading-flags.ts'

export default class Backtest extends RunCommand {
  static override summary = 'run a strategy, or signals from a file, over price bars'
  static override description =
    'Decides on the close of each bar and fills at the next open, with commission and slippage, unless the trading section of the strategy or these flags say otherwise; a flag goes before the strategy. Like a training it can be killed at any bar and resumed to the same trades and equity. A strategy that has rules needs no model, nor does --signals: the file has a row for each bar, with its timestamp and p_buy,p_hold,p_sell, or a signal (BUY, HOLD, SELL), or the position to hold (-1, 0, 1).'
  static override examples = [
    '<%= config.bin %> backtest pullback --data examples/data/sp500-1d.csv --start 2017-04-19',
    '<%= config.bin %> backtest pullback@3 --data sp500.csv --capital 50000 --whole-units --export out',
    '<%= config.bin %> backtest pullback --data sp500.csv --stop-loss 2atr --size risk:1% --leverage 2',
    '<%= config.bin %> backtest examples/strategies/sma-cross.yaml --data examples/data/sp500-1d.csv',
    '<%= config.bin %> backtest --signals signals.csv --data AAPL=aapl.csv --allow-short',
  ]
  static override args = {
    model: Args.string({
      description:
        'a model (name, name@3, name@best, name/SYMBOL_1d@3, a directory), or the strategy it was trained from; or a strategy that has rules; with --signals, if any, the strategy whose decisions apply',
    }),
  }
  static override flags = {
    ...dataFlags,
    model: Flags.string({
      helpValue: 'MODEL',
      description: 'the model to use, when the argument is its strategy',
    }),
    signals: Flags.string({
      helpGroup: 'SIGNAL',
      helpValue: 'FILE',
      exclusive: ['model'],
      description: 'signals of another program, as CSV or Parquet, instead of a model',
    }),
    'confidence-threshold': Flags.string({
      helpGroup: 'SIGNAL',
      helpValue: 'RATIO',
      dependsOn: ['signals'],
      description: 'least probability of a BUY or SELL, 0.5 unless a strategy says otherwise',
    }),
    'allow-short': Flags.boolean({
      helpGroup: 'SIGNAL',
      allowNo: true,
      dependsOn: ['signals'],
      description: 'a SELL without a position opens a short',
    }),
    'signal-separation': Flags.string({
      helpGroup: 'SIGNAL',
      helpValue: 'HOURS',
      dependsOn: ['signals'],
      description: 'least time from a fill to an entry, 4 unless a strategy says otherwise',
    }),
    timeframe: Flags.option({
      helpGroup: 'SIGNAL',
      options: TIMEFRAMES,
      description:
        'of the bars to trade by signals or rules, instead of that of the strategy or of the file',
    })(),
    ...tradingFlags,
    trials: Flags.string({
      helpValue: 'N',
      description: 'how many strategies were tried to find this one: it deflates the Sharpe ratio',
    }),
    export: exportFlag,
    detach: detachFlag,
    ...saveFlags,
    'checkpoint-every': Flags.string({
      helpGroup: 'SAVE',
      helpValue: '5000bars',
      description: 'save every N bars',
    }),
    ...progressFlags,
  }

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Backtest)
    const { data, start, end, funding } = flags
    const options = {
      data,
      start,
      end,
      trading: parseTradingFlags(flags),
      funding,
      trials: optional(
        'trials',
        flags.trials,
        (n) => Number.isSafeInteger(n) && n >= 1,
        'of strategies, a whole one from 1',
      ),
    }
    const begin = this.beginOf(args.model, flags, options)
    return this.withKtrdr(flags, (ktrdr) =>
      exporting(flags.export, () =>
        this.watch(ktrdr, flags, { type: 'backtesting' }, (listener) =>
          begin(ktrdr, saveOptions(flags), listener),
        ),
      ),
    )
  }

  /** What starts the backtest: of signals, or of a model. */
  private beginOf(
    given: string | undefined,
    flags: Interfaces.InferredFlags<typeof Backtest.flags>,
    options: Omit<Parameters<Ktrdr['backtestSignals']>[0], 'signals'>,
  ): (ktrdr: Ktrdr, save: SaveOptions, listener: Listener) => Promise<RunEnd> {
    const { signals, model, timeframe } = flags
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
        ktrdr.backtestSignals(
          { ...options, ...rules, timeframe, signals, strategy: given },
          save,
          listener,
        )
    }
    if (given === undefined)
      throw new KtrdrError('USAGE', 'There is nothing to backtest: name a model, or signals.', {
        suggestions: [
          'ktrdr backtest STRATEGY --data FILE',
          'ktrdr backtest --signals FILE --data FILE',
        ],
      })
    return (ktrdr, save, listener) =>
      ktrdr.backtest({ ...options, given, model, timeframe }, save, listener)
  }
}

/** @param range what `allows` does, in words */
function optional(
  flag: string,
  text: string | undefined,
  allows: (value: number) => boolean,
  range: string,
): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && allows(value)) return value
  throw new KtrdrError('USAGE', `--${flag} is "${text}"; expected a number ${range}.`)
}
