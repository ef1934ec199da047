// Hourly bars of a random walk with a little momentum: the same bytes on every machine, because only + − · / made
// them. Prices stay positive and bars are sound (low ≤ open, close ≤ high).

import { randomStream } from '../../../src/core/rng.ts'

const FIRST_MS = Date.UTC(2005, 0, 3)
const HOUR_MS = 3_600_000
/** Share of the mean of the latest returns that goes on. */
const MOMENTUM = 0.15
const MEMORY = 0.9

/** CSV text with `count` bars. */
export function randomWalkCsv(count: number, seed: number): string {
  const { nextUnit } = randomStream(seed, 'sampling')
  const noise = (): number => (nextUnit() + nextUnit() + nextUnit() + nextUnit() - 2) * 0.005
  const lines = ['date,open,high,low,close,volume']
  let close = 100
  let trend = 0
  for (let bar = 0; bar < count; bar++) {
    const open = close
    const change = MOMENTUM * trend + noise()
    trend = MEMORY * trend + (1 - MEMORY) * change
    close = open * (1 + change)
    const high = Math.max(open, close) * (1 + 0.002 * nextUnit())
    const low = Math.min(open, close) * (1 - 0.002 * nextUnit())
    const date = new Date(FIRST_MS + bar * HOUR_MS).toISOString()
    const prices = [open, high, low, close].map((price) => price.toFixed(6))
    lines.push([date, ...prices, 1000 + Math.floor(9000 * nextUnit())].join(','))
  }
  return `${lines.join('\n')}\n`
}
