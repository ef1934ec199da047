// The page as a text: it is well-formed, complete, small, allows no request, and nothing that somebody else has named
// can become a part of it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Performance } from '../../../src/performance/performance.ts'
import type { Distance } from '../../../src/trading/simulation-settings.ts'
import { tradingSettings } from '../../../src/trading/trading-settings.ts'
import type { TradingTerms } from '../../../src/trading/trading-terms.ts'
import { sha256 } from '../../../src/core/hash.ts'
import { backtestReport } from '../../../src/report/backtest-report.ts'
import { escapeHtml, html, scriptJson } from '../../../src/report/markup.ts'
import { ASSET_PATHS, type PageAssets } from '../../../src/report/page.ts'
import type {
  FuzzyFacts,
  MarketFacts,
  Memberships,
  SymbolFacts,
} from '../../../src/report/report-data.ts'
import { trainingReport } from '../../../src/report/training-report.ts'
import { byId, elementsOf, named, parseHtml, textOf, type Element } from '../../support/html.ts'
import { ROOT } from '../../support/program.ts'
import { backtestFacts, OPERATION, TRAINING } from '../../support/report-facts.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const ASSETS: PageAssets = {
  styles: ASSET_PATHS.styles.map(read),
  scripts: ASSET_PATHS.scripts.map(read),
  licences: ASSET_PATHS.licences.map(read),
}
const MOST_BYTES = 600_000

const dataOf = (root: Element, id = 'ktrdr-data'): any =>
  JSON.parse(String(byId(root, id).children[0]))

describe('the report of a backtest', () => {
  const root = parseHtml(backtestReport(backtestFacts(300), ASSETS))

  it('has every section, in order, with a title and a link to it', () => {
    const ids = named(root, 'section').map(({ attributes }) => attributes['id'])
    expect(ids).toEqual([
      'equity',
      'price',
      'returns',
      'drawdowns',
      'trades',
      'reasons',
      'fuzzy',
      'training',
      'scores',
      'metrics',
      'assumptions',
      'reproduce',
    ])
    const links = named(named(root, 'nav')[0]!, 'a').map(({ attributes }) => attributes['href'])
    expect(links).toEqual(ids.map((id) => `#${id}`))
  })

  it('says what happened in figures that are those of the metrics', () => {
    const facts = backtestFacts(300)
    const { totalReturnRatio, buyAndHold } = facts.metrics as unknown as Performance
    const text = textOf(named(root, 'header')[0]!)
    expect(text).toContain('OUT OF SAMPLE')
    expect(text).toContain(`${(100 * totalReturnRatio).toFixed(1)}%`)
    expect(text).toContain(
      `${Math.abs(100 * (totalReturnRatio - buyAndHold.totalReturnRatio)).toFixed(1)} percentage points`,
    )
    expect(text).toContain(`${facts.trades.length} trades made 100 000 into`)
  })

  it('is as dark by the system as by hand, which works without the script too', () => {
    const css = readFileSync(join(ROOT, 'src/report/page/report.css'), 'utf8')
    const blockAfter = (selector: string): string[] => {
      const from = css.indexOf('{', css.indexOf(`${selector} {`)) + 1
      return css
        .slice(from, css.indexOf('}', from))
        .trim()
        .split(/\s*\n\s*/)
    }
    const byHand = blockAfter(":root[data-theme='dark']")
    expect(byHand).toContain('color-scheme: dark;')
    expect(blockAfter(":root:not([data-theme='light'])")).toEqual(byHand)
  })

  it('names every chart to who cannot see it, and lets the keyboard reach it', () => {
    const charts = elementsOf(root).filter(({ attributes }) => 'data-chart' in attributes)
    expect(charts.map(({ attributes }) => attributes['data-chart'])).toEqual([
      'equity',
      'drawdown',
      'sharpe',
      'price',
      'indicator-0',
      'loss',
      'accuracy',
    ])
    for (const { attributes } of charts) {
      expect(attributes).toMatchObject({ role: 'img', tabindex: '0' })
      expect(attributes['aria-label']!.length).toBeGreaterThan(5)
    }
  })

  it('gives the charts one value a bar, and the trades', () => {
    const { market, trades, training } = dataOf(root)
    const length = (column: { f32?: string; f64?: string }): number =>
      Buffer.from((column.f32 ?? column.f64)!, 'base64').length / (column.f32 ? 4 : 8)
    expect(market.size).toBe(1)
    const [price] = market.prices
    const columns = { ...market.columns, ...price.columns, time: price.time, all: market.time }
    expect(Object.keys(columns).length).toBe(10)
    for (const column of Object.values<any>(columns)) expect(length(column)).toBe(300)
    expect(length(trades.entry)).toBe(backtestFacts(300).trades.length)
    expect(training).toMatchObject({ bestEpoch: 2, resumes: [{ epoch: 1.5 }] })
    expect(length(training.columns.valLoss)).toBe(3)
  })

  it('holds the whole result for programs, without the curve that it draws', () => {
    const result = dataOf(root, 'ktrdr-result')
    expect(result).toMatchObject({ operationId: OPERATION.operationId, type: 'backtesting' })
    expect(result.metrics.trades).toBe(backtestFacts(300).trades.length)
    expect(result).not.toHaveProperty('curve')
  })

  it('tells the memberships at the close before the entry', () => {
    const facts = backtestFacts(300)
    const best = facts.trades.toSorted((a, b) => b.returnRatio - a.returnRatio)[0]!
    const degree = Math.min(1, Math.max(0, facts.symbols[0]!.close[best.entryBar - 1]! - 100))
    const row = named(byId(root, 'reasons'), 'tr').find((one) =>
      textOf(one).startsWith(`#${facts.trades.indexOf(best) + 1} `),
    )!
    expect(textOf(row).endsWith(` ${degree.toFixed(2)}`)).toBe(true)
  })

  it('says how to get it again', () => {
    const text = textOf(byId(root, 'reproduce'))
    for (const part of [
      OPERATION.command,
      OPERATION.operationId,
      'b'.repeat(64),
      TRAINING.operation.operationId,
    ])
      expect(text).toContain(part)
  })

  it('shows metrics that it does not know by their names', () => {
    const facts = backtestFacts(50)
    const metrics = {
      ...facts.metrics,
      somethingNewRatio: 0.123,
      byWeekday: { monday: { trades: 3, netPnl: 12.5 } },
      monthly: { '2020-01': 0.05 },
      entriesByHour: [{ hour: 14, trades: 2, winRateRatio: 0.5 }],
      long: { trades: 1, winRateRatio: null },
      short: { trades: 2 },
    }
    const text = textOf(byId(parseHtml(backtestReport({ ...facts, metrics }, ASSETS)), 'metrics'))
    expect(text).toContain('Something new 12.3%')
    expect(text).toContain('monday 3 12.5')
    expect(text).toContain('Entries by hour Trades Win rate 14 2 50.0%')
    expect(text).toContain('Metric Long Short Trades 1 2 Win rate -- ')
    expect(text).toContain('2020-01 0.05')
  })
})

