// Entries that wait for a price: limit, stop and stop-limit orders.

import type { Bars } from '../data/bars.ts'
import type { Side } from '../performance/trade.ts'
import type { EntryOrder, SimulationSettings } from '../trading/simulation-settings.ts'
import type { Sight } from './bracket.ts'
import { spreadShare, type Liquidity } from './costs.ts'
import { distanceOf, type RangesByPeriod } from './instrument.ts'
import type { Order } from './simulation-state.ts'

/** The prices that an entry decided at the close of `bar` waits for; null when a distance is not known yet. */
export function restingPrices(
  order: EntryOrder | undefined,
  side: Side,
  { close }: Bars,
  ranges: RangesByPeriod,
  bar: number,
): Pick<Order, 'stopPrice' | 'limitPrice'> | null {
  if (order === undefined || order.type === 'market') return { stopPrice: null, limitPrice: null }
  const price = close[bar]!
  const up = side === 'LONG' ? 1 : -1
  const offset = distanceOf(order.offset, price, ranges, bar)
  if (Number.isNaN(offset)) return null
  if (order.type === 'limit') return { stopPrice: null, limitPrice: price - up * offset }
  const stopPrice = price + up * offset
  if (order.type === 'stop') return { stopPrice, limitPrice: null }
  const beyond = distanceOf(order.limit, price, ranges, bar)
  return Number.isNaN(beyond) ? null : { stopPrice, limitPrice: stopPrice + up * beyond }
}

export function isResting({ stopPrice, limitPrice }: Order): boolean {
  return stopPrice !== null || limitPrice !== null
}

export type EntryFill = {
  readonly price: number
  readonly liquidity: Liquidity
  /** The price of the bars at that moment. */
  readonly sight: Sight
}

/** Where the bar meets the prices of a resting order; a stop-limit whose stop is met alone becomes a limit order. */
export function meet(
  order: Order,
  bars: Bars,
  bar: number,
  settings: SimulationSettings,
): EntryFill | null {
  const buys = order.side === 'LONG'
  const open = bars.open[bar]!
  const { stopPrice, limitPrice } = order
  if (stopPrice === null) return meetLimit(limitPrice!, buys, bars, bar, settings)
  const atOpen = buys ? open >= stopPrice : open <= stopPrice
  const isMet = atOpen || (buys ? bars.high[bar]! >= stopPrice : bars.low[bar]! <= stopPrice)
  if (!isMet) return null
  const price = atOpen ? open : stopPrice
  const sight = { price, isOpen: atOpen }
  if (limitPrice === null) return { price, liquidity: 'taker', sight }
  order.stopPrice = null
  const offered = offeredPrice(price, buys, settings)
  if (buys ? offered <= limitPrice : offered >= limitPrice)
    return { price: offered, liquidity: 'maker', sight }
  return atOpen ? meetLimit(limitPrice, buys, bars, bar, settings) : null
}

function meetLimit(
  limit: number,
  buys: boolean,
  { open, high, low }: Bars,
  bar: number,
  settings: SimulationSettings,
): EntryFill | null {
  const first = { price: open[bar]!, isOpen: true }
  const atOpen = offeredPrice(first.price, buys, settings)
  if (buys ? atOpen <= limit : atOpen >= limit)
    return { price: atOpen, liquidity: 'maker', sight: first }
  const best = offeredPrice(buys ? low[bar]! : high[bar]!, buys, settings)
  const isMet = buys ? best <= limit : best >= limit
  if (!isMet) return null
  const sight = { price: limit / offeredPrice(1, buys, settings), isOpen: false }
  return { price: limit, liquidity: 'maker', sight }
}

/** The ask of a price for who buys, else the bid. */
function offeredPrice(price: number, buys: boolean, settings: SimulationSettings): number {
  const share = spreadShare(buys, settings)
  return price * (buys ? 1 + share : 1 - share)
}
