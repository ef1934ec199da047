// The grammar of `trading`: orders, sizes and costs, in the words that the options of `ktrdr backtest` take.

import * as z from 'zod'
import { TERMS, type TextKey } from '../trading/trading-terms.ts'
import { yamlName } from '../trading/term-names.ts'
import { notes, section } from './schema-words.ts'

/** Text as on the command line, or a number where that is one. */
function said(key: TextKey, description: string) {
  const { parse, expected, example } = TERMS[key]
  return z
    .union([z.number(), z.string()])
    .refine((value) => parse(String(value)) !== undefined)
    .describe(description)
    .register(notes, { expected, remedy: `write for example ${yamlName(key)}: ${example}` })
    .optional()
}

const costs = section(
  {
    commission: said('commission', 'Share of the notional, each side. Default: 0.001.'),
    maker_commission: said(
      'makerCommission',
      'The same for fills of limit orders and targets. Default: commission.',
    ),
    commission_per_unit: said('commissionPerUnit', 'Money for each unit. Default: 0.'),
    commission_per_order: said('commissionPerOrder', 'Money for each fill. Default: 0.'),
    min_commission: said('minCommission', 'Least commission of a fill. Default: 0.'),
    slippage: said('slippage', 'Share of the price, each side. Default: 0.0005.'),
    slippage_of_range: said(
      'slippageOfRange',
      'Beside it, a share of the range of the bar before the fill. Default: 0.',
    ),
    slippage_of_volume: said(
      'slippageOfVolume',
      'Beside it, an impact times the squared share of the volume, and the largest such share: 0.1,2.5%. Default: none.',
    ),
    spread: said('spread', 'Share of the price between bid and ask. Default: 0.'),
    prices: z
      .enum(['middle', 'bid'])
      .describe('What the bars are prices of. Default: middle.')
      .optional(),
    borrow_fee: said('borrowFee', 'A year, of the value sold short. Default: 0.5%.'),
  },
  'write for example {commission: 0.001, slippage: 0.0005}',
)

export const trading = section(
  {
    order: said(
      'order',
      'What an entry is: market, close, limit:0.5%, stop:1atr, stop-limit:1%,0.2%. Default: market, at the next open.',
    ),
    order_expiry: said('orderExpiry', 'Bars that a resting order waits. Default: none.'),
    stop_loss: said('stopLoss', 'From the entry price, as 2% or 2atr/14. Default: none.'),
    take_profit: said('takeProfit', 'From the entry price, as 4% or 3atr. Default: none.'),
    trailing_stop: said('trailingStop', 'From the best price since the entry. Default: none.'),
    max_bars: said('maxBars', 'A position is closed after so many bars. Default: none.'),
    size: said(
      'size',
      'Of an entry: 25% of the equity, cash:10000, units:100, volatility:15%/20, risk:1%. Default: 25%.',
    ),
    lot_step: said('lotStep', 'Units are multiples of it. Default: none.'),
    leverage: said('leverage', 'Notional of all positions, in equities. Default: 1.'),
    maintenance_margin: said(
      'maintenanceMargin',
      'Positions are closed below this share of their notional. Default: half of 1/leverage, at most 25%.',
    ),
    max_entries: said('maxEntries', 'Entries into one position. Default: 1.'),
    reverse: z
      .boolean()
      .describe('An opposite signal opens the other side in the same step. Default: false.')
      .optional(),
    sides: z
      .enum(['long', 'short', 'both'])
      .describe('Default: both, as far as the strategy goes short.')
      .optional(),
    costs: costs.optional(),
  },
  'write for example {stop_loss: 2%, take_profit: 4%}',
).describe('How it is traded, unless an option of ktrdr backtest says otherwise.')
