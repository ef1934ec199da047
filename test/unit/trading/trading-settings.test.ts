// From what is said of trading to its settings: who goes before whom, what stays absent, what cannot be together; and the
// flags that give the very same settings again.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeTrading } from '../../../src/trading/describe-trading.ts'
import { parseTradingFlags, tradingFlags } from '../../../src/trading/trading-flags.ts'
import { tradingSettings } from '../../../src/trading/trading-settings.ts'
import { flagName } from '../../../src/trading/term-names.ts'
import { TERMS, type TextKey, type TradingTerms } from '../../../src/trading/trading-terms.ts'
import { anyTerms } from '../../support/any-terms.ts'

const PLAIN = {
  capital: 100_000,
  commission: 0.001,
  slippage: 0.0005,
  positionSize: 0.25,
  wholeUnits: false,
}
const DEFAULTS = { ...PLAIN, maintenanceMargin: 0.25, costs: { borrowFee: 0.005 } }

/** `--stop-loss 2% --reverse` as a command line is parsed. */
function flagsOf(words: readonly string[]): Record<string, string | boolean> {
  return Object.fromEntries(
    words.map((word) => {
      const [flag = '', text] = word.slice(2).split(' ')
      if (text !== undefined) return [flag, text]
      return flag.startsWith('no-') ? [flag.slice(3), false] : [flag, true]
    }),
  )
}

const terms = (...words: string[]): TradingTerms => parseTradingFlags(flagsOf(words))
const ratio = (n: number) => ({ kind: 'ratio', ratio: n })

describe('settings of trading', () => {
  it('are those of a new run when nobody says anything', () => {
    expect(tradingSettings({})).toEqual(DEFAULTS)
    expect(Object.keys(tradingSettings({})), 'nothing is there to be undefined').toEqual(
      expect.not.arrayContaining(['order', 'exits', 'sizing', 'leverage', 'reverse', 'sides']),
    )
  })

  it('have everything that is said, and nothing else', () => {
    const settings = tradingSettings(
      terms(
        '--order stop-limit:1%,0.2%',
        '--order-expiry 5',
        '--stop-loss 2atr',
        '--take-profit 4%',
        '--trailing-stop 3%',
        '--max-bars 20',
        '--size risk:1%',
        '--lot-step 0.01',
        '--leverage 2',
        '--maintenance-margin 10%',
        '--max-entries 3',
        '--sides long',
        '--leave-open',
        '--maker-commission 0',
        '--commission-per-unit 0.005',
        '--commission-per-order 1',
        '--min-commission 2',
        '--slippage-of-range 10%',
        '--slippage-of-volume 0.1,2.5%',
        '--spread 0.01%',
        '--prices bid',
        '--borrow-fee 1%',
      ),
    )
    expect(settings).toEqual({
      ...PLAIN,
      order: { type: 'stop-limit', offset: ratio(0.01), limit: ratio(0.002), expiryBars: 5 },
      exits: {
        stopLoss: { kind: 'atr', multiple: 2, period: 14 },
        takeProfit: ratio(0.04),
        trailingStop: ratio(0.03),
        maxBars: 20,
      },
      sizing: { kind: 'risk', ratio: 0.01 },
      lotStep: 0.01,
      leverage: 2,
      maintenanceMargin: 0.1,
      maxEntries: 3,
      sides: 'long',
      leaveOpen: true,
      costs: {
        makerCommission: 0,
        commissionPerUnit: 0.005,
        commissionPerOrder: 1,
        minCommission: 2,
        slippageOfRange: 0.1,
        slippageOfVolume: { impact: 0.1, maxShare: 0.025 },
        spread: 0.0001,
        prices: 'bid',
        borrowFee: 0.01,
      },
    })
    expect(tradingSettings(terms('--reverse', '--whole-units'))).toEqual({
      ...DEFAULTS,
      wholeUnits: true,
      reverse: true,
    })
  })

  it('are absent when what is said is what there is without it', () => {
    const none = terms(
      '--order market',
      '--order-expiry none',
      '--stop-loss none',
      '--take-profit none',
      '--trailing-stop none',
      '--max-bars none',
      '--lot-step none',
      '--leverage 1',
      '--maintenance-margin none',
      '--max-entries 1',
      '--no-reverse',
      '--sides both',
      '--maker-commission none',
      '--commission-per-unit 0',
      '--commission-per-order 0',
      '--min-commission 0',
      '--slippage-of-range 0',
      '--slippage-of-volume none',
      '--spread 0',
      '--prices middle',
      '--borrow-fee 0',
    )
    expect(tradingSettings(none)).toEqual(PLAIN)
    expect(Object.keys(tradingSettings(none))).toEqual(Object.keys(PLAIN))
  })

  it.each([
    [1, 0.25],
    [2, 0.25],
    [4, 0.125],
    [10, 0.05],
  ])('leverage %d has a maintenance margin of %d', (leverage, margin) =>
    expect(tradingSettings({ leverage }).maintenanceMargin).toBe(margin),
  )

  it('a maintenance margin of 0 is one: positions are closed when nothing is left', () =>
    expect(tradingSettings(terms('--maintenance-margin 0')).maintenanceMargin).toBe(0))
})

