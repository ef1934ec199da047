// Reports and comparisons of several symbols that rules have traded, by the real program, and the page in a real browser.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSER, launchBrowser, openPage, painted } from '../support/browser.ts'
import { byId, named, parseHtml, textOf, type Element } from '../support/html.ts'
import { ktrdr, type RunResult } from '../support/program.ts'
import { barsCsv, makeWorld } from '../support/world.ts'

const world = makeWorld()
const dataDir = world.dataDir('data')
afterAll(() => world.remove())
const place = (name: string): string => join(world.directory, name)
const run = (args: readonly string[], fault?: string): Promise<RunResult> =>
  ktrdr(args, { dataDir, ...(fault === undefined ? {} : { fault }) })
const pageAt = (name: string): Element => parseHtml(readFileSync(place(name), 'utf8'))

const STRATEGY = `name: pair
training_data:
  symbols: { mode: multi_symbol, symbols: [AAA, BBB] }
  timeframes: { mode: single, timeframe: 1h }
indicators:
  fast: { type: sma, period: 5 }
  slow: { type: sma, period: 20 }
  mom: { type: rsi, period: 14 }
fuzzy_sets:
  mood:
    indicator: mom
    low: [0, 20, 45]
    high: [55, 80, 100]
rules:
  long: { enter: fast crosses above slow and mood.low < 0.9, exit: fast crosses below slow }
  short: { enter: fast crosses below slow, exit: fast crosses above slow }
trading: { stop_loss: 3%, trailing_stop: 6%, size: 60%, reverse: true }
`

const bars = place('bars')
const backtest = (...flags: string[]): string[] => [
  'backtest',
  place('pair.yaml'),
  '--data',
  `AAA=${join(bars, 'AAA_1h.csv')}`,
  '--data',
  `BBB=${join(bars, 'BBB_1h.csv')}`,
  ...flags,
]

let first: any
let second: any

beforeAll(async () => {
  mkdirSync(bars)
  writeFileSync(place('pair.yaml'), STRATEGY)
  const lines = (seed: number): string[] => barsCsv(400, seed).split('\n')
  writeFileSync(join(bars, 'BBB_1h.csv'), lines(2).join('\n'))
  const shorter = lines(1).filter((_, i) => i === 0 || (i > 40 && i % 9 !== 0))
  writeFileSync(join(bars, 'AAA_1h.csv'), `${shorter.join('\n').trimEnd()}\n`)
  first = (await run([...backtest('--leave-open'), '--json'])).json()
  second = (await run([...backtest('--order', 'limit:1%', '--order-expiry', '3'), '--json'])).json()
  await run(['report', first.operationId, '--out', place('pair.html')])
})

