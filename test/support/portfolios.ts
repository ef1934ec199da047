// Any portfolio under any rules of trading, for property tests: one to three symbols with calendars of their own, gaps,
// wicks, bars without volume, funding, and intents of every kind.

import fc from 'fast-check'
import type { FundingRates, Instrument } from '../../src/backtest/instrument.ts'
import * as wants from '../../src/backtest/intents.ts'
import type { IntentSource } from '../../src/backtest/intents.ts'
import { simulationInputs, type SimulationInputs } from '../../src/backtest/simulation-inputs.ts'
import type {
  CostSettings,
  Distance,
  EntryOrder,
  ExitSettings,
  SimulationSettings,
  Sizing,
} from '../../src/trading/simulation-settings.ts'
import type { Bars } from '../../src/data/bars.ts'
import { DECISIONS, HOUR_MS } from './simulations.ts'

/** An instrument with what is wanted of each of its bars. */
export type Scripted = Omit<Instrument, 'intentsAt'> & {
  readonly bits: Uint8Array
  readonly confidence: Float64Array
}

export type Portfolio = {
  readonly scripted: readonly Scripted[]
  readonly settings: SimulationSettings
}

/** @param block bars whose intents are worked out at once */
export function portfolioOf(
  { scripted, settings }: Portfolio,
  block: number = Infinity,
): SimulationInputs {
  const instruments = scripted.map(({ bits, confidence, ...rest }) => ({
    ...rest,
    intentsAt: inBlocks(bits, confidence, block),
  }))
  return simulationInputs(instruments, settings)
}

function inBlocks(bits: Uint8Array, confidence: Float64Array, block: number): IntentSource {
  return (bar) => {
    const to = Math.min(bits.length, bar + block)
    return {
      from: bar,
      to,
      bits: bits.subarray(bar, to),
      confidence: confidence.subarray(bar, to),
    }
  }
}

/** An instrument of bars [open, high, low, close, volume = 1000], one an hour. */
export function scriptedBars(
  rows: readonly (readonly [number, number, number, number, number?])[],
  bits: Readonly<Record<number, number>>,
  symbol = 'X',
  changes: Partial<Scripted> = {},
): Scripted {
  const column = (value: (row: (typeof rows)[number], i: number) => number) =>
    Float64Array.from(rows, value)
  return {
    symbol,
    bars: {
      length: rows.length,
      timestampMs: column((_, i) => EPOCH_MS + i * HOUR_MS),
      open: column((row) => row[0]),
      high: column((row) => row[1]),
      low: column((row) => row[2]),
      close: column((row) => row[3]),
      volume: column((row) => row[4] ?? 1000),
    },
    firstBar: 0,
    endBar: rows.length,
    bits: Uint8Array.from(rows, (_, i) => bits[i] ?? 0),
    confidence: new Float64Array(rows.length).fill(1),
    ...changes,
  }
}

const EPOCH_MS = Date.UTC(2024, 0, 1)

// Bounds are uneven, for fast-check likes them: money that buys just so many units would be a matter of rounding.
const double = (min: number, max: number) => fc.double({ min, max, noNaN: true })

/** Some of these keys, none of them undefined. */
const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>

const distance = (min: number): fc.Arbitrary<Distance> =>
  fc.oneof(
    fc.record({ kind: fc.constant('ratio' as const), ratio: double(min, 0.07) }),
    fc.record({
      kind: fc.constant('atr' as const),
      multiple: double(min * 10, 2.5),
      period: fc.integer({ min: 1, max: 4 }),
    }),
  )

const expiryBars = fc.option(fc.integer({ min: 1, max: 4 }))
const offset = distance(0)

const anyOrder: fc.Arbitrary<EntryOrder> = fc.oneof(
  fc.record({ type: fc.constant('market' as const), at: fc.constantFrom('open', 'close') }),
  fc.record({ type: fc.constant('limit' as const), offset, expiryBars }),
  fc.record({ type: fc.constant('stop' as const), offset, expiryBars }),
  fc.record({ type: fc.constant('stop-limit' as const), offset, limit: offset, expiryBars }),
)

