// How a backtest trades, in short phrases: of all that is set, and of nothing else.

import { counted, grouped } from '../core/text.ts'
import type { Distance, EntryOrder, SimulationSettings, Sizing } from './simulation-settings.ts'

type Trading = Omit<SimulationSettings, 'decisions'>

export type TradingPhrases = {
  readonly account: readonly string[]
  readonly size: readonly string[]
  readonly orders: readonly string[]
  readonly exits: readonly string[]
  readonly costs: readonly string[]
}

/** `100 000 capital`, `25 % a position`, `stop 2 %`, `commission 0.1 %` … */
export function describeTrading(settings: Trading): string[] {
  return Object.values(tradingPhrases(settings)).flat()
}

export function tradingPhrases(settings: Trading): TradingPhrases {
  const { order, leverage, maintenanceMargin, maxEntries, sides, lotStep } = settings
  return {
    account: [`${money(settings.capital)} capital`],
    size: [
      settings.sizing
        ? sizingText(settings.sizing)
        : `${percent(settings.positionSize)} a position`,
      ...(settings.wholeUnits ? ['whole units'] : []),
      ...said(lotStep, (units) => `lots of ${units}`),
      ...said(leverage, (times) => `leverage ${times}x`),
      ...said(maintenanceMargin, (share) => `margin call below ${percent(share)}`),
    ],
    orders: [
      ...said(order, orderPhrase),
      ...said(maxEntries, (entries) => `${entries} entries at most`),
      ...(settings.reverse ? ['reverses in one step'] : []),
      ...said(sides, (side) => `${side} only`),
    ],
    exits: [
      ...said(settings.exits?.stopLoss, (away) => `stop ${distance(away)}`),
      ...said(settings.exits?.takeProfit, (away) => `target ${distance(away)}`),
      ...said(settings.exits?.trailingStop, (away) => `trailing stop ${distance(away)}`),
      ...said(settings.exits?.maxBars, (bars) => `${counted(bars, 'bar')} at most`),
      ...(settings.leaveOpen ? ['left open at the end'] : []),
    ],
    costs: costPhrases(settings),
  }
}

export type CostTerms = Pick<Trading, 'commission' | 'slippage' | 'costs'>

export function costPhrases({ commission, slippage, costs = {} }: CostTerms): string[] {
  return [
    `commission ${percent(commission)}`,
    ...said(costs.makerCommission, (share) => `${percent(share)} for limits and targets`),
    ...said(costs.commissionPerUnit, (amount) => `${money(amount)} a unit`),
    ...said(costs.commissionPerOrder, (amount) => `${money(amount)} a fill`),
    ...said(costs.minCommission, (amount) => `${money(amount)} at least`),
    `slippage ${percent(slippage)}`,
    ...said(costs.slippageOfRange, (share) => `${percent(share)} of the range`),
    ...said(
      costs.slippageOfVolume,
      ({ impact, maxShare }) =>
        `${impact} × the squared share of the volume, ${percent(maxShare)} of it at most`,
    ),
    ...said(costs.spread, (share) => `spread ${percent(share)}`),
    ...said(costs.prices, () => 'bars of bid prices'),
    ...said(costs.borrowFee, (share) => `borrow fee ${percent(share)} a year`),
  ]
}

function said<T>(value: T | undefined, phrase: (value: T) => string): string[] {
  return value === undefined ? [] : [phrase(value)]
}

function sizingText(sizing: Sizing): string {
  switch (sizing.kind) {
    case 'cash':
      return `${money(sizing.amount)} a position`
    case 'units':
      return `${money(sizing.units)} ${sizing.units === 1 ? 'unit' : 'units'} a position`
    case 'volatility':
      return `volatility ${percent(sizing.target)} a year over ${counted(sizing.bars, 'bar')}`
    case 'risk':
      return `${percent(sizing.ratio)} at risk a position`
  }
}

function orderPhrase(order: EntryOrder): string {
  switch (order.type) {
    case 'market':
      return order.at === 'close' ? 'at the same close' : 'at the next open'
    case 'limit':
      return `limit ${distance(order.offset)} better than the close${waiting(order)}`
    case 'stop':
      return `stop order ${distance(order.offset)} beyond the close${waiting(order)}`
    case 'stop-limit':
      return `stop order ${distance(order.offset)} beyond the close with a limit ${distance(order.limit)} further${waiting(order)}`
  }
}

function waiting({ expiryBars }: { readonly expiryBars: number | null }): string {
  return expiryBars === null ? '' : ` for ${counted(expiryBars, 'bar')}`
}

function distance(away: Distance): string {
  return away.kind === 'ratio' ? percent(away.ratio) : `${away.multiple} ATR(${away.period})`
}

/** 0.0005 → "0.05 %". */
function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(6))} %`
}

function money(amount: number): string {
  return Number.isInteger(amount) ? grouped(amount) : String(amount)
}