describe('what nobody knows', () => {
  it.each([
    [true, {}, 'OUT OF SAMPLE', 'Out of sample: '],
    [false, {}, 'IN SAMPLE', 'In sample: '],
    [null, { decidedBy: 'signals' }, 'SIGNALS OF A FILE', 'Unknown: the signals came from a file'],
    [null, { decidedBy: [] }, 'RULES, NOT TRAINED', 'Unknown: the rules were not trained'],
  ] as const)('is not claimed: %s, %j', (isOutOfSample, facts, badge, sentence) => {
    const page = backtestReport(backtestFacts(60, 5, { isOutOfSample, ...facts }), ASSETS)
    const root = parseHtml(page)
    expect(textOf(named(root, 'h1')[0]!)).toBe(`walk ${badge}`)
    expect(textOf(byId(root, 'assumptions'))).toContain(`Sample ${sentence}`)
  })
})

describe('assumptions', () => {
  const rowsFor = (terms: TradingTerms, changes = {}): string => {
    const account = tradingSettings(terms)
    const facts = backtestFacts(60, 5, { account, ...changes })
    return textOf(byId(parseHtml(backtestReport(facts, ASSETS)), 'assumptions'))
  }
  const [far, near] = [0.04, 0.02].map((ratio) => ({ kind: 'ratio' as const, ratio })) as [
    Distance,
    Distance,
  ]

  it('name what was not asked for by what it is', () => {
    const text = rowsFor({ borrowFee: 0 })
    expect(text).toContain(
      'Fills At the open of the next bar; what is open at the end is closed at the last close. Capital',
    )
    expect(text).toContain('Size 25 % a position, margin call below 25 % Costs commission 0.1 %,')
    expect(text).toContain('Not in it Borrowing fees, funding, dividends, taxes, the effect')
  })

  it('name orders, exits, sizes and costs that were set', () => {
    const order = { type: 'limit', offset: near, expiryBars: null } as const
    const text = rowsFor(
      {
        order,
        stopLoss: near,
        takeProfit: far,
        size: { kind: 'risk', ratio: 0.01 },
        slippageOfVolume: { impact: 0.1, maxShare: 0.025 },
        leaveOpen: true,
      },
      { hasFunding: true },
    )
    expect(text).toContain('Fills At the price of the order, or at the open of a bar')
    expect(text).toContain('what is open at the end stays open')
    expect(text).toContain('Orders limit 2 % better than the close')
    expect(text).toContain('Exits stop 2 %, target 4 %')
    expect(text).toContain('Size 1 % at risk a position')
    expect(text).toContain('Not in it Dividends, taxes.')
    expect(rowsFor({ order: { type: 'market', at: 'close' } })).toContain('which is optimistic')
  })
})