describe('a flag', () => {
  const strategy = terms(
    '--order limit:1%',
    '--order-expiry 5',
    '--stop-loss 2%',
    '--lot-step 0.1',
    '--reverse',
    '--size 50%',
    '--commission 0.002',
  )

  it('goes before the strategy, and the strategy before the defaults', () => {
    expect(tradingSettings({}, strategy)).toEqual({
      ...DEFAULTS,
      commission: 0.002,
      positionSize: 0.5,
      order: { type: 'limit', offset: ratio(0.01), expiryBars: 5 },
      exits: { stopLoss: ratio(0.02) },
      lotStep: 0.1,
      reverse: true,
    })
    const flags = terms(
      '--stop-loss none',
      '--order-expiry 7',
      '--size cash:500',
      '--no-reverse',
      '--commission 0',
      '--take-profit 3%',
    )
    expect(tradingSettings(flags, strategy)).toEqual({
      ...DEFAULTS,
      commission: 0,
      order: { type: 'limit', offset: ratio(0.01), expiryBars: 7 },
      exits: { takeProfit: ratio(0.03) },
      sizing: { kind: 'cash', amount: 500 },
      lotStep: 0.1,
    })
  })

  it('that is not given is as if it were not there', () =>
    expect(
      tradingSettings({ stopLoss: undefined, reverse: undefined } as object, strategy),
    ).toEqual(tradingSettings({}, strategy)))

  it('that names another order takes its expiry away', () => {
    expect(tradingSettings(terms('--order market'), strategy)).not.toHaveProperty('order')
    expect(tradingSettings(terms('--order stop:1%'), strategy).order).toMatchObject({
      expiryBars: null,
    })
  })

  it('that asks for whole units takes the place of lots', () => {
    const settings = tradingSettings(terms('--whole-units'), strategy)
    expect(settings.wholeUnits).toBe(true)
    expect(settings).not.toHaveProperty('lotStep')
  })

  it('wins whatever both say', () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, (flags, other) => {
        const alone = tradingSettings(flags)
        let both
        try {
          both = tradingSettings(flags, other)
        } catch (error) {
          expect(error).toMatchObject({ code: 'USAGE' }) // what each may say, both may not
          return
        }
        if (flags.commission !== undefined) expect(both.commission).toBe(alone.commission)
        if (flags.size)
          expect([both.positionSize, both.sizing]).toEqual([alone.positionSize, alone.sizing])
        if (flags.stopLoss !== undefined)
          expect(both.exits?.stopLoss).toEqual(alone.exits?.stopLoss)
        if (flags.order) expect(both.order?.type).toBe(alone.order?.type)
        if (flags.leverage !== undefined) expect(both.leverage).toBe(alone.leverage)
      }),
      {
        examples: [
          [
            { stopLoss: null, leverage: 1 },
            { stopLoss: { kind: 'ratio', ratio: 0.1 }, leverage: 2 },
          ],
        ],
      },
    )
  })
})

