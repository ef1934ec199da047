// The report of several symbols, of rules, and of orders that came to nothing: what is in the page is what was traded.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Performance } from '../../../src/performance/performance.ts'
import { backtestReport } from '../../../src/report/backtest-report.ts'
import { marketChart, symbolsCharted } from '../../../src/report/chart-data.ts'
import { figureText } from '../../../src/report/figures.ts'
import { ASSET_PATHS } from '../../../src/report/page.ts'
import type { BacktestFacts, FuzzyFacts, MarketFacts } from '../../../src/report/report-data.ts'
import { byId, named, parseHtml, textOf, type Element } from '../../support/html.ts'
import { ROOT } from '../../support/program.ts'
import { backtestFacts, portfolioFacts } from '../../support/report-facts.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const ASSETS = {
  styles: ASSET_PATHS.styles.map(read),
  scripts: ASSET_PATHS.scripts.map(read),
  licences: ASSET_PATHS.licences.map(read),
}

const rootOf = (facts: BacktestFacts): Element => parseHtml(backtestReport(facts, ASSETS))
const dataOf = (root: Element, id = 'ktrdr-data'): any =>
  JSON.parse(String(byId(root, id).children[0]))

type Column = { readonly f32?: string; readonly f64?: string }
function numbersIn(column: Column): number[] {
  const bytes = Uint8Array.from(Buffer.from((column.f32 ?? column.f64)!, 'base64'))
  return Array.from(column.f32 ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer))
}

const rowsUnder = (root: Element, caption: string): string[] => {
  const table = named(byId(root, 'trades'), 'table').find((one) => textOf(one).startsWith(caption))!
  return named(named(table, 'tbody')[0]!, 'tr').map(textOf)
}

