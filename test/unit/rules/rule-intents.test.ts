import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENTER_LONG, ENTER_SHORT, EXIT_LONG, EXIT_SHORT } from '../../../src/backtest/intents.ts'
import { sliceBars, TIMEFRAME_MS, type Bars } from '../../../src/data/bars.ts'
import { resampleBars } from '../../../src/data/resample.ts'
import { marketOf, type Market } from '../../../src/features/market.ts'
import { ruleIntents } from '../../../src/rules/rule-intents.ts'
import { parseAnyStrategy } from '../../../src/strategy/load-strategy.ts'
import { hasRules, type RuleStrategy } from '../../../src/strategy/strategy.ts'
import { barsFromCloses, makeBars } from '../../support/make-bars.ts'

function strategyOf(rules: string, timeframes = 'mode: single, timeframe: 1d'): RuleStrategy {
  const text = `name: test
training_data: { symbols: { mode: single, symbol: X }, timeframes: { ${timeframes} } }
indicators:
  two: { type: sma, period: 2 }
  three: { type: sma, period: 3 }
  bands: { type: bollingerbands, period: 3 }
  strength: { type: rsi, period: 3 }
fuzzy_sets:
  where: { indicator: strength, low: [0, 25, 50], high: [50, 75, 100] }
rules:
${rules}
`
  const { strategy } = parseAnyStrategy(text, 'test.yaml')
  if (!hasRules(strategy)) throw new Error('no rules')
  return strategy
}

const long = (enter: string, exit: string): RuleStrategy =>
  strategyOf(`  long: { enter: "${enter}", exit: "${exit}" }`)

const CLOSES = [5, 4, 3, 4, 6, 6, 4, 2, 2, 5]
const MARKET = marketOf(barsFromCloses(CLOSES), '1d')

describe('intents', () => {
  it('say what the rules say from the first bar on that all operands have a value at', () => {
    // two:     –  4.5  3.5  3.5  5    6    5    3    2    3.5
    // three:   –   –   4   3.67 4.33 5.33 5.33  4   2.67  3
    const strategy = strategyOf(`  long:
    enter: two crosses above three
    exit: two crosses below three
  short: { enter: close < 3, exit: close > 3 }`)
    const intents = ruleIntents(strategy, MARKET, 0)!
    expect([intents.from, intents.to, intents.confidence]).toEqual([3, 10, null])
    expect([...intents.bits]).toEqual([
      EXIT_SHORT,
      ENTER_LONG | EXIT_SHORT,
      EXIT_SHORT,
      EXIT_LONG | EXIT_SHORT,
      ENTER_SHORT,
      ENTER_SHORT,
      ENTER_LONG | EXIT_SHORT,
    ])
  })

  it('begin where they are asked for, and are the same there', () => {
    const strategy = long('two crosses above three', 'two crosses below three')
    const whole = ruleIntents(strategy, MARKET, 0)!
    for (let from = whole.from; from < CLOSES.length; from++) {
      const part = ruleIntents(strategy, MARKET, from)!
      expect([part.from, [...part.bits]]).toEqual([
        from,
        [...whole.bits.subarray(from - whole.from)],
      ])
    }
    expect(ruleIntents(strategy, MARKET, CLOSES.length)).toBeUndefined()
  })

  it.each([
    ['close > 1', 0],
    ['close[2] > 1', 2],
    ['close crosses above 1', 1],
    ['three > 1', 2],
    ['three crosses above 1', 3],
    ['three[1] crosses above two', 4],
    ['bands.upper > 1', 2],
    ['where.low > 0.5', 3],
  ])('of %s begin at bar %i', (rule, from) => {
    expect(ruleIntents(long(rule, 'close < 0'), MARKET, 0)!.from).toBe(from)
  })

  it('are none when some operand never has a value', () => {
    expect(ruleIntents(long('close[10] > 1', 'close < 0'), MARKET, 0)).toBeUndefined()
  })

  it('look at outputs, memberships and bars before', () => {
    const holdsOf = (rule: string): string => {
      const { from, bits } = ruleIntents(long(rule, 'close < 0'), MARKET, 0)!
      return '.'.repeat(from) + bits.join('')
    }
    expect(holdsOf('close > close[1]')).toBe('.001100001')
    expect(holdsOf('close[1] > close[2]')).toBe('..00110000')
    expect(holdsOf('bands.middle > close')).toBe(holdsOf('three > close'))
    expect(holdsOf('where.high > 0')).toBe(holdsOf('strength > 50 and strength < 100'))
  })
})

