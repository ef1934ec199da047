// `ktrdr report` and `ktrdr compare` by the real program, and the pages in a real browser where there is one.

import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSER, launchBrowser, openPage, painted } from '../support/browser.ts'
import { byId, parseHtml, textOf, type Element } from '../support/html.ts'
import { KINDS, makeKindWorld } from '../support/kinds.ts'
import { ktrdr, type RunResult } from '../support/program.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
const kinds = makeKindWorld()
const dataDir = world.dataDir('data')
const place = (name: string): string => join(world.directory, name)
const run = (args: readonly string[], fault?: string): Promise<RunResult> =>
  ktrdr(args, { dataDir, ...(fault === undefined ? {} : { fault }) })
const pageAt = (path: string): Element => parseHtml(readFileSync(path, 'utf8'))

let training = ''
let first = ''
let second = ''

beforeAll(async () => {
  const flags = ['--epochs', '6', '--end', '2020-02-05', '--checkpoint-every', '20batches']
  await run(world.train(...flags), 'batch@70:flush,batch@90:kill')
  const resumed = await run(['operations', 'resume', 'latest', '--json'])
  training = resumed.json().operationId
  first = (await run([...world.backtest('--start', '2020-02-06'), '--json'])).json().operationId
  const free = ['--commission', '0', '--slippage', '0', '--borrow-fee', '0']
  second = (await run([...world.backtest('--start', '2020-02-06', ...free), '--json'])).json()
    .operationId
})
afterAll(() => {
  world.remove()
  kinds.remove()
})

describe('ktrdr report', () => {
  it('writes a page into the data directory, again and again', async () => {
    for (const _ of ['once', 'twice']) {
      const { code, json, stderr } = await run(['report', first, '--json'])
      expect([code, stderr]).toEqual([0, ''])
      const path = join(dataDir, 'reports', `${first}.html`)
      expect(json()).toEqual({
        operationId: first,
        type: 'backtesting',
        path,
        sizeBytes: statSync(path).size,
        missing: [],
      })
      expect(statSync(path).mode & 0o777, 'as all in the data directory').toBe(0o600)
    }
  })

  it('is the same page for the same operation', async () => {
    await run(['report', first, '--out', place('a.html')])
    await run(['report', first, '--out', place('b.html')])
    expect(readFileSync(place('a.html'))).toEqual(readFileSync(place('b.html')))
  })

  it('tells the commands, and they give the same again', async () => {
    await run(['report', first, '--out', place('commands.html')])
    const boxes = textOf(byId(pageAt(place('commands.html')), 'reproduce'))
    expect(boxes).toContain(
      `ktrdr train ${world.strategy} --data ${world.bars} --end 2020-02-05 --epochs 6 --seed 7`,
    )
    expect(boxes).toContain('2: resumed from checkpoint')
    const [, command] = /ktrdr (backtest .*?) Operation/.exec(boxes)!
    const again = (await run([...command!.split(' '), '--json'])).json()
    expect(boxes).toContain(again.tradesSha256)
    expect(boxes).toContain(again.equitySha256)
  })

  it('is of a training alone too', async () => {
    const { code, stdout } = await run(['report', training, '--out', place('t.html')])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Report {2}\S+t\.html {2}[\d.]+ kB\n$/)
    const root = pageAt(place('t.html'))
    expect(textOf(byId(root, 'training'))).toContain('It was resumed once')
    expect(textOf(byId(root, 'fuzzy'))).toContain('rsi of rsi_9')
    const { training: data } = JSON.parse(String(byId(root, 'ktrdr-data').children[0]))
    expect(data.resumes[0].epoch).toBeGreaterThan(0)
  })

  it('does not write over a file unless it is told to', async () => {
    writeFileSync(place('mine.html'), 'mine')
    const refused = await run(['report', first, '--out', place('mine.html')])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('exists already')
    expect(readFileSync(place('mine.html'), 'utf8')).toBe('mine')
    expect((await run(['report', first, '--out', place('mine.html'), '--force'])).code).toBe(0)
    const directory = await run(['report', first, '--out', world.directory])
    expect(directory.stderr).toContain('is a directory')
    const nowhere = await run(['report', first, '--out', join(world.bars, 'x.html')])
    expect(nowhere.stderr).toContain('Code: IO_FAILED')
  })

  it('refuses what has no result yet, and says how to get one', async () => {
    await run(world.backtest(), 'bar@300:cancel')
    const { code, stderr } = await run(['report', 'latest'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/op_backtesting_\w+ is cancelled: it has no result to report yet/)
    expect(stderr).toContain('ktrdr operations resume op_backtesting_')
  })

  it('does without bars that have changed, and says so', async () => {
    const bars = readFileSync(world.bars, 'utf8')
    writeFileSync(world.bars, bars.replace(/,([\d.]+)\n(2020-01-06T05)/, ',1\n$2'))
    const changed = await run(['report', first, '--out', place('changed.html'), '--json'])
    expect(changed.json().missing).toEqual([
      'The bars are not what they were: WALK volume differs.',
    ])
    rmSync(world.bars)
    const gone = await run(['report', first, '--out', place('gone.html'), '--json'])
    writeFileSync(world.bars, bars)
    expect(gone.code).toBe(0)
    expect(gone.json().missing[0]).toMatch(/^The bars could not be read again\. /)
    expect(textOf(byId(pageAt(place('gone.html')), 'price'))).toContain(
      'No candles and no indicators',
    )
  })

  it('does without a model that is gone, and says so', async () => {
    const { result } = (await run(['operations', 'show', training, '--json'])).json()
    const { path } = result.model
    renameSync(path, `${path}-away`)
    const lost = await run(['report', first, '--out', place('lost.html'), '--json'])
    const alone = await run(['report', training, '--out', place('alone.html'), '--json'])
    renameSync(`${path}-away`, path)
    for (const { code, json } of [lost, alone]) {
      expect(code).toBe(0)
      expect(json().missing).toEqual([`There is no model in ${path}.`])
    }
    const root = pageAt(place('lost.html'))
    expect(textOf(byId(root, 'fuzzy'))).toContain('There is no model in')
    const { market } = JSON.parse(String(byId(root, 'ktrdr-data').children[0]))
    expect(market.prices[0].columns).toHaveProperty('high')
  })

  it('believes no result that somebody has touched', async () => {
    const { result } = (await run(['operations', 'show', second, '--json'])).json()
    const trades = join(result.backtest.path, 'trades.csv')
    const before = readFileSync(trades, 'utf8')
    writeFileSync(trades, before.replace('LONG', 'SHORT'))
    const touched = await run(['report', second])
    writeFileSync(trades, before)
    expect(touched.stderr).toContain('Code: DATA_INVALID')
    expect(touched.code).toBe(7)
  })
})

