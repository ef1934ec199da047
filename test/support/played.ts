// A few bars of one symbol, played to the end, with trades in short.

import { BUY, SELL } from '../../src/backtest/intents.ts'
import type { SimulationSettings } from '../../src/trading/simulation-settings.ts'
import { FREE, portfolioOf, scriptedBars, type Scripted } from './portfolios.ts'
import { runAll } from './simulations.ts'

/** Open, high, low, close, volume = 1000. */
export type Row = readonly [number, number, number, number, number?]

export const FLAT: Row = [100, 100, 100, 100]

/** All in at no cost unless `changes` says otherwise. @param signals by bar */
export function play(
  rows: readonly Row[],
  signals: Readonly<Record<number, 'BUY' | 'SELL'>>,
  changes: Partial<SimulationSettings> = {},
  part: Partial<Scripted> = {},
) {
  const bits = Object.fromEntries(
    Object.entries(signals).map(([bar, signal]) => [bar, signal === 'BUY' ? BUY : SELL]),
  )
  const settings = { ...FREE, ...changes }
  return runAll(portfolioOf({ scripted: [scriptedBars(rows, bits, 'X', part)], settings }))
}

/** [entry bar, entry price, exit bar, exit price, reason] of each trade, prices to 9 decimals. */
export function tradesOf(result: ReturnType<typeof play>) {
  const rounded = (price: number) => Number(price.toFixed(9))
  return result.trades.map(({ entryBar, entryPrice, exitBar, exitPrice, exitReason }) => [
    entryBar,
    rounded(entryPrice),
    exitBar,
    rounded(exitPrice),
    exitReason,
  ])
}

export const ratio = (share: number) => ({ kind: 'ratio', ratio: share }) as const
export const atr = (multiple: number, period: number) =>
  ({ kind: 'atr', multiple, period }) as const
