// The grammar of `training_data` and `context_data`: what a strategy is trained on.

import * as z from 'zod'
import { ignored, notes, section, symbol, timeframe } from './schema-words.ts'

const symbols = section(
  {
    mode: z
      .enum(['single', 'multi_symbol'])
      .describe('One symbol, or several (not yet supported).')
      .register(notes, { remedy: 'write mode: single' }),
    symbol: symbol.describe('The symbol, for mode: single.').optional(),
    list: z.array(symbol).describe('The symbols, for mode: multi_symbol.').optional(),
    symbols: z.array(symbol).describe('Another name of list.').optional(),
    selection_criteria: ignored('symbols are named, not selected'),
  },
  'write for example {mode: single, symbol: EURUSD}',
)

const timeframes = section(
  {
    mode: z
      .enum(['single', 'multi_timeframe'])
      .describe('One timeframe, or several (not yet supported).')
      .register(notes, { remedy: 'write mode: single' }),
    timeframe: timeframe.describe('The timeframe, for mode: single.').optional(),
    list: z.array(timeframe).describe('The timeframes, for mode: multi_timeframe.').optional(),
    timeframes: z.array(timeframe).describe('Another name of list.').optional(),
    base_timeframe: timeframe.describe('Where labels and trades are; one of the above.').optional(),
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
      .describe('Bars that the author thinks are needed. Has no effect.')
      .default(200),
    start_date: z.string().describe('Has no effect: --start decides.').optional(),
    end_date: z.string().describe('Has no effect: --end decides.').optional(),
    date_range: ignored('--start and --end decide'),
  },
  'write the sections symbols and timeframes below it',
)

const series = section({
  provider: z.string().describe('fred, ib, cftc_cot, …').register(notes, {
    remedy: 'write for example provider: fred',
  }),
  alignment: z.string().default('forward_fill'),
  symbol: symbol.optional(),
  timeframe: timeframe.optional(),
  instrument_type: z.string().optional(),
  series: z
    .union([z.string(), z.array(z.string())])
    .register(notes, { expected: 'a series or a list of series' })
    .optional(),
  frequency: z.string().optional(),
  report: z.string().optional(),
  currencies: z.array(z.string()).optional(),
  min_impact: z.string().optional(),
  broker: z.string().optional(),
})

export const contextData = z.array(series).describe('Other series. Not yet supported.')
