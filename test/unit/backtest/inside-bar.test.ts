// What happens inside a bar, example by example (docs/backtest-assumptions.md). Prices can be checked in the head: entries
// at 100 unless said otherwise.

import { describe, expect, it } from 'vitest'
import type { SimulationSettings } from '../../../src/trading/simulation-settings.ts'
import { atr, FLAT, play, ratio, tradesOf, type Row } from '../../support/played.ts'

type Example = {
  readonly what: string
  /** After bar 0, flat at 100. */
  readonly bars: readonly Row[]
  readonly settings: Partial<SimulationSettings>
  readonly trades: readonly (readonly (number | string)[])[]
}

function checkAll(signals: Parameters<typeof play>[1], examples: readonly Example[]): void {
  it.each(examples)('$what', ({ bars, settings, trades }) => {
    expect(tradesOf(play([FLAT, ...bars], signals, settings))).toEqual(trades)
  })
}

const bracket = { exits: { stopLoss: ratio(0.02), takeProfit: ratio(0.04) } }

describe('stop and target', () => {
  checkAll({ 0: 'BUY' }, [
    {
      what: 'both in one bar: the stop',
      bars: [FLAT, [100, 105, 97, 101]],
      settings: bracket,
      trades: [[1, 100, 2, 98, 'stop loss']],
    },
    {
      what: 'a gap over the stop fills at the open',
      bars: [FLAT, [95, 106, 94, 95]],
      settings: bracket,
      trades: [[1, 100, 2, 95, 'stop loss']],
    },
    {
      what: 'a gap over the target fills at the open, though the bar meets the stop too',
      bars: [FLAT, [106, 107, 90, 106]],
      settings: bracket,
      trades: [[1, 100, 2, 106, 'take profit']],
    },
    {
      what: 'a stop pays slippage, from its price',
      bars: [FLAT, [100, 100, 90, 91]],
      settings: { ...bracket, slippage: 0.01 },
      trades: [[1, 101, 2, 97.9902, 'stop loss']], // 101 · 0.98 · 0.99
    },
    {
      what: 'a target does not',
      bars: [FLAT, [100, 106, 100, 100]],
      settings: { ...bracket, slippage: 0.01 },
      trades: [[1, 101, 2, 105.04, 'take profit']],
    },
    {
      what: 'the bar of an entry at the open may end it, by the stop',
      bars: [[100, 105, 97, 99]],
      settings: bracket,
      trades: [[1, 100, 1, 98, 'stop loss']],
    },
    {
      what: 'or by the target',
      bars: [[100, 105, 99, 103]],
      settings: bracket,
      trades: [[1, 100, 1, 104, 'take profit']],
    },
    {
      what: 'an entry beyond its own stop ends where it began',
      bars: [[100, 100.5, 99, 100]],
      settings: { ...bracket, slippage: 0.03 }, // in at 103, stop at 100.94
      trades: [[1, 103, 1, 97, 'stop loss']],
    },
    {
      what: 'a distance in ranges is measured at the decision',
      bars: [
        [100, 110, 99.5, 108],
        [108, 108, 99, 100],
      ],
      settings: { exits: { stopLoss: atr(1, 1) } }, // bar 0 did not move: a stop at the entry
      trades: [[1, 100, 1, 100, 'stop loss']],
    },
  ])

  it('of a short stand the other way round', () => {
    const both = play([FLAT, FLAT, [100, 103, 95, 100]], { 0: 'SELL' }, bracket)
    expect(tradesOf(both)).toEqual([[1, 100, 2, 102, 'stop loss']])
    const gap = play([FLAT, FLAT, [94, 103, 94, 100]], { 0: 'SELL' }, bracket)
    expect(tradesOf(gap)).toEqual([[1, 100, 2, 94, 'take profit']])
  })

  it('that an addition leaves behind the price are met at the open', () => {
    const calm: Row = [107.9, 108, 107.8, 108]
    const rows: Row[] = [[100, 105, 95, 100], [100, 108, 100, 107.9], calm, [108, 108.5, 107, 108]]
    const result = play(
      rows,
      { 0: 'BUY', 2: 'BUY' },
      {
        sizing: { kind: 'units', units: 10 },
        maxEntries: 2,
        exits: { takeProfit: atr(1, 1) }, // 10 at the first entry, 0.2 at the second
      },
    )
    expect(tradesOf(result)).toEqual([[1, 104, 3, 108, 'take profit']])
  })
})

