// `ktrdr search` by the real program: its table, what it says, and that kills change no byte of it.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseHtml, byId, named, textOf } from '../support/html.ts'
import { BROWSER, launchBrowser, openPage } from '../support/browser.ts'
import { ktrdr, tempDir, type RunResult } from '../support/program.ts'
import { deathsIn } from '../support/queue-results.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld({ bars: 500, epochs: 6 })
afterAll(world.remove)

const SPACE = join(world.directory, 'space.yaml')
writeFileSync(
  SPACE,
  `parameters:
  indicators.rsi_9.period: { type: int, min: 5, max: 20, step: 5 }
  model.architecture.hidden_layers: [[4], [8, 4]]
  training.learning_rate: { type: float, min: 0.001, max: 0.1, scale: log }
`,
)

const search = (...flags: readonly string[]): string[] => [
  'search',
  world.strategy,
  '--space',
  SPACE,
  '--data',
  world.bars,
  ...flags,
]
const words = (text: string): string[] => text.split(' ')
const SP500 = '--data examples/data/sp500-1d.csv'
const RULES = words(
  `search examples/strategies/sma-cross.yaml --space examples/search/sma-cross.yaml ${SP500} --method grid --objective sharpe`,
)
const NETWORK = words(
  `search examples/strategies/pullback.yaml --space examples/search/pullback.yaml ${SP500} --trials 24 --epochs 2 --objective sharpe --seed 1`,
)

const filesOf = ({ json }: RunResult): string[] => {
  const { path } = json().search
  return ['trials.csv', 'best.yaml', 'result.json'].map((name) =>
    readFileSync(join(path, name), 'utf8'),
  )
}

describe('a search of the examples', () => {
  // The tables of this program: test/golden/search. A change of them is a change of what a search finds.
  it.each([
    ['rules', RULES, 'sma-cross.csv'],
    ['a network', NETWORK, 'pullback.csv'],
  ])('of %s has the table that is kept', async (_, args, golden) => {
    const run = await ktrdr([...args, '--json'], { dataDir: tempDir() })
    expect(run.code, run.stderr).toBe(0)
    const [trials] = filesOf(run)
    expect(trials).toBe(readFileSync(join('test/golden/search', golden), 'utf8'))
  })

  it('of rules is told with its luck, and with the bars that judge the best', async () => {
    const { stdout } = await ktrdr(RULES, { dataDir: tempDir() })
    expect(screenDifference('search-rules', stdout)).toBe('')
  })
})

