// Bars of a market that never was, for demos and tests: a random walk that switches between regimes, whose volatility
// comes in clusters (GARCH(1,1), Bollerslev 1986) around what its regime has. The same settings give the same bytes on
// every machine: numbers of a counter, no function whose bits the engine chooses.

import { exp, log } from '../core/exact-math.ts'
import { randomStream } from '../core/rng.ts'
import { TIMEFRAME_MS, type Bars, type Timeframe } from './bars.ts'
import { DAY_MS, HOUR_MS } from './timestamp.ts'

/** Log return of a year and volatility, both in volatilities of the market; mean length in bars. */
const REGIMES = [
  { name: 'bull', drift: 0.6, volatility: 0.8, bars: 300 },
  { name: 'quiet', drift: 0, volatility: 0.5, bars: 200 },
  { name: 'bear', drift: -1, volatility: 1.4, bars: 150 },
  { name: 'crash', drift: -3, volatility: 2.6, bars: 40 },
] as const
/** Probability of what comes next, in the order of REGIMES; a regime does not follow itself. */
const NEXT: readonly (readonly number[])[] = [
  [0, 0.6, 0.3, 0.1],
  [0.7, 0, 0.3, 0],
  [0.4, 0.3, 0, 0.3],
  [0.5, 0.2, 0.3, 0],
]

type MarketFacts = {
  readonly price: number
  /** Smallest step of a price. */
  readonly tick: number
  /** Of a year's log return. */
  readonly volatility: number
  readonly daysPerYear: number
  readonly hoursPerDay: number
  /** Of an average bar of an hour. */
  readonly volume: number
}

export const MARKETS = ['stock', 'forex', 'crypto'] as const
export type Market = (typeof MARKETS)[number]

const FACTS: Readonly<Record<Market, MarketFacts>> = {
  stock: {
    price: 100,
    tick: 0.01,
    volatility: 0.22,
    daysPerYear: 252,
    hoursPerDay: 6.5,
    volume: 400_000,
  },
  forex: {
    price: 1.1,
    tick: 0.00001,
    volatility: 0.09,
    daysPerYear: 260,
    hoursPerDay: 24,
    volume: 5_000,
  },
  crypto: {
    price: 20_000,
    tick: 0.01,
    volatility: 0.6,
    daysPerYear: 365,
    hoursPerDay: 24,
    volume: 300,
  },
}

const GARCH = { news: 0.09, memory: 0.89 }
/** Steps inside a bar, which make its high and low. */
const STEPS = 8
const OPENING_MS = 14.5 * HOUR_MS
const CLOSING_MS = 21 * HOUR_MS
/** Forex goes from Sunday night to Friday night. */
const NIGHT_MS = 22 * HOUR_MS

export type SynthesisSettings = {
  readonly bars: number
  readonly timeframe: Timeframe
  readonly seed: number
  readonly market: Market
  /** Moment of the first bar, or before it when the market is closed then. */
  readonly startMs: number
}

export type Synthesized = {
  readonly bars: Bars
  /** Name of the regime that each bar was drawn from. */
  readonly regimes: readonly string[]
}

