// A hundred pairs of periods of a moving-average cross on the same 100 000 bars, in one process: each average is computed
// once, the bars are shared, and each pair is traded by the general engine with every metric.
//
//   /usr/bin/time -v node scripts/node.mjs bench/backtest/pairs.ts

import { finishSimulation } from '../../src/backtest/finish-simulation.ts'
import { ENTER_LONG, EXIT_LONG } from '../../src/backtest/intents.ts'
import { beginSimulation, simulate } from '../../src/backtest/simulate.ts'
import { simulationInputs } from '../../src/backtest/simulation-inputs.ts'
import { synthesizeBars } from '../../src/data/synthesize.ts'
import { rollingMean } from '../../src/indicators/rolling.ts'
import { evaluateCondition } from '../../src/rules/evaluate-condition.ts'
import { BENCH_1 } from './bench-1.ts'

const BARS = 100_000
const FAST = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
const SLOW = [20, 25, 30, 35, 40, 45, 50, 55, 60, 65]
const ROUNDS = 5

const { bars } = synthesizeBars({
  bars: BARS,
  timeframe: '1m',
  seed: 1,
  market: 'forex',
  startMs: Date.UTC(2015, 0, 1),
})

function allPairs(): number {
  const averages = new Map(
    [...FAST, ...SLOW].map((period) => [period, rollingMean(bars.close, period)]),
  )
  const columnOf = (period: number): Float64Array => averages.get(period)!
  let best = -Infinity
  for (const fast of FAST)
    for (const slow of SLOW) {
      const left = { kind: 'operand', operand: fast } as const
      const right = { kind: 'operand', operand: slow } as const
      const crosses = (direction: 'above' | 'below') =>
        evaluateCondition({ kind: 'crosses', direction, left, right }, BARS, columnOf)
      const bits = crosses('above')
      const below = crosses('below')
      for (let bar = 0; bar < BARS; bar++)
        bits[bar] = (bits[bar]! * ENTER_LONG) | (below[bar]! * EXIT_LONG)
      const intents = { from: 0, to: BARS, bits, confidence: null }
      const instrument = { symbol: 'X', bars, firstBar: 0, endBar: BARS, intentsAt: () => intents }
      const inputs = simulationInputs([instrument], BENCH_1)
      const state = beginSimulation(inputs)
      simulate(state, inputs, BARS)
      best = Math.max(best, finishSimulation(state, inputs).finalEquity)
    }
  return best
}

for (let round = 1; round <= ROUNDS; round++) {
  const began = process.cpuUsage()
  const beganMs = performance.now()
  const best = allPairs()
  const { user, system } = process.cpuUsage(began)
  const wallMs = performance.now() - beganMs
  const { rss } = process.memoryUsage()
  console.log(
    `round ${round}: ${((user + system) / 1e6).toFixed(3)} s of the processor, ${(wallMs / 1000).toFixed(3)} s by the clock, ${(rss / 1e6).toFixed(0)} MB; best ${best.toFixed(0)}`,
  )
}
