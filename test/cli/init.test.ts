// `ktrdr init`: by flags, in a terminal, and that what it writes trains.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { STARTER_KINDS, STARTER_TEMPLATES } from '../../src/strategy/starter-choices.ts'
import { ktrdr } from '../support/program.ts'
import { CTRL_C, ENTER, openTerminal } from '../support/terminal.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
beforeAll(() => world.remove)

function place() {
  const cwd = mkdtempSync(join(world.directory, 'test-'))
  const run = (...args: string[]) => ktrdr(args, { dataDir: join(cwd, 'data'), cwd })
  return { cwd, run, read: (path: string) => readFileSync(join(cwd, path), 'utf8') }
}

describe.concurrent('by flags', () => {
  it('writes a strategy without a warning, and says what to type next', async () => {
    const { run } = place()
    const { code, stdout } = await run('init', 'first', '--symbol', 'EURUSD', '--timeframe', '4h')
    expect(code).toBe(0)
    expect(stdout.split('\n').slice(1)).toEqual([
      'Type next:',
      '  ktrdr validate strategies/first.yaml',
      '  ktrdr train strategies/first.yaml --data EURUSD_4h.csv',
      expect.stringMatching(
        /^EURUSD_4h.csv stands for your own bars. Made-up ones: ktrdr data synth /,
      ),
      '',
    ])
    const [, synth] = /Made-up ones: ktrdr (.*)/.exec(stdout)!
    expect((await run(...synth!.split(' '))).code, 'it makes them').toBe(0)
    for (const [, command] of stdout.matchAll(/^ {2}ktrdr (.*)/gm))
      expect((await run(...command!.split(' '), '--quiet')).code, command).toBe(0)
    expect((await run('validate', 'first', '--json')).json()).toMatchObject({
      name: 'first',
      warnings: [],
    })
  })

  it('takes symbol and timeframe from the data', async () => {
    const { cwd, run, read } = place()
    writeFileSync(join(cwd, 'walk-1d.csv'), readFileSync(world.bars)) // the name is wrong: they are hours
    const { code, json } = await run(
      'init',
      '--data',
      'walk-1d.csv',
      '--kind',
      'regression',
      '--json',
    )
    expect(code).toBe(0)
    expect(json()).toMatchObject({
      path: 'strategies/momentum.yaml',
      next: [expect.anything(), 'ktrdr train strategies/momentum.yaml --data walk-1d.csv'],
    })
    expect(read('strategies/momentum.yaml')).toContain('symbol: WALK }')
    expect(read('strategies/momentum.yaml')).toContain('timeframe: 1h }')
    expect(read('strategies/momentum.yaml')).toContain('output_format: regression')
  })

  it('takes the symbol that is said before the data, and no shorter timeframe than theirs', async () => {
    const { run, read } = place()
    const told = ['--data', `spx=${world.bars}`]
    expect((await run('init', 'said', ...told)).code).toBe(0)
    expect(read('strategies/said.yaml')).toContain('symbol: spx }')
    const { code, stderr } = await run('init', 'fine', ...told, '--timeframe', '5m')
    expect(code).toBe(2)
    expect(stderr).toContain('are 1h, too coarse for 5m.')
    expect((await run('init', 'coarse', ...told, '--timeframe', '4h')).code).toBe(0)
  })

  it('forgets nothing that it was told in what to type instead', async () => {
    const { run, read } = place()
    const flags = ['--kind', 'lstm', '--template', 'trend', '--out', 'mine/x.yaml']
    const remedy = async (...args: string[]): Promise<string[]> =>
      /Try this: ktrdr (.*)/.exec((await run('init', ...args)).stderr)![1]!.split(' ')
    await run(...(await remedy('mine', ...flags)))
    const text = read('mine/x.yaml')
    expect(text).toContain('name: mine ')
    expect(text).toContain('type: lstm')
    expect(text).toContain('# Stay with a trend')
    const data = ['--data', world.bars, '--out', 'mine/x.yaml']
    expect(await remedy('mine', ...data)).toEqual(expect.arrayContaining([...data, '--force']))
  })

  it('replaces nothing unless it is told to', async () => {
    const { cwd, run, read } = place()
    mkdirSync(join(cwd, 'strategies'))
    writeFileSync(join(cwd, 'strategies', 'first.yaml'), 'mine')
    const args = ['init', 'first', '--symbol', 'A', '--timeframe', '1d']
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toContain('strategies/first.yaml is there already, and nothing was written.')
    expect(read('strategies/first.yaml')).toBe('mine')
    expect((await run(...args, '--force')).code).toBe(0)
    expect(read('strategies/first.yaml')).toContain('name: first')
    expect(readdirSync(join(cwd, 'strategies')), 'nothing is left behind').toEqual(['first.yaml'])
  })

  it('names the strategy as the file that --out names', async () => {
    const { run, read } = place()
    await run('init', '--symbol', 'A', '--timeframe', '1d', '--out', 'mine/dips.yaml')
    expect(read('mine/dips.yaml')).toContain('\nname: dips ')
  })

  it('says what it needs where it cannot ask, and the remedy works', async () => {
    const { run } = place()
    const { code, stderr } = await run('init')
    expect(code).toBe(2)
    expect(stderr).toContain('Code: CONFIRMATION_REQUIRED')
    const [, command] = /Try this: ktrdr (.*)/.exec(stderr)!
    expect((await run(...command!.split(' '))).code).toBe(0)
  })

  it.each([
    [['a b'], 'The name cannot be "a b".'],
    [['../up'], 'The name cannot be "../up".'],
    [['x', '--symbol', 'E U'], 'The symbol cannot be "E U".'],
    [['x', '--timeframe', '2h'], '--timeframe is "2h"'],
    [['x', '--template', 'multi-timeframe', '--timeframe', '1w'], 'No timeframe is longer'],
  ])('%j cannot be', async (args, why) => {
    const { cwd, run } = place()
    const rest = [
      ...(args.includes('--symbol') ? [] : ['--symbol', 'A']),
      ...(args.includes('--timeframe') ? [] : ['--timeframe', '1d']),
    ]
    const { code, stderr } = await run('init', ...args, ...rest)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
    expect(existsSync(join(cwd, 'strategies')), 'nothing was written').toBe(false)
  })
})

