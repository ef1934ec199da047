import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INDICATORS } from '../../../src/indicators/catalog.ts'
import { checkParameters } from '../../../src/indicators/compute.ts'
import type { Indicator, ParameterSpec } from '../../../src/indicators/indicator.ts'
import { parseIndicatorSpec } from '../../../src/indicators/indicator-spec.ts'
import { SUMMARIES } from '../../../src/indicators/summaries.ts'

const CATALOG = [...INDICATORS.values()]

describe('an indicator as it is typed', () => {
  it.each([
    ['rsi', 'rsi', { period: 14, source: 'close' }],
    ['rsi:21', 'rsi_21', { period: 21, source: 'close' }],
    ['RSI:21,high', 'rsi_21_high', { period: 21, source: 'high' }],
    ['rsi:source=high', 'rsi_high', { period: 14, source: 'high' }],
    ['rsi:21,source=high', 'rsi_21_high', { period: 21, source: 'high' }],
    ['bbands:20,2.5', 'bbands_20_2.5', { period: 20, multiplier: 2.5, source: 'close' }],
    ['ema:adjust=false', 'ema_false', { period: 20, source: 'close', adjust: false }],
  ])('%s is %s', (text, id, parameters) => {
    expect(parseIndicatorSpec(text)).toMatchObject({ id, parameters })
  })

  it.each([
    ['rsi:a', `'period' must be an integer from 2 to 100, got "a".`],
    ['rsi:1', `'period' must be an integer from 2 to 100, got 1.`],
    ['rsi:0x10', `'period' must be an integer from 2 to 100, got "0x10".`],
    ['rsi:', `'period' must be an integer from 2 to 100, got "".`],
    ['rsi:perod=9', `'rsi' has no parameter 'perod'. Did you mean "period"?`],
    ['rsi:speed=9', `'rsi' has no parameter 'speed'; it has period, source.`],
    ['rsi:14,close,3', 'it has no more than 2 parameters.'],
    ['rsi:period=9,close', '"close" stands behind a named value, so it needs a name.'],
    ['rsi:9,period=9', 'period is given twice.'],
    ['ema:adjust=1', `'adjust' must be true or false, got "1".`],
    ['ema:adjust=yes', `'adjust' must be true or false, got "yes".`],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseIndicatorSpec(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: `${text}: ${why}` }),
    )
  })

  it('of an unknown type is not found, with the one that was meant', () => {
    expect(() => parseIndicatorSpec('bband:20')).toThrow(
      expect.objectContaining({
        code: 'INDICATOR_NOT_FOUND',
        message: 'No indicator is called "bband". Did you mean "bbands"?',
        suggestions: ['ktrdr indicators show bbands', 'ktrdr indicators list'],
      }),
    )
    expect(() => parseIndicatorSpec('')).toThrow('No indicator is called "".')
  })
})

function valueFor(spec: ParameterSpec): fc.Arbitrary<number | boolean | string> {
  switch (spec.kind) {
    case 'integer':
      return fc.integer({ min: spec.min, max: spec.max })
    case 'number':
      return fc.double({
        min: spec.min,
        max: spec.max,
        noNaN: true,
        minExcluded: true,
        maxExcluded: true,
      })
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...spec.choices)
  }
}

function parametersFor({ parameters }: Indicator) {
  const entries = Object.entries(parameters).map(([name, spec]) => [name, valueFor(spec)] as const)
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] })
}

describe.each(CATALOG.map((indicator) => [indicator.type, indicator] as const))(
  '%s',
  (type, indicator) => {
    it('comes back from any parameters that it accepts', () => {
      fc.assert(
        fc.property(parametersFor(indicator), (given) => {
          const words = Object.entries(given).map(([name, value]) => `${name}=${value}`)
          const text = [type, words.join(',')].filter(Boolean).join(':')
          expect(parseIndicatorSpec(text)).toMatchObject({
            type,
            parameters: checkParameters(indicator, given).parameters,
          })
        }),
        { numRuns: 20 },
      )
    })

    it('has a summary of one line', () => {
      const { title, formula } = SUMMARIES[type]!
      expect(title).toMatch(/^\S.*[^.]$/)
      expect(formula).toMatch(/^\S.*[^.]$/)
    })
  },
)
