// Figures of a list of trades. `null`: undefined, because no trade of that kind happened.

import { finite } from './equity-curve.ts'
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
  /** Money, net of all costs; losses are negative. */
  readonly averageWin: number | null
  readonly averageLoss: number | null
  readonly largestWin: number | null
  readonly largestLoss: number | null
  readonly averageHoldingBars: number | null
  /** Mean of the trades' returnRatio. */
  readonly expectancyRatio: number | null
  /** Most losing trades in a row. */
  readonly longestLosingRun: number
  /** Commission and slippage of all trades. */
  readonly costsPaid: number
}

export function tradeFigures(trades: readonly Trade[]): TradeFigures {
  let winningTrades = 0
  let losingTrades = 0
  let won = 0
  let lost = 0
  let largestWin = 0
  let largestLoss = 0
  let holdingBars = 0
  let returns = 0
  let losingRun = 0
  let longestLosingRun = 0
  let costsPaid = 0
  for (const trade of trades) {
    const { netPnl } = trade
    if (netPnl > 0) {
      winningTrades++
      won += netPnl
      largestWin = Math.max(largestWin, netPnl)
    }
    if (netPnl < 0) {
      losingTrades++
      lost += netPnl
      largestLoss = Math.min(largestLoss, netPnl)
    }
    losingRun = netPnl < 0 ? losingRun + 1 : 0
    longestLosingRun = Math.max(longestLosingRun, losingRun)
    holdingBars += trade.holdingBars
    returns += trade.returnRatio
    costsPaid += trade.commission + trade.slippageCost
  }
  return {
    trades: trades.length,
    winningTrades,
    losingTrades,
    winRateRatio: mean(winningTrades, trades.length),
    profitFactor: losingTrades === 0 ? null : finite(won / -lost),
    averageWin: mean(won, winningTrades),
    averageLoss: mean(lost, losingTrades),
    largestWin: winningTrades === 0 ? null : largestWin,
    largestLoss: losingTrades === 0 ? null : largestLoss,
    averageHoldingBars: mean(holdingBars, trades.length),
    expectancyRatio: mean(returns, trades.length),
    longestLosingRun,
    costsPaid,
  }
}

/** Bars at whose close one of the trades was open; trades do not overlap. */
export function barsInPosition(trades: readonly Trade[]): number {
  let bars = 0
  for (const trade of trades)
    bars += trade.holdingBars + (trade.exitReason === 'end of data' ? 1 : 0)
  return bars
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : sum / count
}
