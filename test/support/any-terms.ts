// Any terms of trading that can be said together, as people and properties make them up.

import fc from 'fast-check'
import { tradingFaults } from '../../src/trading/trading-faults.ts'
import type { Distance, EntryOrder } from '../../src/trading/simulation-settings.ts'
import type { Size } from '../../src/trading/size-text.ts'
import { withDefaults } from '../../src/trading/trading-settings.ts'
import type { TradingTerms } from '../../src/trading/trading-terms.ts'

/** Round ones and the awkward ones of floating point alike, above 0 and below 1. */
export const anyRatio = fc.oneof(
  fc.integer({ min: 1, max: 999 }).map((n) => n / 1000),
  fc.double({ min: 1e-9, max: 1, maxExcluded: true, noNaN: true }),
)
const anyMoney = fc.oneof(
  fc.integer({ min: 1, max: 1_000_000 }),
  fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
)
const anyBars = fc.integer({ min: 1, max: 1_000_000 })

export const anyDistance: fc.Arbitrary<Distance> = fc.oneof(
  anyRatio.map((ratio) => ({ kind: 'ratio' as const, ratio })),
  fc.record({
    kind: fc.constant('atr' as const),
    multiple: fc.oneof(fc.constantFrom(1, 1.5, 2), fc.double({ min: 1e-3, max: 100, noNaN: true })),
    period: fc.oneof(fc.constant(14), fc.integer({ min: 1, max: 10_000 })),
  }),
)

export const anyOrder: fc.Arbitrary<EntryOrder> = fc.oneof(
  fc.constantFrom('open' as const, 'close' as const).map((at) => ({ type: 'market' as const, at })),
  fc.record({
    type: fc.constantFrom('limit' as const, 'stop' as const),
    offset: anyDistance,
    expiryBars: fc.constant(null),
  }),
  fc.record({
    type: fc.constant('stop-limit' as const),
    offset: anyDistance,
    limit: anyDistance,
    expiryBars: fc.constant(null),
  }),
)

export const anySize: fc.Arbitrary<Size> = fc.oneof(
  fc.record({ kind: fc.constant('equity' as const), ratio: anyRatio }),
  fc.record({ kind: fc.constant('cash' as const), amount: anyMoney }),
  fc.record({ kind: fc.constant('units' as const), units: anyMoney }),
  fc.record({
    kind: fc.constant('volatility' as const),
    target: anyRatio,
    bars: fc.integer({ min: 2, max: 99_999 }),
  }),
  fc.record({ kind: fc.constant('risk' as const), ratio: anyRatio }),
)

const orNone = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { nil: null })

/** Each said or not, without a thought of the others. */
export const unrelatedTerms: fc.Arbitrary<TradingTerms> = fc.record(
  {
    capital: anyMoney,
    size: anySize,
    wholeUnits: fc.boolean(),
    lotStep: orNone(anyMoney),
    leverage: fc.oneof(fc.constantFrom(1, 2, 10), fc.double({ min: 1, max: 1000, noNaN: true })),
    maintenanceMargin: orNone(anyRatio),
    maxEntries: fc.integer({ min: 1, max: 1000 }),
    order: anyOrder,
    orderExpiry: orNone(anyBars),
    reverse: fc.boolean(),
    sides: fc.constantFrom('long' as const, 'short' as const, 'both' as const),
    leaveOpen: fc.boolean(),
    stopLoss: orNone(anyDistance),
    takeProfit: orNone(anyDistance),
    trailingStop: orNone(anyDistance),
    maxBars: orNone(anyBars),
    commission: fc.oneof(fc.constant(0), anyRatio),
    makerCommission: orNone(fc.oneof(fc.constant(0), anyRatio)),
    commissionPerUnit: fc.oneof(fc.constant(0), anyMoney),
    commissionPerOrder: fc.oneof(fc.constant(0), anyMoney),
    minCommission: fc.oneof(fc.constant(0), anyMoney),
    slippage: fc.oneof(fc.constant(0), anyRatio),
    slippageOfRange: fc.oneof(fc.constant(0), anyRatio),
    slippageOfVolume: orNone(fc.record({ impact: anyMoney, maxShare: anyRatio })),
    spread: fc.oneof(fc.constant(0), anyRatio),
    prices: fc.constantFrom('middle' as const, 'bid' as const),
    borrowFee: fc.oneof(fc.constant(0), anyRatio),
  },
  { requiredKeys: [] },
)

/** What contradicts the rest is left unsaid: 0 of the terms in the worst case. */
export const anyTerms: fc.Arbitrary<TradingTerms> = unrelatedTerms.map(withoutFaults)

function withoutFaults(terms: TradingTerms): TradingTerms {
  const [fault] = tradingFaults(withDefaults(terms))
  if (!fault) return terms
  const { [fault.key]: _, ...rest } = terms
  return withoutFaults(rest)
}