describe('flags of settings', () => {
  it('give them back, whatever the strategy says', () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, anyTerms, (flags, strategy, other) => {
        const settings = tradingSettings(flags)
        const again = (base: TradingTerms) =>
          tradingSettings(terms(...tradingFlags(settings, base)), base)
        expect(again({})).toEqual(settings)
        expect(again(strategy), 'of a strategy').toEqual(settings)
        expect(again(other), 'of another one').toEqual(settings)
      }),
      {
        examples: [
          [
            {},
            { reverse: true, orderExpiry: 5, order: anOrder() },
            { lotStep: 0.5, prices: 'bid', spread: 0.1 },
          ],
          [{ wholeUnits: true }, { lotStep: 0.5 }, { leverage: 5 }],
          [{ leverage: 3, maintenanceMargin: 0.25 }, {}, {}],
        ],
      },
    )
  })

  it('give those of a run that was begun before they were there', () => {
    const words = tradingFlags(PLAIN)
    expect(words).toEqual([
      '--capital 100000',
      '--commission 0.001',
      '--slippage 0.0005',
      '--position-size 0.25',
      '--maintenance-margin none',
      '--borrow-fee 0%',
    ])
    expect(tradingSettings(terms(...words))).toEqual(PLAIN)
  })

  it('are words that a shell leaves alone', () => {
    fc.assert(
      fc.property(anyTerms, (flags) => {
        for (const word of tradingFlags(tradingSettings(flags)))
          expect(word).toMatch(/^--[a-z-]+( [\w@%+=:,./-]+)?$/)
      }),
    )
  })
})

function anOrder(): NonNullable<TradingTerms['order']> {
  return { type: 'limit', offset: { kind: 'ratio', ratio: 0.01 }, expiryBars: null }
}

describe('what cannot be meant', () => {
  it.each([
    [
      '--stop-loss 2',
      /^--stop-loss is "2"; expected a share of the price below 100 % or/,
      '--stop-loss 2%',
    ],
    ['--size 100', /^--size is "100"; expected a share of the equity/, '--size units:100'],
    ['--borrow-fee 5', /^--borrow-fee is "5"/, '--borrow-fee 5%'],
    [
      '--order stopp:1%',
      /^--order is "stopp:1%"; expected market, close, limit/,
      '--order limit:0.5%',
    ],
    [
      '--position-size 0',
      /^--position-size is "0"; expected a share of the equity above 0/,
      '--size 25%',
    ],
    [
      '--max-bars 1.5',
      /expected a whole number of bars from 1 to 1000000, or none/,
      '--max-bars 20',
    ],
  ])('%s: %s', (word, message, suggestion) => {
    const refused = expect.objectContaining({
      code: 'USAGE',
      message: expect.stringMatching(message),
      suggestions: expect.arrayContaining([suggestion]),
    })
    expect(() => terms(word)).toThrow(refused)
    expect(() => terms(suggestion), 'the remedy is one').not.toThrow()
  })

  it.each([
    [['--size risk:1%'], /^--size risk:1% is what is lost at the stop-loss, and there is none\.$/],
    [
      ['--order-expiry 5'],
      /^--order-expiry 5 is for orders that wait, and a market order does not\.$/,
    ],
    [['--order close', '--order-expiry 5'], /^--order-expiry 5 .* and --order close does not\.$/],
    [
      ['--leverage 4', '--maintenance-margin 25%'],
      /^--maintenance-margin 25% closes a position of --leverage 4 as soon as/,
    ],
    [['--whole-units', '--lot-step 0.1'], /^--lot-step 0\.1 and --whole-units both say/],
    [
      ['--whole-units', '--size units:0.5'],
      /^--size units:0\.5 is rounded down to nothing: units are multiples of 1\.$/,
    ],
    [['--lot-step 10', '--size units:5'], /^--size units:5 is rounded down to nothing/],
    [
      ['--position-size 1.5'],
      /^--size 150% is more of the equity than there is without leverage\.$/,
    ],
    [
      ['--size 250%', '--leverage 2'],
      /^--size 250% is more of the equity than --leverage 2 allows\.$/,
    ],
    [
      ['--reverse', '--sides long'],
      /^--reverse opens the other side, and --sides long allows one\.$/,
    ],
    [['--prices bid'], /^--prices bid says what the bars are prices of, and there is no spread/],
  ])('%j is a contradiction that names its remedy', (words, message) => {
    let suggestion = ''
    try {
      tradingSettings(terms(...words))
    } catch (error) {
      expect(error).toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) })
      suggestion = (error as { suggestions: string[] }).suggestions[0]!
    }
    const flag = suggestion.split(' ')[0]!
    const rest = words.filter(
      (word) =>
        !word.startsWith(flag) &&
        !(flag === '--lot-step' && word === '--whole-units') &&
        !(flag === '--order' && word.startsWith('--order ')),
    )
    expect(tradingSettings(terms(...rest, suggestion)), 'with the remedy it goes').toBeTruthy()
  })
})