const DAY = TIMEFRAME_MS['1d']

/** Days, and the weeks made of them. */
function weekly(days: Bars): Market {
  const weeks = resampleBars(days, '1d', '1w')
  return {
    baseTimeframe: '1d',
    frames: new Map([
      ['1d', days],
      ['1w', weeks],
    ]),
    context: new Map(),
  }
}

describe('another timeframe', () => {
  const frames = 'mode: multi_timeframe, list: [1d, 1w]'
  const days = makeBars(60, 3)

  it('shows the last bar that has closed, and bars before that of its own', () => {
    const market = weekly(days)
    const weeks = market.frames.get('1w')!
    for (const back of [0, 1]) {
      const suffix = back === 0 ? '' : `[${back}]`
      const strategy = strategyOf(
        `  long: { enter: "close@1w${suffix} > 100", exit: "close < 0" }`,
        frames,
      )
      const { from, bits } = ruleIntents(strategy, market, 0)!
      const known = (bar: number): number => {
        const closed = weeks.timestampMs.filter(
          (ms) => ms + 7 * DAY <= days.timestampMs[bar]! + DAY,
        )
        return closed.length - 1 - back
      }
      expect([known(from - 1), known(from)], 'the first').toEqual([-1, 0])
      const expected = Array.from(bits, (_, i) => Number(weeks.close[known(from + i)]! > 100))
      expect([...bits]).toEqual(expected)
      expect(new Set(bits).size, 'both are met').toBe(2)
    }
  })

  it('may be the one that is traded on', () => {
    const weeks = weekly(days).frames.get('1w')!
    const strategy = strategyOf(
      '  long: { enter: "close > close@1w[1]", exit: close < close@1w }',
      frames,
    )
    const { from, bits } = ruleIntents(strategy, marketOf(weeks, '1w'), 0)!
    expect(from).toBe(1)
    const rises = Array.from(bits, (_, i) => Number(weeks.close[i + 1]! > weeks.close[i]!))
    expect([...bits]).toEqual(rises)
  })
})

describe('later bars', () => {
  const RULES = [
    'two crosses above three',
    'close > bands.upper or close < bands.lower[1]',
    'where.low > 0.3 and not close > open',
    '(high + low) / 2 crosses below three - 0.5',
    'close@1w > three and volume > 300000',
  ]

  it('change no intent of those before', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RULES),
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 20, max: 60 }),
        (rule, seed, cut) => {
          const days = makeBars(60, seed)
          const other = makeBars(60, seed + 1)
          const mixed = { ...days }
          for (const column of ['open', 'high', 'low', 'close', 'volume'] as const)
            mixed[column] = Float64Array.from(days[column], (x, i) =>
              i < cut ? x : other[column][i]!,
            )
          const strategy = strategyOf(
            `  long: { enter: "${rule}", exit: "${rule}" }`,
            'mode: multi_timeframe, list: [1d, 1w]',
          )
          const bitsOf = (bars: Bars): number[] => {
            const { from, bits } = ruleIntents(strategy, weekly(bars), 0)!
            return [...Array.from({ length: from }, () => -1), ...bits].slice(0, cut)
          }
          const expected = bitsOf(days)
          expect(bitsOf(sliceBars(days, 0, cut)), 'when they are missing').toEqual(expected)
          expect(bitsOf(mixed), 'when they are others').toEqual(expected)
        },
      ),
      { numRuns: 150 },
    )
  })
})