describe('a search', () => {
  it('says what it will do, and what it has found', async () => {
    const dataDir = tempDir()
    const { stdout, stderr, code } = await ktrdr(
      search('--trials', '12', '--method', 'halving', '--workers', '1'),
      { dataDir },
    )
    expect(code).toBe(0)
    expect(screenDifference('search-result', stdout)).toBe('')
    expect(screenDifference('search-headline', stderr.split('\n').slice(0, 5).join('\n'))).toBe('')
  })

  it('writes a strategy that trains to the loss of the best trial', async () => {
    const dataDir = tempDir()
    const { json } = await ktrdr(search('--trials', '6', '--epochs', '3', '--json'), { dataDir })
    const { best, search: place } = json()
    const trained = await ktrdr(
      ['train', join(place.path, 'best.yaml'), '--data', world.bars, '--json'],
      { dataDir },
    )
    expect(trained.json().metrics.bestValLoss).toBe(best.objective)
  })

  it('comes to the same bytes whoever is killed, however often, with any number of workers', async () => {
    const flags = ['--trials', '14', '--prune', '--json', '--progress', 'json']
    const whole = await ktrdr(search(...flags, '--workers', '1'), { dataDir: tempDir() })
    expect(whole.code, whole.stderr).toBe(0)
    const snapshots = ['--checkpoint-interval', '1ms', '--checkpoint-every', '1trials']

    const died = await ktrdr(search(...flags, ...snapshots, '--workers', '2'), {
      dataDir: tempDir(),
      fault: 'task.step@5:exit',
    })
    expect(died.code, died.stderr).toBe(0)
    expect(deathsIn(died), 'workers have died').toBeGreaterThan(5)
    expect(filesOf(died)).toEqual(filesOf(whole))

    const dataDir = tempDir()
    let last = await ktrdr(search(...flags, ...snapshots, '--workers', '3'), {
      dataDir,
      fault: 'trial@2:kill',
    })
    const resume = (fault?: string, ...more: string[]): Promise<RunResult> =>
      ktrdr(['operations', 'resume', 'latest', '--json', '--progress', 'json', ...more], {
        dataDir,
        ...(fault === undefined ? {} : { fault }),
      })
    for (const kill of ['trial@5:kill', 'save.after-commit@2:kill', 'save.before-commit@2:kill']) {
      expect(last.signal, last.stderr).toBe('SIGKILL')
      last = await resume(kill, '--workers', kill.includes('after') ? '1' : '2')
    }
    expect(last.signal, last.stderr).toBe('SIGKILL')
    const finished = await resume()
    expect(finished.code, finished.stderr).toBe(0)
    expect(filesOf(finished)).toEqual(filesOf(whole))
  })

  it('by halving goes on from parked states after a kill, to the same bytes', async () => {
    const flags = ['--trials', '9', '--method', 'halving', '--json', '--progress', 'json']
    const whole = await ktrdr(search(...flags), { dataDir: tempDir() })
    const dataDir = tempDir()
    const killed = await ktrdr(search(...flags, '--checkpoint-every', '1trials'), {
      dataDir,
      fault: 'trial@10:flush,trial@11:kill',
    })
    expect(killed.signal, killed.stderr).toBe('SIGKILL')
    const resumed = await ktrdr(['operations', 'resume', 'latest', '--json'], { dataDir })
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(filesOf(resumed)).toEqual(filesOf(whole))
  })
})

describe('what does not go together is refused before anything is recorded:', () => {
  const space = (text: string): string => {
    const path = join(world.directory, 'other.yaml')
    writeFileSync(path, text)
    return path
  }
  const ONE = 'parameters: {training.epochs: [2, 3]}'

  it.each([
    [
      'a grid without steps',
      SPACE,
      ['--method', 'grid'],
      2,
      /A grid needs steps, and learning_rate may be any number/,
    ],
    [
      'a grid of more than the trials',
      'parameters: {training.epochs: {type: int, min: 1, max: 9}}',
      ['--method', 'grid', '--trials', '8'],
      2,
      /The grid has 9 combinations, more than --trials 8\.[\s\S]*--trials 9/,
    ],
    ['a space that is not there', 'missing.yaml', [], 4, /There is no space file/],
    ['a space that is no file', '/dev/zero', [], 7, /\/dev\/zero is not a regular file/],
    [
      'a path that the strategy does not have',
      'parameters:\n  training.learningrate: [0.1, 0.2]',
      [],
      7,
      /other\.yaml:2:3 parameters\["training\.learningrate"\]: is not in the strategy.*did you mean "learning_rate"\?[\s\S]*Code: SPACE_INVALID/,
    ],
    [
      'epochs that are searched and given',
      ONE,
      ['--epochs', '3'],
      2,
      /--epochs says what the space has/,
    ],
    ['halving of epochs', ONE, ['--method', 'halving'], 2, /Halving decides how many epochs/],
    [
      'pruning by halving',
      SPACE,
      ['--method', 'halving', '--prune'],
      2,
      /halving gives trials up by itself/,
    ],
    ['an unknown objective', SPACE, ['--objective', 'luck'], 2, /objective/],
    [
      'constraints that nothing meets',
      'parameters: {training.epochs: [2, 3], training.batch_size: [8, 16]}\nconstraints: batch_size < epochs',
      [],
      2,
      /meets its constraints: batch_size < epochs/,
    ],
  ])('%s', async (_, given, flags, code, message) => {
    const dataDir = tempDir()
    const path = given.startsWith('parameters') ? space(given) : given
    const args = ['search', world.strategy, '--space', path, '--data', world.bars, ...flags]
    const run = await ktrdr(args, { dataDir })
    expect(run.stderr).toMatch(message)
    expect(run.code).toBe(code)
    const { json } = await ktrdr(['operations', 'list', '--json'], { dataDir })
    expect(json().operations).toEqual([])
  })

  it.each([
    [['--objective', 'val_loss'], /has rules has no val_loss/],
    [['--objective', 'sharpe', '--method', 'halving'], /is not trained: --method halving/],
  ])('rules with %j', async (flags, message) => {
    const run = await ktrdr([...RULES.slice(0, 6), ...flags], { dataDir: tempDir() })
    expect(run.stderr).toMatch(message)
    expect(run.code).toBe(2)
  })
})

