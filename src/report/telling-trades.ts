// The best and the worst trades, each with what the network was told when it decided: the memberships at the close of
// the bar before the entry.

import type { Memberships } from './report-data.ts'
import type { EquityCurve, Trade } from './result-files.ts'

const EACH = 5

export type TellingTrade = {
  readonly number: number
  readonly trade: Trade
  /** By the ids of the memberships; null = the entry is the first bar of the report. */
  readonly degrees: readonly number[] | null
}

export type TellingTrades = {
  readonly best: readonly TellingTrade[]
  readonly worst: readonly TellingTrade[]
}

/** Winners among the best, losers among the worst; a trade at exactly 0 is neither. */
export function tellingTrades(
  trades: readonly Trade[],
  curve: Pick<EquityCurve, 'bar' | 'length'>,
  { columns }: Memberships,
): TellingTrades {
  const ranked = trades
    .map((trade, i) => ({ trade, number: i + 1 }))
    .toSorted((a, b) => b.trade.returnRatio - a.trade.returnRatio || a.number - b.number)
  const firstBar = curve.bar[0] ?? 0
  const told = ({ trade, number }: (typeof ranked)[number]): TellingTrade => {
    const row = trade.entryBar - 1 - firstBar
    const isThere = row >= 0 && row < curve.length
    return { number, trade, degrees: isThere ? columns.map((column) => column[row]!) : null }
  }
  return {
    best: ranked
      .filter(({ trade }) => trade.returnRatio > 0)
      .slice(0, EACH)
      .map(told),
    worst: ranked
      .filter(({ trade }) => trade.returnRatio < 0)
      .slice(-EACH)
      .toReversed()
      .map(told),
  }
}