export function synthesizeBars({
  bars: count,
  timeframe,
  seed,
  market,
  startMs,
}: SynthesisSettings): Synthesized {
  const facts = FACTS[market]
  const timestampMs = openingTimes(market, timeframe, startMs, count)
  const perYear = barsPerYear(facts, timeframe)
  const normal = normals(seed, 1)
  const { nextUnit } = randomStream(seed, 'sampling', 2)
  const volumes = normals(seed, 3)
  const column = (): Float64Array => new Float64Array(count)
  const bars = {
    length: count,
    timestampMs,
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
  const regimes: string[] = []

  let regime = 0
  let heat = 1
  let last = log(facts.price)
  for (let i = 0; i < count; i++) {
    if (i > 0 && nextUnit() < 1 / REGIMES[regime]!.bars) regime = nextRegime(regime, nextUnit())
    const { name, drift, volatility } = REGIMES[regime]!
    const deviation = (facts.volatility * volatility * Math.sqrt(heat)) / Math.sqrt(perYear)
    const open = last + (isAfterPause(timestampMs, i, timeframe) ? 0.4 * deviation * normal() : 0)
    let [now, high, low] = [open, open, open]
    for (let step = 0; step < STEPS; step++) {
      now +=
        (drift * facts.volatility) / perYear / STEPS + (deviation / Math.sqrt(STEPS)) * normal()
      high = Math.max(high, now)
      low = Math.min(low, now)
    }
    const move = (now - last) / deviation
    heat = 1 - GARCH.news - GARCH.memory + (GARCH.news * move * move + GARCH.memory) * heat
    last = now
    bars.open[i] = price(open, facts.tick)
    bars.high[i] = price(high, facts.tick)
    bars.low[i] = price(low, facts.tick)
    bars.close[i] = price(now, facts.tick)
    const hours = Math.min(TIMEFRAME_MS[timeframe] / HOUR_MS, facts.hoursPerDay)
    const size = hours * (timeframe === '1w' ? facts.daysPerYear / 52 : 1)
    bars.volume[i] = Math.round(
      facts.volume * size * exp(0.35 * volumes()) * (0.6 + 0.4 * Math.abs(move)) + 1,
    )
    regimes.push(name)
  }
  return { bars, regimes }
}

/** Nearly normal deviates: the sum of twelve uniforms, whose every bit is the same everywhere. */
function normals(seed: number, stream: number): () => number {
  const { nextUnit } = randomStream(seed, 'sampling', stream)
  return () => {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += nextUnit()
    return sum
  }
}

function nextRegime(regime: number, unit: number): number {
  let rest = unit
  for (const [next, probability] of NEXT[regime]!.entries()) {
    rest -= probability
    if (rest < 0) return next
  }
  return 0
}

/** Of a logarithm, in whole ticks and at least one: by a division, so that it is the decimal nearest to it. */
function price(logarithm: number, tick: number): number {
  const perUnit = Math.round(1 / tick)
  return Math.max(1, Math.round(exp(logarithm) * perUnit)) / perUnit
}

function barsPerYear({ daysPerYear, hoursPerDay }: MarketFacts, timeframe: Timeframe): number {
  if (timeframe === '1w') return 52
  if (timeframe === '1d') return daysPerYear
  return (daysPerYear * hoursPerDay * HOUR_MS) / TIMEFRAME_MS[timeframe]
}

function isAfterPause(timestampMs: Float64Array, i: number, timeframe: Timeframe): boolean {
  return i > 0 && timestampMs[i]! - timestampMs[i - 1]! > TIMEFRAME_MS[timeframe]
}

/** The first `count` bars of the timeframe's grid in which the market is open for a while. */
function openingTimes(
  market: Market,
  timeframe: Timeframe,
  startMs: number,
  count: number,
): Float64Array {
  const stepMs = TIMEFRAME_MS[timeframe]
  const gridMs = timeframe === '1w' ? 4 * DAY_MS : 0 // the first Monday of 1970
  const times = new Float64Array(count)
  let ms = gridMs + Math.ceil((startMs - gridMs) / stepMs) * stepMs
  for (let found = 0; found < count; ms += stepMs)
    if (isOpen(market, ms, stepMs)) times[found++] = ms
  return times
}

function isOpen(market: Market, ms: number, stepMs: number): boolean {
  if (market === 'crypto' || stepMs > DAY_MS) return true
  const dayOfWeek = (Math.floor(ms / DAY_MS) + 4) % 7 // 1970-01-01 was a Thursday; Sunday is 0
  const isWeekday = dayOfWeek >= 1 && dayOfWeek <= 5
  if (stepMs === DAY_MS) return isWeekday
  const opensMs = ms % DAY_MS
  if (market === 'stock') return isWeekday && opensMs + stepMs > OPENING_MS && opensMs < CLOSING_MS
  if (dayOfWeek === 0) return opensMs + stepMs > NIGHT_MS
  return isWeekday && (dayOfWeek < 5 || opensMs < NIGHT_MS)
}