describe('parts that are missing', () => {
  const ofMarket = (market: SymbolFacts['market'], bars: number): SymbolFacts[] => [
    { ...backtestFacts(bars).symbols[0]!, market },
  ]

  it('are said where they would stand', () => {
    const facts = backtestFacts(100, 5, {
      symbols: ofMarket({ missing: 'the bars are gone.' }, 100),
      training: { missing: 'No training here.' },
    })
    const root = parseHtml(backtestReport(facts, ASSETS))
    expect(textOf(byId(root, 'price'))).toContain(
      'No candles and no indicators: the bars are gone.',
    )
    expect(textOf(byId(root, 'fuzzy'))).toContain('the bars are gone.')
    expect(textOf(byId(root, 'training'))).toContain('No training here.')
    const { columns, prices } = dataOf(root).market
    expect(Object.keys(columns)).toEqual(['equity', 'hold', 'drawdown', 'sharpe'])
    expect(Object.keys(prices[0].columns)).toEqual(['close'])
  })

  it('such as the model', () => {
    const facts = backtestFacts(60)
    const gone = { missing: 'There is no model any more.' }
    const market = {
      ...(facts.symbols[0]!.market as MarketFacts),
      indicators: [],
      fuzzySets: gone,
      memberships: gone,
    }
    const root = parseHtml(backtestReport({ ...facts, symbols: ofMarket(market, 60) }, ASSETS))
    for (const id of ['fuzzy', 'reasons'])
      expect(textOf(byId(root, id))).toContain('There is no model any more.')
    expect(dataOf(root).market.prices[0].columns, 'the bars are there').toHaveProperty('high')
  })

  it('a backtest without a trade', () => {
    const facts = backtestFacts(100, 1000)
    const root = parseHtml(backtestReport({ ...facts, trades: [] }, ASSETS))
    expect(textOf(byId(root, 'trades'))).toContain('There was no trade.')
    expect(textOf(byId(root, 'reasons'))).toContain('There was no trade.')
  })

  it('a backtest of two bars', () => {
    const root = parseHtml(backtestReport(backtestFacts(2), ASSETS))
    expect(textOf(byId(root, 'equity'))).toContain('Too few bars for a rolling Sharpe ratio.')
  })
})

describe('the report of a training', () => {
  it('has its curves, its scores and its confusion', () => {
    const root = parseHtml(trainingReport(TRAINING, { missing: 'The bars are gone.' }, ASSETS))
    expect(named(root, 'section').map(({ attributes }) => attributes['id'])).toEqual([
      'training',
      'scores',
      'fuzzy',
      'reproduce',
    ])
    const matrix = named(byId(root, 'scores'), 'table').at(-1)!
    const rows = named(matrix, 'tr').map(textOf)
    expect(rows).toEqual([
      'actual BUY SELL recall precision',
      'BUY 1 3 25.0% 50.0%',
      'SELL 3 3 50.0% --',
    ])
    expect(textOf(byId(root, 'training'))).toContain('resumed once')
  })

  it('of values instead of classes', () => {
    const test = {
      rows: 5,
      loss: 0.1,
      accuracy: 0.4,
      f1: null,
      perClass: null,
      r2AgainstZero: -0.2,
    }
    const training = { ...TRAINING, metrics: { ...TRAINING.metrics, test } }
    const text = textOf(byId(parseHtml(trainingReport(training, [], ASSETS)), 'scores'))
    expect(text).toContain('no smaller than those of always forecasting 0')
  })

  it('without a test slice', () => {
    const training = { ...TRAINING, metrics: { ...TRAINING.metrics, test: null } }
    const root = parseHtml(trainingReport(training, [], ASSETS))
    expect(textOf(byId(root, 'scores'))).toContain('Nothing was held back')
  })
})

