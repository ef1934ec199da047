// The grammar of `training_data` and `context_data`: what a strategy is trained on.

import * as z from 'zod'
import { ignored, notes, section, symbol, timeframe } from './schema-words.ts'

const symbols = section(
  {
    mode: z
      .enum(['single', 'multi_symbol'])
      .describe('One symbol, or several.')
      .register(notes, { remedy: 'write mode: single' }),
    symbol: symbol.describe('The symbol, for mode: single.').optional(),
    list: z
      .array(symbol)
      .describe('The symbols, for mode: multi_symbol; for mode: single a list of one.')
      .optional(),
    symbols: z.array(symbol).describe('Another name of list.').optional(),
    selection_criteria: ignored('symbols are named, not selected'),
  },
  'write for example {mode: single, symbol: EURUSD}',
)

const timeframes = section(
  {
    mode: z
      .enum(['single', 'multi_timeframe'])
      .describe('One timeframe, or several.')
      .register(notes, { remedy: 'write mode: single' }),
    timeframe: timeframe.describe('The timeframe, for mode: single.').optional(),
    list: z
      .array(timeframe)
      .describe(
        'The timeframes, for mode: multi_timeframe, in the order of timeframes: all; for mode: single a list of one.',
      )
      .optional(),
    timeframes: z.array(timeframe).describe('Another name of list.').optional(),
    base_timeframe: timeframe
      .describe('Where labels and trades are. Default: the first of the above.')
      .optional(),
  },
  'write for example {mode: single, timeframe: 1h}',
)

export const trainingData = section(
  {
    symbols,
    timeframes,
    history_required: z
      .int()
      .min(50)
      .max(1_000_000)
      .describe(
        'Bars of the base timeframe before the first that is used. Default: as many as the indicators need.',
      )
      .optional(),
    start_date: z.string().describe('Has no effect: --start decides.').optional(),
    end_date: z.string().describe('Has no effect: --end decides.').optional(),
    date_range: ignored('--start and --end decide'),
  },
  'write the sections symbols and timeframes below it',
)

/** Part of the id of a series, which `--data ID=FILE` has to be able to name. */
const seriesName = z
  .string()
  .regex(/^[A-Za-z0-9_\-.]{1,40}$/)
  .register(notes, { expected: 'a name of 1 to 40 letters, digits, _, - and .' })

const fromFile = ignored('the values are those of the file given with --data')

const series = section(
  {
    provider: seriesName
      .describe(
        'fred, ib or cftc_cot; any other gives one series, whose id is its symbol, or else the provider.',
      )
      .register(notes, {
        expected: 'a name of 1 to 40 letters, digits, _, - and .',
        remedy: 'write for example provider: fred',
      }),
    symbol: symbol.describe('ib: the symbol, which is the id of the series.').optional(),
    series: z
      .union([seriesName, z.array(seriesName).min(1)])
      .describe('fred: S → fred_S; the first two of a list also give yield_spread_S0_S1 = S0 − S1.')
      .register(notes, {
        expected: 'a series or a list of series',
        remedy: 'write for example series: [DGS10, DGS2]',
      })
      .optional(),
    report: seriesName
      .describe('cftc_cot: a currency, EUR → cot_EUR_net_pos and cot_EUR_net_pct.')
      .optional(),
    publication_lag: z
      .string()
      .regex(/^\d{1,6}(\.\d{1,6})?[mhd]$/)
      .describe(
        'How long after its stamp a value is published. Default: when the next value of the series is due.',
      )
      .register(notes, {
        expected: 'a duration in minutes, hours or days',
        remedy: 'write for example 30m, 2h or 3d',
      })
      .optional(),
    alignment: z.string().describe('Values are carried forward.').default('forward_fill'),
    timeframe: fromFile,
    instrument_type: fromFile,
    frequency: fromFile,
    currencies: fromFile,
    min_impact: fromFile,
    broker: fromFile,
  },
  'write for example {provider: fred, series: DGS10}',
)

export const contextData = z
  .array(series)
  .describe('Series beside the bars; an indicator looks at one by data_source.')
  .register(notes, {
    expected: 'a list of series',
    remedy: 'write for example - {provider: fred, series: DGS10} below it',
  })
