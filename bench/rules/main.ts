// How long rules take on a million bars, beyond what they look at: the two crossings of an SMA cross, its averages put in the
// place of prices, which cost nothing to have. Milliseconds of processor time, median of 15 calls after the first.
//   node scripts/node.mjs bench/rules/main.ts

import { computeIndicator } from '../../src/indicators/compute.ts'
import { marketOf } from '../../src/features/market.ts'
import { ruleIntents } from '../../src/rules/rule-intents.ts'
import { parseAnyStrategy } from '../../src/strategy/load-strategy.ts'
import { hasRules } from '../../src/strategy/strategy.ts'
import { makeBars } from '../../test/support/make-bars.ts'

const CALLS = 15
const BARS = 1_000_000

const { strategy } = parseAnyStrategy(
  `name: crossing
training_data:
  symbols: { mode: single, symbol: X }
  timeframes: { mode: single, timeframe: 1d }
rules:
  long: { enter: close crosses above open, exit: close crosses below open }
`,
  'crossing.yaml',
)
if (!hasRules(strategy)) throw new Error('there are no rules')
const bars = makeBars(BARS)
const average = (period: number): Float64Array =>
  computeIndicator(bars, {
    id: 'average',
    type: 'simplemovingaverage',
    parameters: { period, source: 'close' },
  })[0]!
const market = marketOf({ ...bars, close: average(10), open: average(30) }, '1d')

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const times = Array.from({ length: CALLS + 1 }, () => {
  const before = cpuMs()
  ruleIntents(strategy, market, 0)
  return cpuMs() - before
})
const [first, ...others] = times
const median = others.toSorted((a, b) => a - b)[CALLS >> 1]!
console.log(`first call ${first!.toFixed(1)} ms, then ${median.toFixed(1)} ms`)
