// How long all metrics of a backtest take: a made-up market of a million minutes, and ten thousand trades.
//
//   node scripts/node.mjs bench/backtest/metrics.ts [BARS] [TRADES]

import { holdingPoints } from '../../src/performance/buy-and-hold.ts'
import { calendarReturns } from '../../src/performance/calendar-returns.ts'
import { passOver } from '../../src/performance/curve-pass.ts'
import { entryTimes } from '../../src/performance/entry-times.ts'
import { measurePerformance } from '../../src/performance/performance.ts'
import type { Trade } from '../../src/performance/trade.ts'
import { tailRisk } from '../../src/performance/tail-risk.ts'
import { tradeFigures } from '../../src/performance/trade-figures.ts'
import { synthesizeBars } from '../../src/data/synthesize.ts'

const RUNS = 21
const CAPITAL = 100_000
const BARS_PER_YEAR = 374_400
const bars = Number(process.argv[2] ?? 1_000_000)
const count = Number(process.argv[3] ?? 10_000)

const { timestampMs, close } = synthesizeBars({
  bars,
  timeframe: '1m',
  seed: 1,
  market: 'forex',
  startMs: Date.UTC(2015, 0, 1),
}).bars

/** In the market for the first half of every span of bars / trades. */
const span = Math.floor(bars / count)
const held = Math.max(1, span >> 1)
const trades: Trade[] = []
const equity = new Float64Array(bars).fill(CAPITAL)
let cash = CAPITAL
for (let i = 0; i < count; i++) {
  const entryBar = i * span
  const exitBar = entryBar + held
  const side = i % 3 === 0 ? 'SHORT' : 'LONG'
  const entryPrice = close[entryBar]!
  const units = ((side === 'LONG' ? 1 : -1) * cash) / entryPrice
  for (let bar = entryBar; bar < entryBar + span; bar++)
    equity[bar] = cash + units * (close[Math.min(bar, exitBar)]! - entryPrice)
  const netPnl = units * (close[exitBar]! - entryPrice)
  cash += netPnl
  trades.push({
    symbol: 'X',
    side,
    entries: 1,
    financingCost: 0,
    units: Math.abs(units),
    entryBar,
    entryTimeMs: timestampMs[entryBar]!,
    entryPrice,
    exitBar,
    exitTimeMs: timestampMs[exitBar]!,
    exitPrice: close[exitBar]!,
    exitReason: 'signal',
    confidence: 1,
    grossPnl: netPnl,
    commission: 0,
    slippageCost: 0,
    netPnl,
    returnRatio: netPnl / (entryPrice * Math.abs(units)),
    holdingBars: held,
    holdingMs: timestampMs[exitBar]! - timestampMs[entryBar]!,
    maxFavorableExcursion: Math.max(0, netPnl),
    maxAdverseExcursion: Math.min(0, netPnl),
  })
}
equity.fill(cash, count * span)

const inputs = {
  equity,
  timestampMs,
  closes: close,
  trades,
  capital: CAPITAL,
  commission: 0.0002,
  slippage: 0.0001,
  barsPerYear: BARS_PER_YEAR,
}
const { lowest } = passOver(equity, holdingPoints(close, inputs), CAPITAL)

console.log(
  `${bars} bars, ${count} trades, ${process.version}: first, median and least of ${RUNS}\n`,
)
report('all metrics', () => measurePerformance(inputs))
report('  both curves', () => passOver(equity, holdingPoints(close, inputs), CAPITAL))
report('  VaR and CVaR', () => tailRisk(lowest, equity))
report('  months and years', () => calendarReturns(equity, timestampMs, CAPITAL))
report('  of the trades', () => tradeFigures(trades))
report('  entry times', () => entryTimes(trades))

function report(what: string, work: () => unknown): void {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const startMs = performance.now()
    work()
    times.push(performance.now() - startMs)
  }
  const sorted = times.toSorted((a, b) => a - b)
  const columns = [times[0]!, sorted[RUNS >> 1]!, sorted[0]!]
  console.log(what.padEnd(20) + columns.map((ms) => `${ms.toFixed(1).padStart(8)} ms`).join(''))
}
