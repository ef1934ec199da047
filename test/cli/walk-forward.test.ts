// `ktrdr walkforward` by the real program: its table, its report, and what is refused. That kills change no byte of it is
// tested by test/crash/walk-forward.test.ts.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSER, launchBrowser, openPage } from '../support/browser.ts'
import { byId, named, parseHtml, textOf } from '../support/html.ts'
import { ktrdr, tempDir } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld({ bars: 1200, epochs: 3 })
afterAll(world.remove)

const words = (text: string): string[] => text.split(' ')
const SP500 = '--data examples/data/sp500-1d.csv'
const RULES = words(
  `walkforward examples/strategies/sma-cross.yaml ${SP500} --train 6y --test 3y --search examples/search/sma-cross.yaml --method grid --trials 40`,
)
const NETWORK = words(
  `walkforward examples/strategies/pullback.yaml ${SP500} --train 8y --test 3y --anchored --epochs 2`,
)
const walk = (...flags: readonly string[]): string[] => [
  'walkforward',
  world.strategy,
  '--data',
  world.bars,
  '--train',
  '500bars',
  '--test',
  '150bars',
  ...flags,
]

describe('a walk-forward of the examples', () => {
  it.each([
    ['rules that search', RULES, 'sma-cross.csv'],
    ['a network, anchored', NETWORK, 'pullback.csv'],
  ])('of %s has the folds that are kept', async (_, args, golden) => {
    const run = await ktrdr([...args, '--json'], { dataDir: tempDir() })
    expect(run.code, run.stderr).toBe(0)
    const folds = readFileSync(join(run.json().walkforward.path, 'folds.csv'), 'utf8')
    expect(folds).toBe(readFileSync(join('test/golden/walk-forward', golden), 'utf8'))
  })

  it('shows folds, best values, efficiency and luck, and the figures of a backtest', async () => {
    const { stdout, stderr } = await ktrdr([...RULES, '--workers', '1'], { dataDir: tempDir() })
    expect(screenDifference('walkforward-rules', stdout)).toBe('')
    expect(
      screenDifference('walkforward-headline', stderr.split('\n').slice(0, 5).join('\n')),
    ).toBe('')
  })

  it('of a network shows epochs and losses', async () => {
    const { stdout } = await ktrdr(NETWORK, { dataDir: tempDir() })
    expect(screenDifference('walkforward-network', stdout)).toBe('')
  })
})

describe('what does not go together is refused before anything is recorded:', () => {
  it.each([
    ['a length that is none', ['--step', '3h'], 2, /--step is "3h"[\s\S]*--step 3m/],
    [
      'windows that overlap',
      ['--step', '50bars'],
      2,
      /traded by several folds[\s\S]*--step 150bars/,
    ],
    [
      'data that is too short',
      ['--end', '2020-01-20'],
      7,
      /The data is 15 days long[\s\S]*makes 0 folds/,
    ],
    ['a method without a space', ['--method', 'grid'], 2, /--search/],
    ['halving', ['--search', 'x.yaml', '--method', 'halving'], 2, /method/],
    ['a space that is not there', ['--search', 'missing.yaml'], 4, /There is no space file/],
  ])('%s', async (_, flags, code, message) => {
    const dataDir = tempDir()
    const run = await ktrdr(walk(...flags), { dataDir })
    expect(run.stderr).toMatch(message)
    expect(run.code).toBe(code)
    const { json } = await ktrdr(['operations', 'list', '--json'], { dataDir })
    expect(json().operations).toEqual([])
  })
})

describe('the result of a walk-forward', () => {
  const dataDir = world.dataDir('reported')
  const page = join(world.directory, 'walk.html')
  const space = join(world.directory, 'space.yaml')
  let browser: Browser | undefined

  beforeAll(async () => {
    writeFileSync(space, 'parameters: { training.learning_rate: [0.001, 0.01, 0.03] }\n')
    const out = join(world.directory, 'out')
    for (const args of [
      walk('--export', out, '--stop-loss', '2%'),
      walk('--search', space, '--method', 'grid', '--objective', 'sharpe'),
      ['report', 'latest', '--out', page],
    ]) {
      const ran = await ktrdr(args, { dataDir })
      if (ran.code !== 0) throw new Error(ran.stderr)
    }
    if (BROWSER !== undefined) browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  it('is exported as that of a backtest, with its folds', () => {
    expect(readdirSync(join(world.directory, 'out')).toSorted()).toEqual(
      expect.arrayContaining([
        'equity.csv',
        'equity.parquet',
        'folds.csv',
        'metrics.json',
        'trades.csv',
        'trades.parquet',
      ]),
    )
  })

  it('is reported with its folds and how stable they are', () => {
    const root = parseHtml(readFileSync(page, 'utf8'))
    const sections = named(root, 'section').map(({ attributes }) => attributes['id'])
    expect(sections.slice(0, 4)).toEqual(['equity', 'folds', 'stability', 'price'])
    const rows = named(byId(root, 'folds'), 'tr').filter((row) => named(row, 'td').length > 2)
    expect(rows).toHaveLength(5)
    expect(textOf(byId(root, 'folds'))).toContain('3 trials a fold by grid, objective sharpe')
    expect(textOf(byId(root, 'stability'))).toContain('learning_rate')
    expect(textOf(byId(root, 'assumptions'))).toContain('no fold had seen a bar of its test window')
    expect(textOf(root)).toContain('OUT OF SAMPLE')
  })

  it('tells the command, which gives the same again', async () => {
    const root = parseHtml(readFileSync(page, 'utf8'))
    const [, command] = /ktrdr (walkforward .*?) Operation/.exec(textOf(byId(root, 'reproduce')))!
    const again = await ktrdr([...command!.split(' '), '--json'], { dataDir })
    expect(again.code, again.stderr).toBe(0)
    for (const hash of ['foldsSha256', 'tradesSha256', 'equitySha256'])
      expect(textOf(byId(root, 'reproduce'))).toContain(again.json()[hash])
  })

  it('is compared with others', async () => {
    const { json } = await ktrdr(['operations', 'list', '--json'], { dataDir })
    const ids = json().operations.map(
      ({ operationId }: { operationId: string }) => operationId,
    ) as string[]
    const compared = await ktrdr(
      ['compare', ids[0]!, ids.at(-1)!, '--out', join(world.directory, 'both.html')],
      { dataDir },
    )
    expect(compared.code, compared.stderr).toBe(0)
    expect(compared.stdout).toContain('stop 2 %')
  })

  it.runIf(BROWSER !== undefined)(
    'shades its folds in a browser, and asks for nothing',
    async () => {
      const { page: opened, told } = await openPage(browser!, page, 'light')
      expect(told).toEqual([])
      expect(await opened.$$eval('#equity canvas', (all) => all.length)).toBeGreaterThan(0)
      await opened.close()
    },
  )
})