describe('orders that wait', () => {
  const limit = { order: { type: 'limit', offset: ratio(0.01), expiryBars: null } } as const
  const stop = { order: { type: 'stop', offset: ratio(0.01), expiryBars: null } } as const
  const stopLimit = {
    order: { type: 'stop-limit', offset: ratio(0.01), limit: ratio(0.005), expiryBars: null },
  } as const
  const END = 'end of data'
  checkAll({ 0: 'BUY' }, [
    {
      what: 'a limit that the open has passed fills at the open',
      bars: [[98, 98, 98, 98]],
      settings: limit,
      trades: [[1, 98, 1, 98, END]],
    },
    {
      what: 'a limit that is not reached waits',
      bars: [
        [100, 101, 99.5, 100],
        [99.5, 99.5, 98.5, 99],
      ],
      settings: limit,
      trades: [[2, 99, 2, 99, END]],
    },
    {
      what: 'a limit entry may be stopped in its bar',
      bars: [[100, 101, 96, 98]],
      settings: { ...limit, ...bracket },
      trades: [[1, 99, 1, 97.02, 'stop loss']],
    },
    {
      what: 'but not reach its target: nobody knows what came first',
      bars: [
        [100, 106, 98.5, 101],
        [100, 103, 100, 100],
      ],
      settings: { ...limit, ...bracket },
      trades: [[1, 99, 2, 102.96, 'take profit']],
    },
    {
      what: 'one that was filled at the open may',
      bars: [[98, 103, 97.5, 98]],
      settings: { ...limit, ...bracket },
      trades: [[1, 98, 1, 101.92, 'take profit']],
    },
    {
      what: 'a stop fills at its price, with slippage',
      bars: [[100, 102, 100, 101]],
      settings: { ...stop, slippage: 0.01 },
      trades: [[1, 102.01, 1, 99.99, END]],
    },
    {
      what: 'a stop that the open has passed fills at the open',
      bars: [[103, 104, 102, 103]],
      settings: stop,
      trades: [[1, 103, 1, 103, END]],
    },
    {
      what: 'beyond its limit it waits for the limit',
      bars: [
        [103, 104, 102, 103],
        [102, 102, 101, 101.2],
      ],
      settings: stopLimit,
      trades: [[2, 101.5, 2, 101.2, END]],
    },
    {
      what: 'on the same bar if the open had passed both',
      bars: [[103, 104, 101, 102]],
      settings: stopLimit,
      trades: [[1, 101.5, 1, 102, END]],
    },
  ])

  it('of limits and stop-limits are filled at what was waited for', () => {
    const entered = (settings: Partial<SimulationSettings>, bar: Row) =>
      play([FLAT, bar], { 0: 'BUY' }, { ...settings, slippage: 0.01, leaveOpen: true })
        .openPositions[0]
    expect(entered(limit, [100, 100, 98, 99.5])).toMatchObject({ entryPrice: 99 })
    expect(entered(stopLimit, [100, 102, 100, 101])).toMatchObject({ entryPrice: 101 })
  })

  it('are filled before the spread where the bars are the middle', () => {
    const costs = { spread: 0.02 }
    const near = play([FLAT, [100, 100, 98.1, 99]], { 0: 'BUY' }, { ...limit, costs })
    expect(near.trades, '98.1 is asked as 99.081').toEqual([])
    const met = play([FLAT, [100, 100, 98, 98]], { 0: 'BUY' }, { ...limit, costs })
    expect(tradesOf(met)).toEqual([[1, 99, 1, 97.02, 'end of data']])
  })
})

describe('orders at the close', () => {
  it('are filled at the close of their decision, exits first', () => {
    const rows: Row[] = [FLAT, [100, 112, 99, 110], [90, 95, 85, 92]]
    const settings = { order: { type: 'market', at: 'close' }, reverse: true } as const
    expect(tradesOf(play(rows, { 0: 'BUY', 1: 'SELL' }, settings))).toEqual([
      [0, 100, 1, 110, 'signal'],
      [1, 110, 2, 92, 'end of data'],
    ])
  })

  it('see stops from the next bar on', () => {
    const rows: Row[] = [
      [100, 105, 90, 100],
      [100, 101, 97, 100],
    ]
    const settings = { ...bracket, order: { type: 'market', at: 'close' } } as const
    expect(tradesOf(play(rows, { 0: 'BUY' }, settings))).toEqual([[0, 100, 1, 98, 'stop loss']])
  })
})

