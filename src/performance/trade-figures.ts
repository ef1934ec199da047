// Figures of a list of trades. `null`: undefined, because no trade of that kind happened. Money is net of all costs.

import { finite, quotient } from './finite.ts'
import type { Trade } from './trade.ts'

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
  /** Commission, slippage and financing of all trades. */
  readonly costsPaid: number
}

export function tradeFigures(trades: readonly Trade[]): TradeFigures {
  const sums = addUp(trades)
  const { count, wins, losses, won, lost, netProfit } = sums
  const winRateRatio = mean(wins, count)
  const averageWin = mean(won, wins)
  const averageLoss = mean(lost, losses)
  const payoffRatio = averageLoss === null ? null : quotient(averageWin, -averageLoss)
  return {
    trades: count,
    winningTrades: wins,
    losingTrades: losses,
    winRateRatio,
    profitFactor: losses === 0 ? null : finite(won / -lost),
    payoffRatio,
    netProfit,
    averageTrade: mean(netProfit, count),
    averageWin,
    averageLoss,
    largestWin: wins === 0 ? null : sums.largestWin,
    largestLoss: losses === 0 ? null : sums.largestLoss,
    expectancyRatio: mean(sums.returns, count),
    bestTradeRatio: count === 0 ? null : sums.best,
    worstTradeRatio: count === 0 ? null : sums.worst,
    systemQualityNumber: systemQuality(trades, netProfit / count),
    kellyRatio:
      winRateRatio === null || payoffRatio === null
        ? null
        : finite(winRateRatio - (1 - winRateRatio) / payoffRatio),
    averageHoldingBars: mean(sums.bars, count),
    averageHoldingBarsOfWins: mean(sums.barsOfWins, wins),
    averageHoldingBarsOfLosses: mean(sums.barsOfLosses, losses),
    longestHoldingBars: count === 0 ? null : sums.longestBars,
    averageHoldingDays: mean(sums.holdingMs / DAY_MS, count),
    longestWinningRun: sums.longestWinningRun,
    longestLosingRun: sums.longestLosingRun,
    averageFavorableExcursionRatio: mean(sums.favorable, count),
    averageAdverseExcursionRatio: mean(sums.adverse, count),
    costsPaid: sums.costs,
  }
}

/** One walk over the trades, in their order. */
function addUp(trades: readonly Trade[]) {
  let wins = 0
  let losses = 0
  let won = 0
  let lost = 0
  let netProfit = 0
  let largestWin = -Infinity
  let largestLoss = Infinity
  let returns = 0
  let best = -Infinity
  let worst = Infinity
  let bars = 0
  let barsOfWins = 0
  let barsOfLosses = 0
  let longestBars = 0
  let holdingMs = 0
  let winningRun = 0
  let losingRun = 0
  let longestWinningRun = 0
  let longestLosingRun = 0
  let favorable = 0
  let adverse = 0
  let costs = 0
  for (const trade of trades) {
    const { netPnl, returnRatio, holdingBars } = trade
    winningRun = netPnl > 0 ? winningRun + 1 : 0
    losingRun = netPnl < 0 ? losingRun + 1 : 0
    longestWinningRun = Math.max(longestWinningRun, winningRun)
    longestLosingRun = Math.max(longestLosingRun, losingRun)
    if (netPnl > 0) {
      wins++
      won += netPnl
      barsOfWins += holdingBars
      largestWin = Math.max(largestWin, netPnl)
    } else if (netPnl < 0) {
      losses++
      lost += netPnl
      barsOfLosses += holdingBars
      largestLoss = Math.min(largestLoss, netPnl)
    }
    netProfit += netPnl
    returns += returnRatio
    best = Math.max(best, returnRatio)
    worst = Math.min(worst, returnRatio)
    bars += holdingBars
    longestBars = Math.max(longestBars, holdingBars)
    holdingMs += trade.holdingMs
    const notional = trade.entryPrice * trade.units
    favorable += trade.maxFavorableExcursion / notional
    adverse += trade.maxAdverseExcursion / notional
    costs += trade.commission + trade.slippageCost + trade.financingCost
  }
  return {
    count: trades.length,
    wins,
    losses,
    won,
    lost,
    netProfit,
    largestWin,
    largestLoss,
    returns,
    best,
    worst,
    bars,
    barsOfWins,
    barsOfLosses,
    longestBars,
    holdingMs,
    longestWinningRun,
    longestLosingRun,
    favorable,
    adverse,
    costs,
  }
}

const DAY_MS = 86_400_000

/** A spread below this share of the mean is the rounding of equal trades. */
const ROUNDING = 1e-12

function systemQuality(trades: readonly Trade[], average: number): number | null {
  const count = trades.length
  if (count < 2) return null
  let squares = 0
  for (const { netPnl } of trades) squares += (netPnl - average) * (netPnl - average)
  const spread = Math.sqrt(squares / (count - 1))
  if (!(spread > ROUNDING * Math.abs(average))) return null
  return finite((Math.sqrt(count) * average) / spread)
}

/** Bars at whose close one of the trades was open; trades do not overlap. */
export function barsInPosition(trades: readonly Trade[]): number {
  let bars = 0
  for (const { holdingBars, exitReason } of trades)
    bars += exitReason === 'end of data' ? holdingBars + 1 : holdingBars
  return bars
}

/** Money that changed hands: every entry and every exit at its fill price. */
export function tradedValue(trades: readonly Trade[]): number {
  let value = 0
  for (const { entryPrice, exitPrice, units } of trades) value += (entryPrice + exitPrice) * units
  return value
}

function mean(total: number, count: number): number | null {
  return count === 0 ? null : total / count
}