const anyExits: fc.Arbitrary<ExitSettings> = some<Required<ExitSettings>>({
  stopLoss: distance(0.001),
  takeProfit: distance(0.001),
  trailingStop: distance(0.001),
  maxBars: fc.integer({ min: 1, max: 8 }),
})

const anySizing: fc.Arbitrary<Sizing> = fc.oneof(
  fc.record({ kind: fc.constant('cash' as const), amount: double(10.7, 98_765) }),
  fc.record({ kind: fc.constant('units' as const), units: double(0.0137, 97.3137) }),
  fc.record({
    kind: fc.constant('volatility' as const),
    target: double(0.05, 2),
    bars: fc.integer({ min: 1, max: 6 }),
  }),
  fc.record({ kind: fc.constant('risk' as const), ratio: double(0.001, 0.1) }),
)

const anyCosts: fc.Arbitrary<CostSettings> = some<Required<CostSettings>>({
  makerCommission: double(0, 0.01),
  commissionPerUnit: double(0, 0.05),
  commissionPerOrder: double(0, 3),
  minCommission: double(0, 5),
  slippageOfRange: double(0, 0.3),
  slippageOfVolume: fc.record({ impact: double(0, 0.3), maxShare: double(0.001, 0.5) }),
  spread: double(0, 0.02),
  prices: fc.constant('bid'),
  borrowFee: double(0, 0.5),
})

export const anyTrading: fc.Arbitrary<SimulationSettings> = fc
  .record({
    capital: double(101.37, 987_654),
    commission: double(0, 0.02),
    slippage: double(0, 0.01),
    wholeUnits: fc.boolean(),
    decisions: fc.record({
      outputFormat: fc.constantFrom('classification' as const, 'position' as const),
      confidenceThreshold: fc.constant(0),
      roundTripCost: fc.constant(0),
      minEdgeMultiplier: fc.constant(1),
      positionAwareness: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.boolean()),
      allowShortFromFlat: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.boolean()),
      minSignalSeparationHours: fc.constantFrom(0, 0, 30),
      minSignalSeparationBars: fc.constantFrom(0, 0, 3),
    }),
    share: fc.oneof(fc.constant(1), double(0.01, 1)),
    rules: some<Required<Pick<SimulationSettings, RuleName>>>({
      order: anyOrder,
      exits: anyExits,
      sizing: anySizing,
      lotStep: fc.constantFrom(0.001, 0.25, 1, 3),
      costs: anyCosts,
      leverage: double(1, 5),
      maintenanceMargin: fc.constantFrom(0, 0.05, 0.3),
      maxEntries: fc.integer({ min: 1, max: 3 }),
      reverse: fc.constant(true),
      sides: fc.constantFrom('long', 'short'),
      leaveOpen: fc.constant(true),
    }),
  })
  .map(({ share, rules, ...rest }) => {
    const settings = { ...rest, ...rules, positionSize: share * (rules.leverage ?? 1) }
    if (rules.sizing?.kind !== 'risk' || rules.exits?.stopLoss !== undefined) return settings
    return { ...settings, exits: { ...rules.exits, stopLoss: { kind: 'ratio', ratio: 0.0317 } } }
  })

type RuleName =
  | 'order'
  | 'exits'
  | 'sizing'
  | 'lotStep'
  | 'costs'
  | 'leverage'
  | 'maintenanceMargin'
  | 'maxEntries'
  | 'reverse'
  | 'sides'
  | 'leaveOpen'

const bits = (...all: number[]) => fc.constantFrom(...all)

const anyBits = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: bits(wants.BUY, wants.SELL) },
  { weight: 3, arbitrary: bits(wants.ENTER_LONG, wants.ENTER_SHORT) },
  { weight: 1, arbitrary: bits(wants.FLAT, wants.EXIT_LONG, wants.EXIT_SHORT) },
  { weight: 1, arbitrary: bits(wants.MISSING, wants.INVALID) },
  { weight: 1, arbitrary: bits(wants.ENTER_LONG | wants.ENTER_SHORT, 15) },
)

