// Figures of a list of trades. `null`: undefined, because no trade of that kind happened. Money is net of all costs.

import { finite, quotient } from './finite.ts'
import type { Trade } from './simulation-state.ts'

export type TradeFigures = {
  readonly trades: number
  /** Net P&L above and below 0; a trade at exactly 0 is neither. */
  readonly winningTrades: number
  readonly losingTrades: number
  /** Winning trades as a share of all. */
  readonly winRateRatio: number | null
  /** Sum of wins / sum of losses; `null` without losses. */
  readonly profitFactor: number | null
  /** Average win / average loss. */
  readonly payoffRatio: number | null
  /** Sum of the net P&L, and its mean. */
  readonly netProfit: number
  readonly averageTrade: number | null
  /** Money; losses are negative. */
  readonly averageWin: number | null
  readonly averageLoss: number | null
  readonly largestWin: number | null
  readonly largestLoss: number | null
  /** Mean of the trades' returnRatio, and the highest and the lowest of them. */
  readonly expectancyRatio: number | null
  readonly bestTradeRatio: number | null
  readonly worstTradeRatio: number | null
  /** √N · mean / standard deviation (ddof 1) of the net P&L (Tharp). */
  readonly systemQualityNumber: number | null
  /** Win rate − (1 − win rate) / payoff (Kelly 1956); negative: no stake is worth it. */
  readonly kellyRatio: number | null
  readonly averageHoldingBars: number | null
  readonly averageHoldingBarsOfWins: number | null
  readonly averageHoldingBarsOfLosses: number | null
  readonly longestHoldingBars: number | null
  readonly averageHoldingDays: number | null
  /** Most winning and most losing trades in a row. */
  readonly longestWinningRun: number
  readonly longestLosingRun: number
  /** Mean of the best and the worst P&L at a close, each as a share of the notional at the entry. */
  readonly averageFavorableExcursionRatio: number | null
  readonly averageAdverseExcursionRatio: number | null
  /** Commission and slippage of all trades. */
  readonly costsPaid: number
}

export function tradeFigures(trades: readonly Trade[]): TradeFigures {
  const count = trades.length
  const wins = trades.filter(({ netPnl }) => netPnl > 0)
  const losses = trades.filter(({ netPnl }) => netPnl < 0)
  const pnl = (trade: Trade): number => trade.netPnl
  const returnOf = (trade: Trade): number => trade.returnRatio
  const holdingBars = (trade: Trade): number => trade.holdingBars
  const notional = ({ entryPrice, units }: Trade): number => entryPrice * units

  const won = sum(wins, pnl)
  const lost = sum(losses, pnl)
  const winRateRatio = mean(wins.length, count)
  const averageWin = mean(won, wins.length)
  const averageLoss = mean(lost, losses.length)
  const payoffRatio = averageLoss === null ? null : quotient(averageWin, -averageLoss)
  return {
    trades: count,
    winningTrades: wins.length,
    losingTrades: losses.length,
    winRateRatio,
    profitFactor: losses.length === 0 ? null : finite(won / -lost),
    payoffRatio,
    netProfit: sum(trades, pnl),
    averageTrade: mean(sum(trades, pnl), count),
    averageWin,
    averageLoss,
    largestWin: highest(wins, pnl),
    largestLoss: lowest(losses, pnl),
    expectancyRatio: mean(sum(trades, returnOf), count),
    bestTradeRatio: highest(trades, returnOf),
    worstTradeRatio: lowest(trades, returnOf),
    systemQualityNumber: systemQuality(trades),
    kellyRatio:
      winRateRatio === null || payoffRatio === null
        ? null
        : finite(winRateRatio - (1 - winRateRatio) / payoffRatio),
    averageHoldingBars: mean(sum(trades, holdingBars), count),
    averageHoldingBarsOfWins: mean(sum(wins, holdingBars), wins.length),
    averageHoldingBarsOfLosses: mean(sum(losses, holdingBars), losses.length),
    longestHoldingBars: highest(trades, holdingBars),
    averageHoldingDays: mean(sum(trades, ({ holdingMs }) => holdingMs) / DAY_MS, count),
    longestWinningRun: longestRun(trades, ({ netPnl }) => netPnl > 0),
    longestLosingRun: longestRun(trades, ({ netPnl }) => netPnl < 0),
    averageFavorableExcursionRatio: mean(
      sum(trades, (trade) => trade.maxFavorableExcursion / notional(trade)),
      count,
    ),
    averageAdverseExcursionRatio: mean(
      sum(trades, (trade) => trade.maxAdverseExcursion / notional(trade)),
      count,
    ),
    costsPaid: sum(trades, ({ commission, slippageCost }) => commission + slippageCost),
  }
}

const DAY_MS = 86_400_000

/** A spread below this share of the mean is the rounding of equal trades. */
const ROUNDING = 1e-12

function systemQuality(trades: readonly Trade[]): number | null {
  const count = trades.length
  if (count < 2) return null
  const average = sum(trades, ({ netPnl }) => netPnl) / count
  const squares = sum(trades, ({ netPnl }) => (netPnl - average) * (netPnl - average))
  const spread = Math.sqrt(squares / (count - 1))
  if (!(spread > ROUNDING * Math.abs(average))) return null
  return finite((Math.sqrt(count) * average) / spread)
}

/** Bars at whose close one of the trades was open; trades do not overlap. */
export function barsInPosition(trades: readonly Trade[]): number {
  return sum(trades, ({ holdingBars, exitReason }) =>
    exitReason === 'end of data' ? holdingBars + 1 : holdingBars,
  )
}

/** Money that changed hands: every entry and every exit at its fill price. */
export function tradedValue(trades: readonly Trade[]): number {
  return sum(trades, ({ entryPrice, exitPrice, units }) => (entryPrice + exitPrice) * units)
}

function sum(trades: readonly Trade[], valueOf: (trade: Trade) => number): number {
  let total = 0
  for (const trade of trades) total += valueOf(trade)
  return total
}

function mean(total: number, count: number): number | null {
  return count === 0 ? null : total / count
}

function highest(trades: readonly Trade[], valueOf: (trade: Trade) => number): number | null {
  if (trades.length === 0) return null
  return trades.reduce((best, trade) => Math.max(best, valueOf(trade)), -Infinity)
}

function lowest(trades: readonly Trade[], valueOf: (trade: Trade) => number): number | null {
  if (trades.length === 0) return null
  return trades.reduce((worst, trade) => Math.min(worst, valueOf(trade)), Infinity)
}

function longestRun(trades: readonly Trade[], belongs: (trade: Trade) => boolean): number {
  let run = 0
  let longest = 0
  for (const trade of trades) {
    run = belongs(trade) ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}