describe('a report of several symbols', () => {
  const facts = portfolioFacts(['AAA', 'BBB', 'CCC'], 304)
  const root = rootOf(facts)
  const { market, trades } = dataOf(root)
  const of = (symbol: string) => facts.trades.filter((trade) => trade.symbol === symbol)

  it('names them all, and what decided', () => {
    expect(textOf(named(root, 'header')[0]!)).toContain('AAA, BBB, CCC 1d')
    expect(textOf(named(root, 'h1')[0]!)).toBe('walk RULES, NOT TRAINED')
    expect(textOf(byId(root, 'rules'))).toContain('Enter long height.high > 0.5')
    expect(textOf(byId(root, 'reasons'))).toContain('memberships that the rules look at')
    const ids = named(root, 'section').map(({ attributes }) => attributes['id'])
    expect(ids, 'nothing was trained').not.toContain('training')
  })

  it('draws the bars of each, which are not the same', () => {
    expect(market.prices.map(({ symbol }: any) => symbol)).toEqual(['AAA', 'BBB', 'CCC'])
    const times = market.prices.map(({ time }: any) => numbersIn(time))
    expect(times).toEqual(facts.symbols.map(({ timeMs }) => Array.from(timeMs, (ms) => ms / 1000)))
    expect(new Set(times.map(({ length }: number[]) => length)).size).toBe(3)
    expect(numbersIn(market.time)).toEqual(Array.from(facts.curve.timeMs, (ms) => ms / 1000))
    expect(byId(root, 'symbols').attributes['role']).toBe('group')
  })

  it('draws buying and holding as the metrics measure it', () => {
    const { buyAndHold } = facts.metrics as unknown as Performance
    const hold = numbersIn(market.columns.hold)
    const { capital } = facts.account
    expect(hold.at(-1)! / capital - 1).toBeCloseTo(buyAndHold.totalReturnRatio, 6)
    let peak = capital
    let deepest = 0
    for (const value of hold) {
      peak = Math.max(peak, value)
      deepest = Math.max(deepest, (peak - value) / peak)
    }
    expect(deepest).toBeCloseTo(buyAndHold.maxDrawdownRatio, 6)
  })

  it('says of which symbol each trade was, and what each came to', () => {
    expect(trades.symbol).toEqual(facts.trades.map(({ symbol }) => symbol))
    const rows = rowsUnder(root, 'By symbol')
    expect(rows).toEqual(
      ['AAA', 'BBB', 'CCC'].map((symbol) => {
        const all = of(symbol)
        const sum = (valueOf: (trade: (typeof all)[number]) => number): number =>
          all.reduce((total, trade) => total + valueOf(trade), 0)
        return [
          symbol,
          all.length,
          figureText(all.filter(({ netPnl }) => netPnl > 0).length / all.length, 'percent'),
          figureText(
            sum(({ netPnl }) => netPnl),
            'signed money',
          ),
          figureText(
            sum((trade) => trade.commission + trade.slippageCost + trade.financingCost),
            'money',
          ),
        ].join(' ')
      }),
    )
    expect(of('AAA').length).toBeGreaterThan(10)
  })

  it('draws the words over the values of all', () => {
    const symbols = facts.symbols.map((one, i) => {
      const seen = one.market as MarketFacts
      const [set] = seen.fuzzySets as readonly FuzzyFacts[]
      const values = new Float64Array(50).fill(10 ** i)
      return { ...one, market: { ...seen, fuzzySets: [{ ...set!, values }] } }
    })
    const [figure] = named(byId(rootOf({ ...facts, symbols }), 'fuzzy'), 'svg')
    expect(figure!.attributes['aria-label']).toContain('from 1 to 100')
  })

  it('tells the memberships of the symbol that was traded', () => {
    const best = facts.trades.toSorted((a, b) => b.returnRatio - a.returnRatio)[0]!
    const { timeMs, close } = facts.symbols.find(({ symbol }) => symbol === best.symbol)!
    const degree = Math.min(1, Math.max(0, close[timeMs.indexOf(best.entryMs) - 1]! - 100))
    const name = `#${facts.trades.indexOf(best) + 1} ${best.symbol} ${best.side.toLowerCase()} `
    const row = named(byId(root, 'reasons'), 'tr')
      .map(textOf)
      .find((text) => text.startsWith(name))!
    expect(row.endsWith(` ${degree.toFixed(2)}`)).toBe(true)
  })

  it('lists what is open at the end, and what financing has cost', () => {
    const open = facts.result['openPositions'] as unknown as { symbol: string }[]
    expect(open.length).toBeGreaterThan(0)
    expect(rowsUnder(root, 'Still open').map((row) => row.split(' ')[0])).toEqual(
      open.map(({ symbol }) => symbol),
    )
    const financing = facts.trades.reduce((sum, trade) => sum + trade.financingCost, 0)
    expect(rowsUnder(root, 'Costs of the trades').at(-1)).toMatch(
      new RegExp(`^Financing ${figureText(financing, 'money')} `),
    )
    expect(numbersIn(trades.financingCost).some((cost) => cost > 0)).toBe(true)
    expect(dataOf(rootOf(backtestFacts(100))).trades).not.toHaveProperty('financingCost')
  })

  it('breaks the trades down by what closed them, as the metrics do', () => {
    const { exitsByReason } = facts.metrics as unknown as Performance
    expect(exitsByReason.map(({ reason }) => reason)).toEqual(['signal', 'stop loss'])
    expect(rowsUnder(root, 'By what closed them')).toEqual(
      exitsByReason.map(({ reason, trades: count, winRateRatio, netProfit, averageHoldingBars }) =>
        [
          reason,
          count,
          figureText(winRateRatio, 'percent'),
          figureText(netProfit, 'signed money'),
          figureText(averageHoldingBars, 'number'),
        ].join(' '),
      ),
    )
  })

  it('has charts of those with the most trades when there are many', () => {
    const many = portfolioFacts(['A', 'B', 'C', 'D', 'E', 'F'], 120)
    const most = {
      ...many,
      trades: many.trades.filter(({ symbol }) => symbol !== 'B' && symbol !== 'D'),
    }
    const charted = symbolsCharted(most).map(({ symbol }) => symbol)
    expect(charted).toEqual(['A', 'C', 'E', 'F'])
    const text = textOf(byId(rootOf(most), 'price'))
    expect(text).toContain('There is a chart of the 4 symbols with the most trades, of 6.')
  })

  it('does without the bars of one of them', () => {
    const missing = { missing: 'the bars of BBB are gone.' }
    const symbols = facts.symbols.map((one) =>
      one.symbol === 'BBB' ? { ...one, market: missing } : one,
    )
    const { prices } = marketChart({ ...facts, symbols })
    expect(prices.map(({ columns }) => Object.keys(columns).length)).toEqual([4, 1, 4])
    const other = rootOf({ ...facts, symbols })
    expect(textOf(byId(other, 'price'))).toContain('the bars of BBB are gone.')
    expect(textOf(byId(other, 'fuzzy'))).toContain('height of close')
  })
})