describe('in words', () => {
  it('is what it always was for what there always was', () =>
    expect(describeTrading(PLAIN).join(', ')).toBe(
      '100 000 capital, 25 % a position, commission 0.1 %, slippage 0.05 %',
    ))

  it.each([
    [
      ['--stop-loss 2%', '--take-profit 3atr/20'],
      ['stop 2 %', 'target 3 ATR(20)'],
    ],
    [
      ['--trailing-stop 3%', '--max-bars 20'],
      ['trailing stop 3 %', '20 bars at most'],
    ],
    [['--order limit:0.5%', '--order-expiry 1'], ['limit 0.5 % better than the close for 1 bar']],
    [['--order close'], ['at the same close']],
    [['--order stop:1%'], ['stop order 1 % beyond the close']],
    [
      ['--order stop-limit:1%,0.2%'],
      ['stop order 1 % beyond the close with a limit 0.2 % further'],
    ],
    [['--size cash:10000'], ['10 000 a position']],
    [['--size units:1'], ['1 unit a position']],
    [['--size volatility:15%'], ['volatility 15 % a year over 20 bars']],
    [['--size risk:1%', '--stop-loss 2%'], ['1 % at risk a position']],
    [
      ['--leverage 2', '--maintenance-margin 0'],
      ['leverage 2x', 'margin call below 0 %'],
    ],
    [
      ['--whole-units', '--max-entries 3', '--reverse'],
      ['whole units', '3 entries at most', 'reverses in one step'],
    ],
    [
      ['--sides long', '--leave-open', '--lot-step 0.01'],
      ['long only', 'left open at the end', 'lots of 0.01'],
    ],
    [
      ['--spread 0.01%', '--prices bid'],
      ['spread 0.01 %', 'bars of bid prices', 'borrow fee 0.5 % a year'],
    ],
    [
      ['--maker-commission 0', '--commission-per-unit 0.005'],
      ['0 % for limits and targets', '0.005 a unit'],
    ],
    [
      ['--commission-per-order 1', '--min-commission 2'],
      ['1 a fill', '2 at least'],
    ],
    [
      ['--slippage-of-range 10%', '--slippage-of-volume 0.1,2.5%'],
      ['10 % of the range', '0.1 × the squared share of the volume, 2.5 % of it at most'],
    ],
  ])('%j is %j', (words, phrases) =>
    expect(describeTrading(tradingSettings(terms(...words)))).toEqual(
      expect.arrayContaining(phrases),
    ),
  )

  /** Other than any example. */
  const base = parseTradingFlags(
    flagsOf([
      '--order stop:9%',
      '--order-expiry 9',
      '--spread 9%',
      '--commission 0.09',
      '--slippage 0.09',
      '--capital 9',
      '--size 9%',
      '--maintenance-margin 9%',
      '--borrow-fee 9%',
    ]),
  )
  it.each(Object.keys(TERMS) as TextKey[])('has a phrase for %s', (key) => {
    const text = key === 'prices' ? 'bid' : TERMS[key].example
    const said = parseTradingFlags({ [flagName(key)]: text })
    expect(describeTrading(tradingSettings({ ...base, ...said }))).not.toEqual(
      describeTrading(tradingSettings(base)),
    )
  })
})