describe('a page', () => {
  it('is small however much there is', () => {
    const facts = backtestFacts(100_000, 10)
    expect(facts.trades.length).toBeGreaterThan(4000)
    const page = backtestReport(facts, ASSETS)
    expect(Buffer.byteLength(page)).toBeLessThan(MOST_BYTES)
    const root = parseHtml(page)
    expect(dataOf(root).market.size).toBeGreaterThan(1)
    expect(textOf(byId(root, 'trades'))).toContain(
      `the 1000 trades that gained or lost most, of ${facts.trades.length}`,
    )
  })

  it('allows nothing but its own scripts and styles, by their hashes', () => {
    const root = parseHtml(backtestReport(backtestFacts(50), ASSETS))
    const policy = named(root, 'meta').find(
      ({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy',
    )!.attributes['content']!
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    const inline = elementsOf(root).filter(
      ({ name, attributes }) =>
        name === 'style' || (name === 'script' && attributes['type'] !== 'application/json'),
    )
    expect(inline.length).toBe(6)
    for (const { name, children } of inline) {
      const hash = Buffer.from(sha256(String(children[0])), 'hex').toString('base64')
      const rule = policy.split('; ').find((one) => one.startsWith(`${name}-src`))!
      expect(rule).toContain(`'sha256-${hash}'`)
    }
    for (const { name, attributes } of elementsOf(root)) {
      expect(attributes, `${name} has a style, which the policy forbids`).not.toHaveProperty(
        'style',
      )
      expect(Object.keys(attributes).filter((key) => key.startsWith('on'))).toEqual([])
      expect(attributes['src']).toBeUndefined()
      if (name === 'a') expect(attributes['href']).toMatch(/^#/)
    }
  })

  it.each([
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '<!--<script>',
    '&lt;b&gt; & ${1}',
    ']]></style>',
  ])('is not broken by a name like %s', (evil) => {
    const operation = {
      ...OPERATION,
      name: evil,
      command: evil,
      directory: evil,
      attempts: [evil],
      hashes: { [evil]: evil },
      fingerprints: { [evil]: evil },
    }
    const facts = backtestFacts(60)
    const market = facts.symbols[0]!.market as MarketFacts
    const ofEvil = (seen: MarketFacts): SymbolFacts[] =>
      [evil, 'B'].map((symbol) => ({ ...facts.symbols[0]!, symbol, market: seen }))
    const page = backtestReport(
      {
        ...facts,
        operation,
        timeframe: evil,
        warnings: [evil],
        result: {
          ...facts.result,
          warnings: [evil],
          rejectedOrders: { [evil]: 1 },
          rejections: [{ symbol: evil, timeMs: 0, side: evil, reason: evil }],
          openPositions: [{ symbol: evil, side: evil, units: 1, entryTimeMs: 0, entryPrice: 1 }],
        },
        metrics: { ...facts.metrics, [evil]: 1, group: { [evil]: { [evil]: evil } } },
        trades: facts.trades.map((trade, i) => ({
          ...trade,
          side: evil,
          exitReason: evil,
          symbol: i % 2 === 0 ? evil : 'B',
        })),
        symbols: ofEvil({
          ...market,
          indicators: [{ name: evil, values: market.close, isPriceScaled: false }],
          fuzzySets: (market.fuzzySets as readonly FuzzyFacts[]).map((set) => ({
            ...set,
            id: evil,
            indicator: evil,
            words: [evil, evil],
          })),
          memberships: { ids: [evil], columns: (market.memberships as Memberships).columns },
        }),
        training: {
          ...TRAINING,
          operation,
          market: evil,
          range: evil,
          resumes: [{ epoch: 1, text: evil }],
          checkpoints: [{ epoch: 1, text: evil }],
          bands: [{ name: evil, firstMs: 0, lastMs: 1 }],
        },
      },
      ASSETS,
    )
    const root = parseHtml(page)
    const plain = parseHtml(backtestReport(facts, ASSETS))
    expect(named(root, 'script').length).toBe(named(plain, 'script').length)
    expect(named(root, 'img')).toEqual([])
    expect(textOf(named(root, 'h1')[0]!)).toContain(evil.replaceAll(/\s+/g, ' '))
    expect(dataOf(root).trades.exitReason[0]).toBe(evil)
    expect(dataOf(root, 'ktrdr-result').warnings).toEqual([evil])
  })
})

describe('markup', () => {
  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const shown = text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '')
        const { children, attributes } = named(
          parseHtml(html`<p title="${shown}">${shown}</p>`.markup),
          'p',
        )[0]!
        expect(children.join('')).toBe(shown)
        expect(attributes['title']).toBe(shown)
      }),
    )
  })

  it('shows what would steer a reader', () => {
    expect(escapeHtml('a\u202eb\u0007\n\tc')).toBe(String.raw`a\u202eb\u0007` + '\n\tc')
  })

  it('leaves nothing and false away, and takes lists', () => {
    expect(html`<b>${null}${false}${[html`<i>${1}</i>`, '<']}</b>`.markup).toBe(
      '<b><i>1</i>&lt;</b>',
    )
  })

  it('keeps JSON inside its element', () => {
    const value = { a: '</script><!--', b: '\u2028' }
    const { markup } = scriptJson(value)
    expect(markup).not.toContain('<')
    expect(JSON.parse(markup)).toEqual(value)
  })
})
