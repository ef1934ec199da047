// The best and the worst trades, each with what was known when it was decided: the memberships at the close of the bar
// before the entry.

import type { Trade } from './result-files.ts'

const EACH = 5

export type TellingTrade = {
  readonly number: number
  readonly trade: Trade
  /** By the ids of the memberships; null = the entry is the first bar of the report, or its bars are missing. */
  readonly degrees: readonly number[] | null
}

export type TellingTrades = {
  readonly best: readonly TellingTrade[]
  readonly worst: readonly TellingTrade[]
}

/** Memberships of the bars of a symbol. */
export type ToldBars = {
  readonly timeMs: Float64Array
  readonly columns: readonly Float64Array[]
}

/**
 * Winners among the best, losers among the worst; a trade at exactly 0 is neither.
 * @param told by symbol
 * @param barsBefore how many bars before its entry a trade was decided; 0 when it is filled at that very close
 */
export function tellingTrades(
  trades: readonly Trade[],
  told: ReadonlyMap<string, ToldBars>,
  barsBefore: 0 | 1,
): TellingTrades {
  const ranked = trades
    .map((trade, i) => ({ trade, number: i + 1 }))
    .toSorted((a, b) => b.trade.returnRatio - a.trade.returnRatio || a.number - b.number)
  const tell = ({ trade, number }: (typeof ranked)[number]): TellingTrade => {
    const bars = told.get(trade.symbol)
    const row = (bars?.timeMs.indexOf(trade.entryMs) ?? -1) - barsBefore
    return { number, trade, degrees: row < 0 ? null : bars!.columns.map((column) => column[row]!) }
  }
  return {
    best: ranked
      .filter(({ trade }) => trade.returnRatio > 0)
      .slice(0, EACH)
      .map(tell),
    worst: ranked
      .filter(({ trade }) => trade.returnRatio < 0)
      .slice(-EACH)
      .toReversed()
      .map(tell),
  }
}
