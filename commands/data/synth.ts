import { Flags } from '@oclif/core'
import { MARKETS, SYNTHESIZE_DEFAULTS, synthesizeData, TIMEFRAMES } from '../../src/ktrdr.ts'
import { writtenScreen } from '../../src/terminal/data.ts'
import { BaseCommand } from '../base.ts'
import { forceFlag } from '../args.ts'

export default class DataSynth extends BaseCommand {
  static override summary = 'make price bars of a market that never was'
  static override description =
    'A random walk that switches between bull, quiet, bear and crash regimes, with clusters of volatility and the opening hours of its market. The same seed gives the same bytes on every machine. It shows that a strategy runs, never that it earns.'
  static override examples = [
    '<%= config.bin %> data synth --out walk.csv',
    '<%= config.bin %> data synth --out EURUSD_15m.parquet --symbol-like forex --timeframe 15m --bars 100000 --seed 7',
  ]
  static override flags = {
    out: Flags.string({
      required: true,
      helpValue: 'FILE',
      description: 'ends in .csv, .csv.gz or .parquet',
    }),
    bars: Flags.integer({
      default: SYNTHESIZE_DEFAULTS.bars,
      helpValue: 'N',
      description: 'how many',
    }),
    timeframe: Flags.option({
      options: TIMEFRAMES,
      default: SYNTHESIZE_DEFAULTS.timeframe,
      description: 'of the bars',
    })(),
    seed: Flags.integer({
      default: SYNTHESIZE_DEFAULTS.seed,
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      helpValue: 'N',
      description: 'another seed, another market',
    }),
    'symbol-like': Flags.option({
      options: MARKETS,
      default: SYNTHESIZE_DEFAULTS.market,
      description: 'price, volatility, volume and opening hours',
    })(),
    start: Flags.string({
      default: SYNTHESIZE_DEFAULTS.start,
      helpValue: 'DATE',
      description: 'no bar is before it',
    }),
    regimes: Flags.boolean({ description: 'add a column with the regime of each bar' }),
    force: forceFlag,
  }

  async run(): Promise<object> {
    const { flags } = await this.parse(DataSynth)
    const { out, bars, timeframe, seed, start, regimes, force } = flags
    const market = flags['symbol-like']
    const options = { out, bars, timeframe, seed, market, start, regimes, force }
    const written = await synthesizeData(options)
    this.log(writtenScreen(written, this.room))
    return written
  }
}
