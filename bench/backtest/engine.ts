// Bars a second of the general engine on the work of golden BENCH-1: SMA(10) crosses SMA(30), all in at the next open at
// 0.1 % a side, and what else there is to ask of it. `run` is the simulation alone, `all` with every metric; of the time
// of the processor, the collector of garbage and the compiler included.
//
//   node scripts/node.mjs bench/backtest/engine.ts [BARS]

import { finishSimulation } from '../../src/backtest/finish-simulation.ts'
import { ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT } from '../../src/backtest/intents.ts'
import { beginSimulation, simulate } from '../../src/backtest/simulate.ts'
import { simulationInputs } from '../../src/backtest/simulation-inputs.ts'
import type { SimulationSettings } from '../../src/trading/simulation-settings.ts'
import { synthesizeBars } from '../../src/data/synthesize.ts'
import { rollingMean } from '../../src/indicators/rolling.ts'
import { BENCH_1 } from './bench-1.ts'

const RUNS = 15

const rate = (ms: number): string => (length / ms / 1000).toFixed(1)
const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[RUNS >> 1]!

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const length = Number(process.argv[2] ?? 1_000_000)
const { bars } = synthesizeBars({
  bars: length,
  timeframe: '1m',
  seed: 1,
  market: 'forex',
  startMs: Date.UTC(2015, 0, 1),
})

const fast = rollingMean(bars.close, 10)
const slow = rollingMean(bars.close, 30)
const crossings = new Uint8Array(length)
for (let bar = 1; bar < length; bar++) {
  const before = fast[bar - 1]! - slow[bar - 1]!
  const now = fast[bar]! - slow[bar]!
  if (before <= 0 && now > 0) crossings[bar] = ENTER_LONG | EXIT_SHORT
  else if (before >= 0 && now < 0) crossings[bar] = ENTER_SHORT | EXIT_LONG
}

const CASES: Readonly<Record<string, Partial<SimulationSettings>>> = {
  'BENCH-1': {},
  'with a maintenance margin': { maintenanceMargin: 0.25 },
  'stop 2 %, target 4 %': {
    exits: { stopLoss: { kind: 'ratio', ratio: 0.02 }, takeProfit: { kind: 'ratio', ratio: 0.04 } },
  },
  'trailing stop of 3 ATR': {
    exits: { trailingStop: { kind: 'atr', multiple: 3, period: 14 } },
  },
  'limit 0.05 % below, for 5 bars': {
    order: { type: 'limit', offset: { kind: 'ratio', ratio: 0.0005 }, expiryBars: 5 },
  },
  'long and short, reversing': { sides: undefined as never, reverse: true },
  'a borrow fee': { sides: 'short', costs: { borrowFee: 0.02 } },
}

/** The same work without an engine: no orders, no trades, no metrics but the three of the golden. */
function bareLoop(): number {
  const equity = new Float64Array(length)
  let cash = 1_000_000
  let units = 0
  let peak = cash
  let drawdown = 0
  let sum = 0
  let squares = 0
  let before = cash
  for (let bar = 0; bar < length; bar++) {
    const wanted = bar === 0 ? 0 : crossings[bar - 1]!
    if (wanted & ENTER_LONG && units === 0) {
      units = cash / (bars.open[bar]! * 1.001)
      cash -= units * bars.open[bar]! * 1.001
    } else if (wanted & EXIT_LONG && units > 0) {
      cash += units * bars.open[bar]! * 0.999
      units = 0
    }
    const value = cash + units * bars.close[bar]!
    equity[bar] = value
    if (value > peak) peak = value
    else drawdown = Math.max(drawdown, 1 - value / peak)
    const move = value / before - 1
    sum += move
    squares += move * move
    before = value
  }
  return sum / Math.sqrt(squares) + drawdown
}

const bare: number[] = []
for (let run = 0; run < RUNS; run++) {
  const began = cpuMs()
  if (Number.isNaN(bareLoop())) throw new Error('no number')
  bare.push(cpuMs() - began)
}
console.log(`a bare loop: ${rate(middle(bare))} M bars/s (first ${rate(bare[0]!)})`)

for (const [name, changes] of Object.entries(CASES)) {
  const settings = { ...BENCH_1, ...changes }
  const intents = { from: 0, to: length, bits: crossings, confidence: null }
  const instrument = { symbol: 'X', bars, firstBar: 0, endBar: length, intentsAt: () => intents }
  const ran: number[] = []
  const all: number[] = []
  let trades = 0
  for (let run = 0; run < RUNS; run++) {
    const began = cpuMs()
    const inputs = simulationInputs([instrument], settings)
    const state = beginSimulation(inputs)
    simulate(state, inputs, length)
    ran.push(cpuMs() - began)
    trades = finishSimulation(state, inputs).trades.length
    all.push(cpuMs() - began)
  }
  console.log(
    `${name.padEnd(32)} ${String(trades).padStart(6)} trades   run ${rate(middle(ran))} M bars/s (first ${rate(ran[0]!)})   all ${rate(middle(all))} (first ${rate(all[0]!)})`,
  )
}