describe('a trailing stop', () => {
  const trailing = { exits: { trailingStop: ratio(0.05) } }
  checkAll({ 0: 'BUY' }, [
    {
      what: 'follows the highs of bars that are over',
      bars: [
        [100, 110, 99, 108],
        [108, 120, 104, 105],
      ],
      settings: trailing,
      trades: [[1, 100, 2, 104.5, 'trailing stop']],
    },
    {
      what: 'fills at the open that passed it',
      bars: [
        [100, 110, 99, 108],
        [103, 104, 102, 103],
      ],
      settings: trailing,
      trades: [[1, 100, 2, 103, 'trailing stop']],
    },
    {
      what: 'after an entry inside a bar follows its close',
      bars: [
        [100, 110, 98.5, 104],
        [104, 104, 98.9, 99],
        [99, 99, 98, 98],
      ],
      settings: { ...trailing, order: { type: 'limit', offset: ratio(0.01), expiryBars: null } },
      trades: [[1, 99, 3, 98.8, 'trailing stop']],
    },
  ])

  it('in ranges stays as far behind as at the decision', () => {
    const rows: Row[] = [
      [100, 103, 99, 100],
      [100, 110, 97, 108],
      [108, 108, 101, 105],
    ]
    const exits = { trailingStop: atr(2, 1) } // a range of 4
    expect(tradesOf(play(rows, { 0: 'BUY' }, { exits }))).toEqual([
      [1, 100, 2, 102, 'trailing stop'],
    ])
  })

  it('of a short follows the lows', () => {
    const rows: Row[] = [FLAT, [100, 101, 90, 92], [92, 95, 91, 93]]
    expect(tradesOf(play(rows, { 0: 'SELL' }, trailing))).toEqual([
      [1, 100, 2, 94.5, 'trailing stop'],
    ])
  })

  const adding = { ...trailing, sizing: { kind: 'units', units: 10 }, maxEntries: 2 } as const

  it('is not moved away by an addition', () => {
    const rows: Row[] = [FLAT, [100, 120, 100, 118], [118, 118, 112, 115]]
    expect(tradesOf(play(rows, { 0: 'BUY', 1: 'BUY' }, adding))).toEqual([
      [1, 109, 2, 114, 'trailing stop'],
    ])
  })

  it('follows the high of a bar whose addition is refused', () => {
    const rows: Row[] = [FLAT, [100, 101, 98.5, 100], [100, 120, 98, 118], [118, 118, 113, 115]]
    const order = { type: 'limit', offset: ratio(0.01), expiryBars: null } as const
    const result = play(rows, { 0: 'BUY', 1: 'BUY' }, { ...trailing, order, maxEntries: 2 })
    expect(result.rejectedOrders.noMargin).toBe(1)
    expect(tradesOf(result)).toEqual([[1, 99, 3, 114, 'trailing stop']])
  })
})

describe('a time limit', () => {
  it('closes at the open, before a stop that the open has passed', () => {
    const rows: Row[] = [FLAT, FLAT, FLAT, [90, 90, 90, 90]]
    const exits = { ...bracket.exits, maxBars: 2 }
    expect(tradesOf(play(rows, { 0: 'BUY' }, { exits }))).toEqual([[1, 100, 3, 90, 'time limit']])
  })
})

describe('a margin call', () => {
  // 400 units for 40 000, of which 30 000 are borrowed: 10 % of the value are left at 30 000 / 400 / 0.9.
  const fourfold = { leverage: 4, positionSize: 4, maintenanceMargin: 0.1 }

  it('closes a long where the equity falls to the margin, or at the open', () => {
    const inside = play([FLAT, FLAT, [100, 100, 80, 82]], { 0: 'BUY' }, fourfold)
    expect(tradesOf(inside)).toEqual([[1, 100, 2, 83.333333333, 'margin call']])
    expect(inside.finalEquity).toBeCloseTo(10_000 - 400 * (100 - 30_000 / 360), 8)
    const gap = play([FLAT, FLAT, [70, 71, 69, 70]], { 0: 'BUY' }, fourfold)
    expect(tradesOf(gap)).toEqual([[1, 100, 2, 70, 'margin call']])
    expect(gap.finalEquity, 'a gap may take more than there was').toBeCloseTo(-2000, 8)
  })

  it('comes before a stop that is farther away', () => {
    const exits = { stopLoss: ratio(0.2) }
    const rows: Row[] = [FLAT, FLAT, [100, 100, 75, 82]]
    expect(tradesOf(play(rows, { 0: 'BUY' }, { ...fourfold, exits }))).toEqual([
      [1, 100, 2, 83.333333333, 'margin call'],
    ])
  })

  it('closes a short: 20 000 of cash are 1.25 times its value at 160', () => {
    const rows: Row[] = [FLAT, FLAT, [100, 170, 100, 165]]
    expect(tradesOf(play(rows, { 0: 'SELL' }, { maintenanceMargin: 0.25 }))).toEqual([
      [1, 100, 2, 160, 'margin call'],
    ])
  })

  it('closes a short whose costs have eaten everything, at any price', () => {
    const rows: Row[] = [FLAT, FLAT, [101, 102, 99, 100]]
    const due = Date.UTC(2024, 0, 1, 2)
    const funding = { length: 1, timestampMs: Float64Array.of(due), rate: Float64Array.of(-3) }
    const result = play(rows, { 0: 'SELL' }, { maintenanceMargin: 0.25 }, { funding })
    expect(tradesOf(result)).toEqual([[1, 100, 2, 101, 'margin call']])
    expect(result.finalEquity).toBeCloseTo(10_000 - 3 * 100 * 101 - 100, 8)
  })
})
