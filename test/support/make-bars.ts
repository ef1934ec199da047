import { randomStream } from '../../src/core/rng.ts'
import { TIMEFRAME_MS, type Bars } from '../../src/data/bars.ts'

const FIRST_BAR_MS = Date.UTC(2020, 0, 1)

/** `length` daily bars of a random walk around 100 in steps of a cent; sound candles, the same for the same seed. */
export function makeBars(length: number, seed = 1): Bars {
  const { nextUnit, nextBelow } = randomStream(seed, 'sampling')
  const bars = emptyBars(length)
  let last = 100
  for (let t = 0; t < length; t++) {
    const open = cents(last * (1 + (nextUnit() - 0.5) * 0.004))
    const close = cents(open * (1 + (nextUnit() - 0.5) * 0.04) + (100 - open) * 0.001)
    bars.open[t] = open
    bars.close[t] = close
    bars.high[t] = cents(Math.max(open, close) * (1 + nextUnit() * 0.01))
    bars.low[t] = cents(Math.min(open, close) * (1 - nextUnit() * 0.01))
    bars.volume[t] = 1000 + nextBelow(1_000_000)
    last = close
  }
  return bars
}

/** Bars that do not move within the day: open = close, high and low as given, volume one million. */
export function barsFromCloses(
  closes: Iterable<number>,
  high: (close: number) => number = (close) => close,
  low: (close: number) => number = (close) => close,
): Bars {
  const close = Float64Array.from(closes)
  return {
    ...emptyBars(close.length),
    open: close.slice(),
    high: close.map(high),
    low: close.map(low),
    close,
    volume: new Float64Array(close.length).fill(1_000_000),
  }
}

function emptyBars(length: number): Bars {
  const column = (): Float64Array => new Float64Array(length)
  return {
    length,
    timestampMs: column().map((_, t) => FIRST_BAR_MS + t * TIMEFRAME_MS['1d']),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
}

function cents(price: number): number {
  return Math.max(1, Math.round(price * 100)) / 100
}
