// SMA(10) of the close crossing SMA(30): what the golden backtests of other programs trade.

import { BUY, SELL } from '../../src/backtest/intents.ts'
import type { SimulationSettings } from '../../src/trading/simulation-settings.ts'
import type { Bars } from '../../src/data/bars.ts'
import type { Portfolio } from './portfolios.ts'
import { DECISIONS } from './simulations.ts'

/** BUY on the bar at whose close the short mean rises above the long one, SELL where it falls below. */
export function smaCrossBits({ close }: Pick<Bars, 'close'>): Uint8Array {
  const mean = (bar: number, window: number) => {
    if (bar < window - 1) return NaN
    let sum = 0
    for (let i = bar - window + 1; i <= bar; i++) sum += close[i]!
    return sum / window
  }
  const difference = Float64Array.from(close, (_, bar) => mean(bar, 10) - mean(bar, 30))
  return Uint8Array.from(difference, (now, bar) => {
    const before = bar === 0 ? NaN : difference[bar - 1]!
    if (before <= 0 && now > 0) return BUY
    return before >= 0 && now < 0 ? SELL : 0
  })
}

/** All in, long only, from a cash of 1 000 000 at a commission of 0.001 without slippage. */
export function smaCross(bars: Bars, changes: Partial<SimulationSettings>): Portfolio {
  const settings: SimulationSettings = {
    capital: 1_000_000,
    commission: 0.001,
    slippage: 0,
    positionSize: 1,
    wholeUnits: false,
    decisions: DECISIONS,
    sides: 'long',
    ...changes,
  }
  const bits = smaCrossBits(bars)
  const confidence = new Float64Array(bars.length).fill(1)
  const one = { symbol: 'X', bars, firstBar: 0, endBar: bars.length, bits, confidence }
  return { scripted: [one], settings }
}
