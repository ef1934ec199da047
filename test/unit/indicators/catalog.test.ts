import { describe, expect, it } from 'vitest'
import {
  findIndicator,
  indicatorNames,
  INDICATORS,
  isKnownLater,
  KNOWN_LATER,
  refusal,
  REFUSED,
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
    ['bbands', 'bollingerbands'],
    ['BollingerBandsIndicator', 'bollingerbands'],
    ['williamsrindicator', 'williamsr'],
  ])('finds %s', (name, type) => {
    expect(findIndicator(name)?.type, 'its canonical type').toBe(type)
  })

  it('knows nothing by the names of object properties or by no name', () => {
    for (const name of ['constructor', '__proto__', 'indicator', '', 'rsi ']) {
      expect(findIndicator(name), `'${name}'`).toBeUndefined()
      expect(isKnownLater(name) || refusal(name) !== undefined, `'${name}'`).toBe(false)
    }
  })

  it('gives every name to one indicator only', () => {
    const names = [...INDICATORS.values()].flatMap(({ type, aliases }) => aliases.concat(type))
    const all = [...names, ...KNOWN_LATER, ...REFUSED.keys()]
    expect(new Set(all).size, 'all names differ').toBe(all.length)
    expect(indicatorNames(), 'the names, sorted').toEqual(names.toSorted())
  })

  it('covers the 31 indicators of upstream', () => {
    const count = INDICATORS.size + KNOWN_LATER.length + REFUSED.size
    expect(count, 'here, later or refused').toBe(31)
  })

  it('tells what comes later and what never comes from what is unknown', () => {
    expect(isKnownLater('CCIIndicator'), 'cci comes').toBe(true)
    expect(isKnownLater('rsi'), 'rsi is here').toBe(false)
    expect(refusal('ZigZag'), 'zigzag looks ahead').toMatch(/repaints/)
    expect(refusal('cci'), 'nothing against cci').toBeUndefined()
  })
})