describe('in a terminal', () => {
  const ask = (cwd: string, ...args: string[]) =>
    openTerminal(['init', ...args], {
      dataDir: join(cwd, 'data'),
      env: { KTRDR_STRATEGIES_DIR: join(cwd, 'strategies') },
    })
  const DOWN = '\u001B[B'

  it('asks for all, with a default for each', async () => {
    const { cwd, read } = place()
    const terminal = ask(cwd)
    await terminal.until(/Name of the strategy: .*momentum/)
    terminal.type(`my dips${ENTER}`)
    await terminal.until(/a letter or digit first/)
    terminal.type(`${'\u007F'.repeat(7)}dips${ENTER}`)
    await terminal.until(/Symbol: .*EURUSD/)
    terminal.type(ENTER)
    await terminal.until(/Bars of:/)
    terminal.type(ENTER)
    await terminal.until(/It looks at:/)
    terminal.type(`${DOWN}${ENTER}`)
    await terminal.until(/It is:/)
    terminal.type(ENTER)
    expect(await terminal.done).toBe(0)
    expect(terminal.screen()).toContain('Type next:')
    const text = read('strategies/dips.yaml')
    expect(text).toContain('# Buy what has fallen too far')
    expect(text).toContain('symbol: EURUSD }')
    expect(text).toContain('timeframe: 1h }')
    expect(text).toContain('type: mlp')
  })

  it('asks for nothing that it was told, or that has a default with --yes', async () => {
    const { cwd, read } = place()
    const terminal = ask(cwd, '--data', world.bars, '--yes')
    expect(await terminal.done).toBe(0)
    expect(terminal.screen()).not.toContain('?')
    expect(read('strategies/momentum.yaml')).toContain('symbol: BARS }')
  })

  it('writes nothing after Ctrl-C, and exits 130', async () => {
    const { cwd } = place()
    const terminal = ask(cwd, 'dips', '--symbol', 'A')
    await terminal.until(/Bars of:/)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    expect(terminal.screen()).toContain('nothing was written')
    expect(existsSync(join(cwd, 'strategies'))).toBe(false)
  })
})

describe('what it writes', () => {
  it.each([
    ...STARTER_KINDS.map((kind) => [STARTER_TEMPLATES[0], kind] as const),
    ...STARTER_TEMPLATES.slice(1).map((template) => [template, STARTER_KINDS[0]] as const),
  ])('%s as %s trains, unless it has rules, and can be backtested', async (template, kind) => {
    const { run } = place()
    const flags = ['--template', template, '--kind', kind, '--data', world.bars]
    expect((await run('init', 'first', ...flags)).code).toBe(0)
    if (kind !== 'rules') {
      const trained = await run('train', 'first', '--data', world.bars, '--epochs', '1', '--json')
      expect(trained.json()).toMatchObject({ status: 'completed', epochs: 1 })
    }
    const tested = await run('backtest', 'first', '--data', world.bars, '--json')
    expect(tested.json()).toMatchObject({ status: 'completed' })
  })
})
