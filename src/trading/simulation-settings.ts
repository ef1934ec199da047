// How a backtest trades: what one starts with, how orders are placed and sized, what trading costs. An absent setting is
// one that nobody asked for, so that settings of runs that were begun before it existed are what they were.

import type { DecisionSettings } from './decision-settings.ts'

export type SimulationSettings = {
  /** Cash before the first bar, above 0. */
  readonly capital: number
  /** Share of the notional, paid on every fill. */
  readonly commission: number
  /** Share of the price by which every fill of a market or stop order is worse than its reference, in [0, 1). */
  readonly slippage: number
  /** Share of the equity that an entry invests, commission included, above 0; at most `leverage`. */
  readonly positionSize: number
  /** Round units down, as for shares. */
  readonly wholeUnits: boolean
  readonly decisions: DecisionSettings
} & TradingSettings

export type TradingSettings = {
  /** Absent: market at the next open. */
  readonly order?: EntryOrder
  readonly exits?: ExitSettings
  /** Absent: `positionSize` of the equity. */
  readonly sizing?: Sizing
  /** Units are multiples of it. */
  readonly lotStep?: number
  readonly costs?: CostSettings
  /** Notional of all positions, at most, as a multiple of the equity; absent: 1. */
  readonly leverage?: number
  /** Positions are closed when the equity falls below this share of their notional; absent: never. */
  readonly maintenanceMargin?: number
  /** Entries into one position, of the same side; absent: 1. */
  readonly maxEntries?: number
  /** An opposite signal closes and opens the other side in one step. */
  readonly reverse?: true
  /** Absent: both, as far as the strategy goes short. */
  readonly sides?: 'long' | 'short'
  /** A position that is open at the last close stays open. */
  readonly leaveOpen?: true
}

/** A share of a price, or a multiple of the average true range (the indicator atr) at the close of the decision. */
export type Distance =
  | { readonly kind: 'ratio'; readonly ratio: number }
  | { readonly kind: 'atr'; readonly multiple: number; readonly period: number }

/**
 * What an entry is. Offsets are from the close of the decision: a limit buys below and sells above it, a stop the other
 * way round; the limit of a stop-limit lies beyond its stop. `expiryBars`: an order that has seen so many bars is
 * cancelled; null: it waits until another intent takes its place.
 */
export type EntryOrder =
  | { readonly type: 'market'; readonly at: 'open' | 'close' }
  | { readonly type: 'limit'; readonly offset: Distance; readonly expiryBars: number | null }
  | { readonly type: 'stop'; readonly offset: Distance; readonly expiryBars: number | null }
  | {
      readonly type: 'stop-limit'
      readonly offset: Distance
      readonly limit: Distance
      readonly expiryBars: number | null
    }

/** The bracket of a position: from its entry price, inside each bar the stop before the target. */
export type ExitSettings = {
  readonly stopLoss?: Distance
  readonly takeProfit?: Distance
  /** From the best price since the entry, of bars that are over. */
  readonly trailingStop?: Distance
  /** Closed at the open of the bar that would be the next one held. */
  readonly maxBars?: number
}

export type Sizing =
  /** Money that an entry invests. */
  | { readonly kind: 'cash'; readonly amount: number }
  | { readonly kind: 'units'; readonly units: number }
  /** The equity's volatility a year that the position would give, from the last `bars` moves of the close. */
  | { readonly kind: 'volatility'; readonly target: number; readonly bars: number }
  /** Share of the equity that is lost when the stop-loss is filled where it stands. */
  | { readonly kind: 'risk'; readonly ratio: number }

/** Beside `commission` and `slippage`. */
export type CostSettings = {
  /** Share of the notional for fills of resting limit orders; absent: `commission`. */
  readonly makerCommission?: number
  readonly commissionPerUnit?: number
  readonly commissionPerOrder?: number
  /** Of one fill. */
  readonly minCommission?: number
  /** Slippage beside the fixed one: a share of the range high − low of the bar before the fill. */
  readonly slippageOfRange?: number
  /** Slippage that grows with the share of the bar's volume, squared; entries take at most `maxShare` of the volume. */
  readonly slippageOfVolume?: { readonly impact: number; readonly maxShare: number }
  /** Share of the price between bid and ask. */
  readonly spread?: number
  /** What the bars are prices of: absent, the middle; `bid`: buys pay the whole spread. */
  readonly prices?: 'bid'
  /** A year, of the value of what is sold short. */
  readonly borrowFee?: number
}
