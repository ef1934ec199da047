// The flags of `ktrdr backtest` that say how it trades. None has a default here: a flag that is not given leaves it to the
// strategy, and a strategy that says nothing to the defaults.

import { Flags } from '@oclif/core'

const ratio = { helpValue: 'RATIO' } as const
const money = { helpValue: 'MONEY' } as const
const distance = { helpValue: 'DISTANCE' } as const
const bars = { helpValue: 'BARS' } as const

const orders = { helpGroup: 'ORDER' } as const
const orderFlags = {
  order: Flags.string({
    ...orders,
    helpValue: 'ORDER',
    description:
      'what an entry is: market (at the next open, the default), close (at the close it is decided on), limit:0.5%, stop:1atr, stop-limit:1%,0.2%',
  }),
  'order-expiry': Flags.string({
    ...orders,
    ...bars,
    description: 'cancel an order that has waited so long; none by default',
  }),
  'stop-loss': Flags.string({
    ...orders,
    ...distance,
    description: 'close a position so far against its entry price: 2%, or 2atr, 1.5atr/20',
  }),
  'take-profit': Flags.string({
    ...orders,
    ...distance,
    description: 'close a position so far in favour of its entry price',
  }),
  'trailing-stop': Flags.string({
    ...orders,
    ...distance,
    description: 'close a position so far from its best price',
  }),
  'max-bars': Flags.string({
    ...orders,
    ...bars,
    description: 'close a position after so long',
  }),
  'max-entries': Flags.string({
    ...orders,
    helpValue: 'N',
    description: 'entries into one position; 1 by default',
  }),
  reverse: Flags.boolean({
    ...orders,
    allowNo: true,
    description: 'an opposite signal opens the other side in the same step',
  }),
  sides: Flags.option({
    ...orders,
    options: ['long', 'short', 'both'] as const,
    description: 'enter on one side only',
  })(),
  'leave-open': Flags.boolean({
    ...orders,
    description: 'do not close what is open at the last close',
  }),
}

const sizes = { helpGroup: 'SIZE' } as const
const sizeFlags = {
  capital: Flags.string({
    ...sizes,
    ...money,
    description: 'cash to begin with; 100000 by default',
  }),
  size: Flags.string({
    ...sizes,
    helpValue: 'SIZE',
    exclusive: ['position-size'],
    description:
      'of an entry: 25% of the equity (the default), cash:10000, units:100, volatility:15% a year (/60: over 60 bars), risk:1% of the equity to the stop-loss',
  }),
  'position-size': Flags.string({
    ...sizes,
    ...ratio,
    description: 'share of the equity an entry invests, at most the leverage',
  }),
  'whole-units': Flags.boolean({
    ...sizes,
    description: 'round units down, as for shares',
  }),
  'lot-step': Flags.string({
    ...sizes,
    helpValue: 'UNITS',
    description: 'round units down to a multiple of this',
  }),
  leverage: Flags.string({
    ...sizes,
    helpValue: 'N',
    description: 'notional of all positions, at most, in equities; 1 by default',
  }),
  'maintenance-margin': Flags.string({
    ...sizes,
    ...ratio,
    description:
      'close positions when the equity falls below this share of their notional; by default half of 1/leverage, at most 25%; none: never',
  }),
}

const costs = { helpGroup: 'COST' } as const
const costFlags = {
  commission: Flags.string({
    ...costs,
    ...ratio,
    description: 'share of the notional, each side; 0.001 by default',
  }),
  'maker-commission': Flags.string({
    ...costs,
    ...ratio,
    description: 'the same for fills of limit orders and targets',
  }),
  'commission-per-unit': Flags.string({
    ...costs,
    ...money,
    description: 'for each unit, beside the share',
  }),
  'commission-per-order': Flags.string({
    ...costs,
    ...money,
    description: 'for each fill, beside the share',
  }),
  'min-commission': Flags.string({
    ...costs,
    ...money,
    description: 'least commission of a fill',
  }),
  slippage: Flags.string({
    ...costs,
    ...ratio,
    description: 'share of the price, each side; 0.0005 by default',
  }),
  'slippage-of-range': Flags.string({
    ...costs,
    ...ratio,
    description: 'beside it, a share of the range of the bar before the fill',
  }),
  'slippage-of-volume': Flags.string({
    ...costs,
    helpValue: 'IMPACT,SHARE',
    description:
      'beside it, an impact times the squared share of the volume, and the largest such share: 0.1,2.5%',
  }),
  spread: Flags.string({
    ...costs,
    ...ratio,
    description: 'share of the price between bid and ask',
  }),
  prices: Flags.option({
    ...costs,
    options: ['middle', 'bid'] as const,
    description: 'what the bars are prices of; middle by default',
  })(),
  'borrow-fee': Flags.string({
    ...costs,
    ...ratio,
    description: 'a year, of the value sold short; 0.5% by default',
  }),
  funding: Flags.string({
    ...costs,
    multiple: true,
    multipleNonGreedy: true,
    helpValue: '[SYMBOL=]FILE',
    description: 'rates that longs pay to shorts, with a column of stamps and one of rates',
  }),
}

export const tradingFlags = { ...orderFlags, ...sizeFlags, ...costFlags }
