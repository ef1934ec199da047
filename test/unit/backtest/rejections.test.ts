// Every reason for which an order comes to nothing, met by an example and listed with its bar and symbol.

import { describe, expect, it } from 'vitest'
import { BUY, ENTER_LONG, SELL } from '../../../src/backtest/intents.ts'
import type { SimulationSettings } from '../../../src/trading/simulation-settings.ts'
import {
  LISTED_REJECTIONS,
  REJECTIONS,
  type Rejection,
} from '../../../src/backtest/simulation-state.ts'
import { DECISIONS, runAll } from '../../support/simulations.ts'
import { FREE, portfolioOf, scriptedBars, type Scripted } from '../../support/portfolios.ts'
import { atr, FLAT, ratio, type Row } from '../../support/played.ts'

const flat: readonly Row[] = [FLAT, FLAT, FLAT, FLAT, FLAT]
const dear: readonly Row[] = flat.map(() => [20_000, 20_000, 20_000, 20_000])
const rising: readonly Row[] = [FLAT, FLAT, ...[300, 300, 300].map((p): Row => [p, p, p, p])]
const untraded: readonly Row[] = flat.map(() => [100, 100, 100, 100, 0])

type Example = {
  readonly parts: readonly Scripted[]
  readonly settings: Partial<SimulationSettings>
  /** [symbol, bar, side] */
  readonly listed: readonly (readonly [string, number, string])[]
}

const one = (rows: readonly Row[], bits: Readonly<Record<number, number>>) => [
  scriptedBars(rows, bits),
]

const EXAMPLES: Readonly<Record<Rejection, Example>> = {
  zeroSize: {
    parts: one(dear, { 0: BUY, 2: SELL }),
    settings: { wholeUnits: true },
    listed: [
      ['X', 1, 'LONG'],
      ['X', 3, 'SHORT'],
    ],
  },
  noEquity: {
    parts: one(rising, { 0: SELL, 1: BUY, 2: BUY }),
    settings: {},
    listed: [['X', 3, 'LONG']],
  },
  alreadyInPosition: {
    parts: one(flat, { 0: BUY, 1: BUY, 2: ENTER_LONG }),
    settings: { decisions: { ...DECISIONS, positionAwareness: false } },
    listed: [
      ['X', 2, 'LONG'],
      ['X', 3, 'LONG'],
    ],
  },
  noMargin: {
    parts: [scriptedBars(flat, { 0: BUY }, 'B'), scriptedBars(flat, { 0: BUY, 1: SELL }, 'A')],
    settings: {},
    listed: [['B', 1, 'LONG']],
  },
  noVolume: {
    parts: one(untraded, { 0: BUY }),
    settings: { costs: { slippageOfVolume: { impact: 0.1, maxShare: 0.1 } } },
    listed: [['X', 1, 'LONG']],
  },
  unknownRange: {
    parts: one(flat, { 0: BUY, 3: BUY }),
    settings: { exits: { stopLoss: atr(2, 3) }, leaveOpen: true },
    listed: [['X', 1, 'LONG']],
  },
  expired: {
    parts: one(flat, { 0: BUY }),
    settings: { order: { type: 'limit', offset: ratio(0.05), expiryBars: 2 } },
    listed: [['X', 2, 'LONG']],
  },
  replaced: {
    parts: one(flat, { 0: BUY, 1: BUY, 2: SELL }),
    settings: { order: { type: 'limit', offset: ratio(0.05), expiryBars: null }, sides: 'long' },
    listed: [
      ['X', 1, 'LONG'],
      ['X', 2, 'LONG'],
    ],
  },
}

describe('an order that comes to nothing', () => {
  it.each(REJECTIONS)('%s', (reason) => {
    const { parts, settings, listed } = EXAMPLES[reason]
    const inputs = portfolioOf({ scripted: parts, settings: { ...FREE, ...settings } })
    const { rejections, rejectedOrders } = runAll(inputs)
    expect(rejections.map(({ symbol, bar, side }) => [symbol, bar, side])).toEqual(listed)
    expect(new Set(rejections.map((each) => each.reason))).toEqual(new Set([reason]))
    expect(rejectedOrders[reason]).toBe(listed.length)
    for (const { bar, timeMs } of rejections) expect(timeMs).toBe(parts[0]!.bars.timestampMs[bar])
  })

  it('is unknown where a range, or its limit, is asked for that has too few bars', () => {
    const settings: readonly Partial<SimulationSettings>[] = [
      { order: { type: 'limit', offset: atr(1, 3), expiryBars: null } },
      { order: { type: 'stop-limit', offset: ratio(0), limit: atr(1, 3), expiryBars: null } },
      { sizing: { kind: 'volatility', target: 1, bars: 3 } },
    ]
    for (const changes of settings) {
      const scripted = one(flat, { 0: BUY })
      const { rejectedOrders } = runAll(
        portfolioOf({ scripted, settings: { ...FREE, ...changes } }),
      )
      expect(rejectedOrders.unknownRange).toBe(1)
    }
  })

  it('is counted beyond the end of the list', () => {
    const rows = Array.from({ length: LISTED_REJECTIONS + 10 }, () => dear[0]!)
    const bits = Object.fromEntries(rows.map((_, bar) => [bar, BUY]))
    const settings = { ...FREE, wholeUnits: true }
    const result = runAll(portfolioOf({ scripted: one(rows, bits), settings }))
    expect(result.rejections.length).toBe(LISTED_REJECTIONS)
    expect(result.rejectedOrders.zeroSize).toBe(rows.length - 1)
    expect(result.unfilledSignals).toBe(1)
  })
})