describe('the report of a search', () => {
  const dataDir = world.dataDir('reported')
  const page = join(world.directory, 'search.html')
  let browser: Browser | undefined

  beforeAll(async () => {
    const run = await ktrdr(
      search(
        '--trials',
        '20',
        '--method',
        'random',
        '--objective',
        'return',
        '--stop-loss',
        '2%',
        '--epochs',
        '2',
      ),
      { dataDir },
    )
    if (run.code !== 0) throw new Error(run.stderr)
    const written = await ktrdr(['report', 'latest', '--out', page], { dataDir })
    if (written.code !== 0) throw new Error(written.stderr)
    if (BROWSER !== undefined) browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  it('shows how the best came about, the parameters, where two of them meet, and the luck', () => {
    const root = parseHtml(readFileSync(page, 'utf8'))
    expect(named(root, 'section').map(({ attributes }) => attributes['id'])).toEqual([
      'progress',
      'parameters',
      'heat',
      'ranking',
      'luck',
      'reproduce',
    ])
    const lines = named(byId(root, 'parameters'), 'path').filter(({ attributes }) =>
      attributes['class']!.startsWith('trial'),
    )
    expect(lines).toHaveLength(20)
    expect(named(byId(root, 'progress'), 'circle')).toHaveLength(20)
    const cells = named(byId(root, 'heat'), 'td').map((cell) => textOf(cell).trim())
    expect(cells.filter((text) => text !== '·').length).toBeGreaterThan(5)
    expect(textOf(byId(root, 'luck'))).toContain('20 trials were tried')
  })

  it('tells the command, which gives the same again', async () => {
    const root = parseHtml(readFileSync(page, 'utf8'))
    const [, command] = /ktrdr (search .*?) Operation/.exec(textOf(byId(root, 'reproduce')))!
    const again = await ktrdr([...command!.split(' '), '--json'], { dataDir })
    expect(again.code, again.stderr).toBe(0)
    expect(textOf(byId(root, 'reproduce'))).toContain(again.json().trialsSha256)
  })

  it.runIf(BROWSER !== undefined).each(['light', 'dark'] as const)(
    'draws its pictures in a browser, %s, and asks for nothing',
    async (scheme) => {
      const { page: opened, told } = await openPage(browser!, page, scheme)
      expect(told).toEqual([])
      const shapes = await opened.$$eval('svg.search path.first, svg.search circle', (all: any[]) =>
        all.map((shape) => {
          const { width, height } = shape.getBoundingClientRect()
          const fill = String(shape.computedStyleMap().get('fill'))
          return { isSeen: width > 0 && height > 0, fill }
        }),
      )
      expect(shapes).toHaveLength(21)
      expect(shapes.every(({ isSeen }) => isSeen)).toBe(true)
      expect(shapes[0]!.fill, 'a style that was forgotten is black').not.toBe('rgb(0, 0, 0)')
      const shades = await opened.$$eval('.meeting td', (cells: any[]) =>
        cells.map((cell) => String(cell.computedStyleMap().get('background-color'))),
      )
      expect(new Set(shades).size).toBeGreaterThan(4)
      await opened.close()
    },
  )

  it('is not compared with others', async () => {
    const { stderr, code } = await ktrdr(['compare', 'latest', 'latest'], { dataDir })
    expect(code).toBe(2)
    expect(stderr).toMatch(/is a search: its report compares its trials|is named twice/)
  })
})
