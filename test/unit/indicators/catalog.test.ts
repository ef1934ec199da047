import { describe, expect, it } from 'vitest'
import {
  findIndicator,
  indicatorNames,
  INDICATORS,
  refusal,
} from '../../../src/indicators/catalog.ts'

describe('the catalog', () => {
  it.each([
    ['rsi', 'rsi'],
    ['RSI', 'rsi'],
    ['RSIIndicator', 'rsi'],
    ['sma', 'simplemovingaverage'],
    ['SimpleMovingAverage', 'simplemovingaverage'],
    ['ema', 'exponentialmovingaverage'],
    ['wma', 'weightedmovingaverage'],
    ['ParabolicSARIndicator', 'parabolicsar'],
    ['bbands', 'bollingerbands'],
    ['BollingerBandsIndicator', 'bollingerbands'],
    ['williamsrindicator', 'williamsr'],
  ])('finds %s', (name, type) => {
    expect(findIndicator(name)?.type, 'its canonical type').toBe(type)
  })

  it('knows nothing by the names of object properties or by no name', () => {
    for (const name of ['constructor', '__proto__', 'indicator', '', 'rsi ']) {
      expect(findIndicator(name), `'${name}'`).toBeUndefined()
      expect(refusal(name), `'${name}'`).toBeUndefined()
    }
  })

  it('gives every name to one indicator only', () => {
    const names = [...INDICATORS.values()].flatMap(({ type, aliases }) => aliases.concat(type))
    expect(new Set(names).size, 'all names differ').toBe(names.length)
    expect(indicatorNames(), 'the names, sorted').toEqual(names.toSorted())
  })

  it('covers the 31 indicators of upstream', () => {
    expect(INDICATORS.size).toBe(31)
  })

  it('speaks against zigzag as a feature, and against nothing else', () => {
    expect(refusal('ZigZagIndicator'), 'by any of its names').toMatch(/repaints/)
    const refused = [...INDICATORS.keys()].filter((type) => refusal(type) !== undefined)
    expect(refused).toEqual(['zigzag'])
  })
})