describe('a report of rules that look at no words', () => {
  it('has no sections about words', () => {
    const facts = portfolioFacts(['AAA'], 100)
    const symbols = facts.symbols.map((one) => ({
      ...one,
      market: { ...one.market, fuzzySets: [], memberships: { ids: [], columns: [] } },
    }))
    const ids = named(rootOf({ ...facts, symbols } as BacktestFacts), 'section').map(
      ({ attributes }) => attributes['id'],
    )
    expect(ids).toContain('rules')
    expect(ids).not.toContain('fuzzy')
    expect(ids).not.toContain('reasons')
  })
})

describe('orders that were not filled', () => {
  const rejection = (reason: string, i = 0) => ({
    symbol: 'WALK',
    bar: i,
    timeMs: Date.UTC(2020, 0, 1 + i),
    side: 'LONG',
    reason,
  })
  const listOf = (rejections: object[], counts: object): Element[] => {
    const facts = backtestFacts(60)
    const result = {
      ...facts.result,
      rejections,
      rejectedOrders: counts,
    } as BacktestFacts['result']
    return named(byId(rootOf({ ...facts, result }), 'trades'), 'details')
  }

  it('are listed by their bars, with the reason in words', () => {
    const [details] = listOf([rejection('expired'), rejection('oddReason', 1)], {
      expired: 1,
      oddReason: 1,
    })
    expect(details!.attributes).toHaveProperty('open')
    expect(textOf(details!)).toBe(
      'Orders that were not filled: 2 Bar Side Why 2020-01-01 long the price was not met in time 2020-01-02 long odd reason',
    )
  })

  it('are folded when they are many, and cut when they are more than a page has room for', () => {
    const many = Array.from({ length: 1000 }, (_, i) => rejection('expired', i))
    const [details] = listOf(many, { expired: 1234 })
    expect(details!.attributes).not.toHaveProperty('open')
    expect(textOf(details!)).toContain('Orders that were not filled: 1 234, the first 200')
    expect(named(details!, 'tr').length).toBe(201)
  })

  it('are no list when all were filled', () => {
    expect(listOf([], { expired: 0 })).toEqual([])
  })
})

describe('a page of several symbols', () => {
  it('is small however much there is', () => {
    const facts = portfolioFacts(['AAA', 'BBB', 'CCC', 'DDD', 'EEE'], 50_000)
    expect(facts.trades.length).toBeGreaterThan(1000)
    const rejections = Array.from({ length: 1000 }, () => ({
      symbol: 'AAA',
      bar: 12_345,
      timeMs: 1_600_000_000_000,
      side: 'SHORT',
      reason: 'replaced',
    }))
    const page = backtestReport({ ...facts, result: { ...facts.result, rejections } }, ASSETS)
    expect(Buffer.byteLength(page)).toBeLessThan(600_000)
  })
})
