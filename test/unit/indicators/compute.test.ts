import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { findIndicator } from '../../../src/indicators/catalog.ts'
import {
  checkParameters,
  computeIndicator,
  expectation,
  indicatorWarmup,
} from '../../../src/indicators/compute.ts'
import { makeBars } from '../../support/make-bars.ts'

const rsi = findIndicator('rsi')!
const bollinger = findIndicator('bbands')!

const messageOf = (period: unknown) => checkParameters(rsi, { period }).problems[0]?.message

describe('checkParameters', () => {
  it('fills in defaults in the order of the indicator', () => {
    const { parameters, problems } = checkParameters(bollinger, { multiplier: 2.5 })
    expect(Object.entries(parameters), 'all parameters').toEqual([
      ['period', 20],
      ['multiplier', 2.5],
      ['source', 'close'],
    ])
    expect(problems, 'no problems').toEqual([])
  })

  it.each([
    ['rsi', 'period', '14', 'an integer from 2 to 100'],
    ['rsi', 'period', 14.5, 'an integer from 2 to 100'],
    ['rsi', 'period', 1, 'an integer from 2 to 100'],
    ['rsi', 'period', 101, 'an integer from 2 to 100'],
    ['rsi', 'period', NaN, 'an integer from 2 to 100'],
    ['rsi', 'period', null, 'an integer from 2 to 100'],
    ['rsi', 'period', [14], 'an integer from 2 to 100'],
    ['rsi', 'source', 'typical', 'one of open, high, low, close, volume'],
    ['rsi', 'source', 3, 'one of open, high, low, close, volume'],
    ['bbands', 'multiplier', 0, 'a number above 0, at most 10'],
    ['bbands', 'multiplier', 10.01, 'a number above 0, at most 10'],
    ['bbands', 'multiplier', Infinity, 'a number above 0, at most 10'],
    ['bbands', 'multiplier', '2', 'a number above 0, at most 10'],
    ['zigzag', 'threshold', 0, 'a number above 0 and below 1'],
    ['zigzag', 'threshold', 1, 'a number above 0 and below 1'],
    ['ema', 'adjust', 1, 'true or false'],
    ['ema', 'adjust', 'yes', 'true or false'],
  ])('%s refuses %s = %j', (type, name, value, expected) => {
    const indicator = findIndicator(type)!
    const { parameters, problems } = checkParameters(indicator, { [name]: value })
    expect(problems, 'one problem').toEqual([
      {
        parameter: name,
        expected,
        message: expect.stringContaining(`'${name}' must be ${expected}`),
      },
    ])
    expect(parameters[name], 'the default stands in').toBe(indicator.parameters[name]!.default)
  })

  it.each([
    ['rsi', { period: 2 }],
    ['rsi', { period: 100 }],
    ['bbands', { multiplier: 10 }],
    ['bbands', { multiplier: 1e-9 }],
    ['ema', { adjust: false, source: 'volume', period: 1 }],
  ])('%s accepts %j', (type, given) => {
    const indicator = findIndicator(type)!
    const { parameters, problems } = checkParameters(indicator, given)
    expect(problems, 'no problems').toEqual([])
    expect(parameters, 'as given').toMatchObject(given)
  })

  it('says what it got in words that tell text from numbers', () => {
    expect(messageOf('14'), 'text').toMatch(/got "14"$/)
    expect(messageOf([14]), 'a list').toMatch(/got a list$/)
    expect(messageOf({ n: 14 }), 'a mapping').toMatch(/got a mapping$/)
    expect(messageOf(undefined), 'nothing').toMatch(/got undefined$/)
    expect(messageOf(NaN), 'not a number').toMatch(/got NaN$/)
  })

  it('reports unknown names with the known ones', () => {
    const { parameters, problems } = checkParameters(rsi, { perod: 14, constructor: 1 })
    expect(problems, 'both').toEqual([
      {
        parameter: 'perod',
        message: "'rsi' has no parameter 'perod'",
        expected: 'one of period, source',
      },
      {
        parameter: 'constructor',
        message: "'rsi' has no parameter 'constructor'",
        expected: 'one of period, source',
      },
    ])
    expect(parameters, 'defaults').toEqual({ period: 14, source: 'close' })
  })
})

it('a range that includes its lower end says so', () => {
  const spec = { kind: 'number', default: 0.1, min: 0, max: 1 } as const
  expect(expectation(spec), 'from … to').toBe('a number from 0 to 1')
})

describe('computeIndicator', () => {
  it('computes what the strategy uses', () => {
    const use = { id: 'fast', type: 'rsi', parameters: { period: 3, source: 'close' } }
    const bars = makeBars(10)
    expect(computeIndicator(bars, use), 'the columns').toEqual(rsi.compute(bars, use.parameters))
    expect(indicatorWarmup(use), 'the warm-up').toEqual([3])
  })

  it('takes an unchecked type for a bug', () => {
    const use = { id: 'x', type: 'RSI', parameters: {} }
    expect(() => computeIndicator(makeBars(3), use), 'not canonical').toThrow(KtrdrError)
  })
})