describe('the report of two symbols that rules traded', () => {
  it('lacks nothing', async () => {
    const { code, json } = await run(['report', second.operationId, '--json'])
    expect(code).toBe(0)
    expect(json().missing).toEqual([])
    const { market, trades } = JSON.parse(
      String(byId(pageAt('pair.html'), 'ktrdr-data').children[0]),
    )
    expect(market.prices.map(({ symbol }: any) => symbol)).toEqual(['AAA', 'BBB'])
    for (const { columns, indicators } of market.prices) {
      expect(Object.keys(columns)).toContain('high')
      expect(indicators.map(({ name }: any) => name)).toEqual(['fast', 'slow', 'mom'])
    }
    const [shorter, whole] = market.prices
    expect(whole.time, 'no bar before the first that is traded').toEqual(market.time)
    expect(shorter.time.f64.length).toBeLessThan(whole.time.f64.length)
    expect(new Set(trades.symbol)).toEqual(new Set(['AAA', 'BBB']))
  })

  it('says what decided, by its words, and that nothing was trained', () => {
    const root = pageAt('pair.html')
    expect(textOf(named(root, 'h1')[0]!)).toBe('pair RULES, NOT TRAINED')
    expect(textOf(byId(root, 'rules'))).toContain(
      'Enter long fast crosses above slow and mood.low < 0.9 Exit long fast crosses below slow',
    )
    expect(textOf(byId(root, 'reasons'))).toMatch(/#\d+ (AAA|BBB) (long|short) .* \d\.\d\d/)
    expect(textOf(byId(root, 'fuzzy'))).toContain('mood of mom')
    const ids = named(root, 'section').map(({ attributes }) => attributes['id'])
    expect(ids).not.toContain('training')
  })

  it('tells a command that gives the same again', async () => {
    const boxes = textOf(byId(pageAt('pair.html'), 'reproduce'))
    const [, command] = /ktrdr (backtest .*?) Operation/.exec(boxes)!
    const again = (await run([...command!.split(' '), '--json'])).json()
    expect([again.tradesSha256, again.equitySha256]).toEqual([
      first.tradesSha256,
      first.equitySha256,
    ])
  })

  it('lists orders that were not filled', async () => {
    await run(['report', second.operationId, '--out', place('limits.html')])
    const trades = textOf(byId(pageAt('limits.html'), 'trades'))
    expect(trades).toContain('Orders that were not filled: ')
    expect(trades).toMatch(
      /\d\d-\d\d(?: \d\d:00)? (AAA|BBB) (long|short) the price was not met in time/,
    )
  })
})

describe('other screens of such a run', () => {
  it('compare says what is traded differently', async () => {
    const ids = [first.operationId, second.operationId]
    const { code, stdout } = await run(['compare', ...ids, '--out', place('both.html')])
    expect(code).toBe(0)
    expect(stdout).toContain('AAA, BBB 1h')
    expect(stdout).toMatch(/left open at the end$/m)
    expect(stdout).toMatch(/limit 1 % better than the close for 3 bars$/m)
    expect(textOf(byId(pageAt('both.html'), 'runs'))).toContain('left open at the end')
  })

  it('show says what closed the trades, and what is open by symbol', async () => {
    const { stdout } = await run(['operations', 'show', first.operationId])
    expect(stdout).toMatch(/^Exits +signal \d+ \([+-].*\), stop loss \d+ \(-/m)
    for (const { symbol, side } of first.openPositions)
      expect(stdout).toMatch(new RegExp(`^Open +${side} [\\d. ]+ ${symbol} at the end`, 'm'))
    expect(first.openPositions.length).toBe(2)
  })

  it('a checkpoint says what is held of each', async () => {
    const cancelled = await run(backtest(), 'bar@378:cancel')
    expect(cancelled.code).toBe(130)
    const { stdout } = await run(['checkpoints', 'show', 'latest'])
    expect(stdout).toMatch(/Open Position: +(LONG|SHORT) [\d.]+ AAA, (LONG|SHORT) [\d.]+ BBB/)
  })
})

describe.skipIf(BROWSER === undefined)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  const closesDrawn = (page: Page): Promise<number> =>
    page.evaluate(
      `ktrdrCharts.all.find(({ node }) => node.dataset.chart === 'price').chart.data[0].length`,
    )

  it('draws one symbol after the other', async () => {
    const { page, told } = await openPage(browser, place('pair.html'), 'dark')
    const shown = await page.evaluate('ktrdrCharts.group.map(({ scales }) => scales.x.min)')
    const start = await page.evaluate('ktrdrCharts.group[0].data[0][0]')
    expect(new Set(shown as number[]), 'from the first bar of all').toEqual(new Set([start]))
    const before = await closesDrawn(page)
    await page.click('#symbols button:text("BBB")')
    expect(await closesDrawn(page), 'it has more bars').toBeGreaterThan(before)
    expect(await page.getAttribute('#symbols button:text("BBB")', 'aria-pressed')).toBe('true')
    expect((await painted(page)).every(Boolean)).toBe(true)
    expect(told).toEqual([])
    await page.close()
  })

  it('shows a trade in the chart of its symbol, and what closed it under the pointer', async () => {
    const { page, told } = await openPage(browser, place('pair.html'), 'light')
    // A trade of the second symbol while one of the first was open, which is before it in the list.
    const found = (await page.evaluate(`(() => {
      const { trades } = JSON.parse(document.querySelector('#ktrdr-data').textContent)
      const [entry, exit] = [trades.entry, trades.exit].map(ktrdrCharts.decode)
      const middle = (i) => (entry[i] + exit[i]) / 2
      const hides = (i) => (symbol, j) =>
        symbol === 'AAA' && j < i && entry[j] < middle(i) && middle(i) < exit[j]
      const i = trades.symbol.findIndex((symbol, i) => symbol === 'BBB' && trades.symbol.some(hides(i)))
      return { number: i + 1, reason: trades.exitReason[i], middle: middle(i) }
    })()`)) as { number: number; reason: string; middle: number }
    while ((await page.locator(`.trades tbody button:text-is("${found.number}")`).count()) === 0)
      await page.click('.pager button:text("later")')
    await page.click(`.trades tbody button:text-is("${found.number}")`)
    expect(await page.getAttribute('#symbols button:text("BBB")', 'aria-pressed')).toBe('true')
    const [x, y] = (await page.evaluate(`(() => {
      const { chart } = ktrdrCharts.all.find(({ node }) => node.dataset.chart === 'price')
      const box = chart.over.getBoundingClientRect()
      return [box.left + chart.valToPos(${found.middle}, 'x'), box.top + box.height / 2]
    })()`)) as [number, number]
    await page.mouse.move(x, y)
    const reading = await page.textContent('#reading')
    expect(reading).toMatch(new RegExp(`^Trade ${found.number}, .* closed by ${found.reason}\\.$`))
    expect(told).toEqual([])
    await page.close()
  })

  it('fits a telephone', async () => {
    const { page, told } = await openPage(browser, place('pair.html'), 'light', 390)
    for (const open of await page.$$('details'))
      await open.evaluate((one: any) => (one.open = true))
    expect(await page.$eval('html', (html: any) => html.scrollWidth)).toBeLessThanOrEqual(390)
    expect(told).toEqual([])
    await page.close()
  })
})
