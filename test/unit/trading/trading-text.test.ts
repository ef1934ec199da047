// Distances, orders, sizes and shares as text: what is written is read back to the same bits, and what cannot be meant is
// not read at all.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceText, parseDistance } from '../../../src/trading/distance-text.ts'
import { orderText, parseOrder } from '../../../src/trading/order-text.ts'
import { parseNumber, parseRatio, ratioText } from '../../../src/trading/ratio-text.ts'
import { parseSize, sizeText } from '../../../src/trading/size-text.ts'
import { TERMS, type TextKey } from '../../../src/trading/trading-terms.ts'
import { anyDistance, anyOrder, anySize } from '../../support/any-terms.ts'

describe('a share', () => {
  it.each([
    ['2%', 0.02],
    ['2 %', 0.02],
    ['0.5%', 0.005],
    ['.5%', 0.005],
    ['0.02', 0.02],
    ['7%', 0.07],
    ['150%', 1.5],
    ['0', 0],
    ['1e-4', 0.0001],
  ])('%s is %d', (text, ratio) => expect(parseRatio(text)).toBe(ratio))

  it.each(['', '%', '2', '1', '-1%', '2%%', 'two', '1e400%', '0x10', 'NaN', 'Infinity', '1e-2%'])(
    '"%s" is none',
    (text) => expect(parseRatio(text)).toBeUndefined(),
  )

  it.each([
    [0.02, '2%'],
    [0.07, '7%'],
    [0, '0%'],
    [1.5, '150%'],
    [0.000123, '0.0123%'],
    [1e-9, '0.0000001%'],
    [12, '1200%'],
  ])('%d is written %s', (ratio, text) => expect(ratioText(ratio)).toBe(text))

  it('is read back to the same bits', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e20, noNaN: true }), (ratio) => {
        expect(parseRatio(ratioText(ratio))).toBe(ratio)
      }),
      { examples: [[0.1 + 0.2], [0.30000000000000004 / 100], [Number.MIN_VALUE], [5e-324 * 3]] },
    )
  })
})

it('a number is plain, and 0 or more', () => {
  expect(['10000', '0.01', '1.', '1e3'].map(parseNumber)).toEqual([10_000, 0.01, 1, 1000])
  expect(['', '-1', '1_000', '1,5', '0b1', '1e999', ' 1'].map(parseNumber)).toEqual(
    Array(7).fill(undefined),
  )
})

describe('a distance', () => {
  it.each([
    ['2%', { kind: 'ratio', ratio: 0.02 }],
    ['2atr', { kind: 'atr', multiple: 2, period: 14 }],
    ['2 ATR', { kind: 'atr', multiple: 2, period: 14 }],
    ['1.5atr/20', { kind: 'atr', multiple: 1.5, period: 20 }],
    ['1.5atr(20)', { kind: 'atr', multiple: 1.5, period: 20 }],
  ])('%s', (text, distance) => expect(parseDistance(text)).toEqual(distance))

  it.each(['2', 'atr', '2atr/0', '2atr/', '2atr/20000', '2atr(20', '-2atr', '2%atr'])(
    '"%s" is none',
    (text) => expect(parseDistance(text)).toBeUndefined(),
  )

  it('is read back', () => {
    fc.assert(
      fc.property(anyDistance, (distance) => {
        expect(parseDistance(distanceText(distance))).toEqual(distance)
      }),
    )
  })
})

describe('an order', () => {
  const half = { kind: 'ratio', ratio: 0.005 }
  it.each([
    ['market', { type: 'market', at: 'open' }],
    ['close', { type: 'market', at: 'close' }],
    ['limit:0.5%', { type: 'limit', offset: half, expiryBars: null }],
    ['limit:0', { type: 'limit', offset: { kind: 'ratio', ratio: 0 }, expiryBars: null }],
    [
      'stop:1atr',
      { type: 'stop', offset: { kind: 'atr', multiple: 1, period: 14 }, expiryBars: null },
    ],
    ['stop-limit:0.5%, 0.5%', { type: 'stop-limit', offset: half, limit: half, expiryBars: null }],
  ])('%s', (text, order) => expect(parseOrder(text)).toEqual(order))

  it.each([
    'limit',
    'limit:',
    'limit:100%',
    'limit:1%,1%',
    'stop-limit:1%',
    'stop-limit:1%,1%,1%',
    'trailing:1%',
    'market:1%',
    'Market',
    '',
  ])('"%s" is none', (text) => expect(parseOrder(text)).toBeUndefined())

  it('is read back', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        expect(parseOrder(orderText(order))).toEqual(order)
      }),
    )
  })
})

describe('a size', () => {
  it.each([
    ['25%', { kind: 'equity', ratio: 0.25 }],
    ['0.25', { kind: 'equity', ratio: 0.25 }],
    ['150%', { kind: 'equity', ratio: 1.5 }],
    ['cash:10000', { kind: 'cash', amount: 10_000 }],
    ['units:0.5', { kind: 'units', units: 0.5 }],
    ['volatility:15%', { kind: 'volatility', target: 0.15, bars: 20 }],
    ['volatility:15%/60', { kind: 'volatility', target: 0.15, bars: 60 }],
    ['risk:1%', { kind: 'risk', ratio: 0.01 }],
  ])('%s', (text, size) => expect(parseSize(text)).toEqual(size))

  it.each([
    '100',
    '0%',
    'cash:0',
    'cash:1%',
    'units:',
    'volatility:15%/1',
    'volatility:15%/60/2',
    'volatility',
    'risk:100%',
    'risk:1%/20',
    'equity:25%',
    '25%/20',
  ])('"%s" is none', (text) => expect(parseSize(text)).toBeUndefined())

  it('is read back', () => {
    fc.assert(
      fc.property(anySize, (size) => {
        expect(parseSize(sizeText(size))).toEqual(size)
      }),
    )
  })
})

describe('every term', () => {
  it.each(Object.keys(TERMS) as TextKey[])('%s reads its own example', (key) => {
    const { parse, text, example } = TERMS[key] as { parse: (text: string) => unknown } & {
      text: (value: unknown) => string
      example: string
    }
    const value = parse(example)
    expect(value).toBeDefined()
    expect(parse(` ${text(value)} `), 'and what it writes of it').toEqual(value)
  })

  it.each([
    ['stopLoss', ['0%', '100%', '0atr', '2']],
    ['takeProfit', ['0%', '4']],
    ['trailingStop', ['0', '100%']],
    ['lotStep', ['0', '-1', '1e-320', '1e16']],
    ['leverage', ['0.5', '1001', '2x']],
    ['maintenanceMargin', ['100%', '1']],
    ['maxEntries', ['0', '1.5', 'none']],
    ['maxBars', ['0', '1.5', '1000001']],
    ['orderExpiry', ['0', '2.5']],
    ['capital', ['0', '1e-7', '1e16']],
    ['commission', ['1', '100%', '-0.1']],
    ['slippageOfVolume', ['0.1', '0.1,0%', '0.1,101%', '0.1,1%,1%', 'x,1%']],
    ['borrowFee', ['5', '-1%']],
    ['sides', ['LONG', 'neither']],
    ['prices', ['ask']],
  ] as const)('%s does not read %j', (key, texts) => {
    for (const text of texts) expect(TERMS[key].parse(text), text).toBeUndefined()
  })
})