/** Ratios that no setting happens to equal, so that two right ways of rounding agree on what a price has reached. */
const ratio = (min: number, max: number) => fc.integer({ min, max }).map((n) => n * 1.0137e-3)

/** One bar: moves as ratios of the price, hours since the bar before. */
const anyBar = fc.record({
  gap: ratio(-80, 110),
  move: ratio(-80, 110),
  above: ratio(1, 60),
  below: ratio(1, 60),
  hours: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 })),
  volume: fc.oneof({ weight: 5, arbitrary: double(1, 1e5) }, fc.constant(0)),
  bits: anyBits,
  confidence: double(0, 1),
})

const anyFunding = fc.array(
  fc.record({ hours: fc.integer({ min: 1, max: 20 }), rate: double(-0.01, 0.01) }),
  { maxLength: 40 },
)

const anyScripted = fc
  .record({
    price: double(0.0113, 9876.5),
    start: fc.integer({ min: 0, max: 40 }),
    steps: fc.array(anyBar, { minLength: 6, maxLength: 50 }),
    firstBar: fc.integer({ min: 0, max: 5 }),
    funding: fc.option(anyFunding, { nil: undefined, freq: 4 }),
  })
  .map(({ price, start, steps, firstBar, funding }): Omit<Scripted, 'symbol'> => ({
    bars: pathOf(price, start, steps),
    firstBar,
    endBar: steps.length,
    bits: Uint8Array.from(steps, (step) => step.bits),
    confidence: Float64Array.from(steps, (step) => step.confidence),
    ...(funding === undefined ? {} : { funding: fundingOf(start, funding) }),
  }))

type Step = typeof anyBar extends fc.Arbitrary<infer T> ? T : never

function pathOf(price: number, start: number, steps: readonly Step[]): Bars {
  const bars = {
    length: steps.length,
    timestampMs: new Float64Array(steps.length),
    open: new Float64Array(steps.length),
    high: new Float64Array(steps.length),
    low: new Float64Array(steps.length),
    close: new Float64Array(steps.length),
    volume: Float64Array.from(steps, ({ volume }) => volume),
  }
  let time = EPOCH_MS + start * HOUR_MS
  let last = price
  for (const [i, { gap, move, above, below, hours }] of steps.entries()) {
    const open = last * (1 + gap)
    last = open * (1 + move)
    time += hours * HOUR_MS
    bars.timestampMs[i] = time
    bars.open[i] = open
    bars.high[i] = Math.max(open, last) * (1 + above)
    bars.low[i] = Math.min(open, last) * (1 - below)
    bars.close[i] = last
  }
  return bars
}

function fundingOf(
  start: number,
  due: readonly { readonly hours: number; readonly rate: number }[],
): FundingRates {
  let time = EPOCH_MS + start * HOUR_MS
  const timestampMs = Float64Array.from(due, ({ hours }) => (time += hours * HOUR_MS))
  return { length: due.length, timestampMs, rate: Float64Array.from(due, ({ rate }) => rate) }
}

const SYMBOLS = ['A', 'B', 'C']

const portfolio = (maxLength: number): fc.Arbitrary<Portfolio> =>
  fc.record({
    scripted: fc
      .array(anyScripted, { minLength: 1, maxLength })
      .map((all) => all.map((one, i) => ({ symbol: SYMBOLS[i]!, ...one }))),
    settings: anyTrading,
  })

export const anyPortfolio = portfolio(3)

/** Of one symbol. */
export const anySolo = portfolio(1)

/** Bars for tables: rules that cost nothing, all in, fractional. */
export const FREE: SimulationSettings = {
  capital: 10_000,
  commission: 0,
  slippage: 0,
  positionSize: 1,
  wholeUnits: false,
  decisions: DECISIONS,
}