describe('ktrdr compare', () => {
  it('puts metrics side by side', async () => {
    const { code, json } = await run(['compare', first, second, '--json'])
    expect(code).toBe(0)
    const { runs, rows, path, warnings } = json()
    expect([runs.map((one: any) => one.operationId), path, warnings]).toEqual([
      [first, second],
      null,
      [],
    ])
    const costs = rows.find((row: any) => row.key === 'costsRatio')
    expect(costs).toMatchObject({ best: [1], values: [expect.any(Number), 0] })
  })

  it('writes a page with the curves', async () => {
    const { code, stdout } = await run(['compare', first, second, '--out', place('c.html')])
    expect(code).toBe(0)
    expect(stdout).toContain('* the best of its row')
    const { overlay } = JSON.parse(String(byId(pageAt(place('c.html')), 'ktrdr-data').children[0]))
    expect(overlay.map((one: any) => one.name)).toEqual(
      [first, second].map((id) => `walk ${id.slice(-6)}`),
    )
  })

  it.each([
    ['one alone', () => [first], 'Comparing needs two operations or more.'],
    ['one twice', () => [first, first.slice(-6)], 'is named twice'],
    ['two kinds', () => [first, training], 'they have no figures in common'],
  ])('refuses %s', async (_, ids, message) => {
    const { code, stderr } = await run(['compare', ...ids()])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('signals from a file', () => {
  it('have a report without a model, whose command gives the same again', async () => {
    const [, ...bars] = readFileSync(world.bars, 'utf8').trimEnd().split('\n')
    const rows = bars.map((line, i) => `${line.split(',')[0]},${[1, 0, -1, 0][(i >> 3) % 4]}`)
    writeFileSync(place('targets.csv'), `timestamp,position\n${rows.join('\n')}\n`)
    const args = ['backtest', '--signals', place('targets.csv'), '--data', `WALK=${world.bars}`]
    expect((await run(args)).code).toBe(0)
    const { code, json } = await run(['report', 'latest', '--out', place('targets.html'), '--json'])
    expect(code).toBe(0)
    expect(json().missing).toEqual(['The signals came from a file: there is no model.'])
    const root = pageAt(place('targets.html'))
    expect(textOf(root)).toContain('SIGNALS OF A FILE')
    const boxes = textOf(byId(root, 'reproduce'))
    const [, command] = /ktrdr (backtest .*?) Operation/.exec(boxes)!
    const again = (await run([...command!.split(' '), '--json'])).json()
    expect(boxes).toContain(again.tradesSha256)
  })
})

describe('a strategy of every kind', () => {
  it.each(Object.keys(KINDS))('%s has its reports', async (kind) => {
    const { strategy, data } = kinds.training(kind)
    const options = { dataDir: join(kinds.directory, 'data') }
    const flags = (symbols: readonly (string | null)[]): string[] =>
      data.flatMap(({ symbol, path }) =>
        symbols.includes(symbol) ? ['--data', `${symbol}=${path}`] : [],
      )
    const others = data.map(({ symbol }) => symbol).filter((symbol) => symbol?.startsWith('fred'))
    const all = data.map(({ symbol }) => symbol)
    const trained = await ktrdr(
      ['train', strategy.given, ...flags(all), '--epochs', '2', '--json'],
      options,
    )
    const { name, operationId } = trained.json()
    const tested = await ktrdr(['backtest', name, ...flags(['AAA', ...others]), '--json'], options)
    for (const id of [operationId, tested.json().operationId]) {
      const { code, json } = await ktrdr(['report', id, '--json'], options)
      expect(code).toBe(0)
      expect(json().missing).toEqual([])
      const root = pageAt(json().path)
      expect(textOf(byId(root, 'fuzzy'))).toContain('rsi of rsi_9')
      expect(textOf(byId(root, 'scores'))).toContain('Test rows')
    }
  })
})

describe.skipIf(BROWSER === undefined)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
    await run(['report', first, '--out', place('seen.html'), '--force'])
    await run(['report', training, '--out', place('seen-training.html'), '--force'])
    await run(['compare', first, second, '--out', place('seen-comparison.html'), '--force'])
  })
  afterAll(() => browser.close())

  const opened = (name: string, scheme: 'light' | 'dark') => openPage(browser, place(name), scheme)

  it.each([
    ['seen.html', 6],
    ['seen-training.html', 2],
    ['seen-comparison.html', 1],
  ])('%s is drawn without an error and without a request, light and dark', async (name, charts) => {
    const grounds: string[] = []
    for (const scheme of ['light', 'dark'] as const) {
      const { page, told } = await opened(name, scheme)
      const canvases = await painted(page)
      expect(canvases.length).toBeGreaterThanOrEqual(charts)
      expect(canvases.every(Boolean)).toBe(true)
      grounds.push(
        await page.$eval(
          'body',
          (body: any) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor,
        ),
      )
      const widest = await page.$eval('html', (html: any) => html.scrollWidth)
      expect(widest, 'nothing sticks out').toBeLessThanOrEqual(1200)
      expect(told).toEqual([])
      await page.close()
    }
    expect(grounds).toEqual(['rgb(255, 255, 255)', 'rgb(16, 20, 26)'])
  })

  it('sorts trades, turns the page and shows a trade in the chart', async () => {
    const { page, told } = await opened('seen.html', 'light')
    const column = (n: number): Promise<string[]> =>
      page.$$eval(`.trades tbody tr > :nth-child(${n})`, (cells: any[]) =>
        cells.map((cell) => cell.textContent),
      )
    await page.click('.trades thead button:text("Net")')
    const nets = (await column(8)).map((text) => Number(text.replaceAll(' ', '')))
    expect(nets.length).toBeGreaterThan(3)
    expect(nets).toEqual(nets.toSorted((a, b) => b - a))
    expect(await page.getAttribute('.trades th:nth-child(8)', 'aria-sort')).toBe('descending')
    const zoomed = () =>
      page.evaluate(
        'ktrdrCharts.group.map(({ scales }) => scales.x.max - scales.x.min)',
      ) as Promise<number[]>
    const before = await zoomed()
    await page.click('.trades tbody button >> nth=0')
    const after = await zoomed()
    expect(
      after.every((width, i) => width < before[i]!),
      'all charts of the time axis',
    ).toBe(true)
    await page.keyboard.press('0')
    expect(await zoomed(), 'the chart has the focus').toEqual(before)
    await page.keyboard.press('+')
    expect((await zoomed())[0]).toBeCloseTo(before[0]! / 2, -1)
    expect(told).toEqual([])
    await page.close()
  })

  it('changes its colours and its scale by hand', async () => {
    const { page, told } = await opened('seen.html', 'light')
    await page.click('#theme')
    expect(await page.getAttribute('html', 'data-theme')).toBe('dark')
    await page.check('#log')
    expect(await page.evaluate('ktrdrCharts.all[0].chart.scales.y.distr')).toBe(3)
    expect(told).toEqual([])
    await page.close()
  })

  it('prints on A4', async () => {
    const { page, told } = await opened('seen.html', 'dark')
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    const [, width, height] = /MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf)!
    expect([Number(width), Number(height)].map(Math.round)).toEqual([595, 842])
    expect(told).toEqual([])
    await page.close()
  })
})
