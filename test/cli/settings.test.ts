// Flags > environment > ./ktrdr.yaml > the user's config.yaml > defaults.

import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ktrdr, tempDir } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

/** A home with a project in it; the places named say where the data directory is, each another one. */
function homeWith(places: readonly ('flag' | 'environment' | 'project' | 'user')[]) {
  const home = tempDir()
  const project = join(home, 'project')
  mkdirSync(join(home, '.config', 'ktrdr'), { recursive: true })
  mkdirSync(project)
  const has = (place: (typeof places)[number]): boolean => places.includes(place)
  if (has('project')) writeFileSync(join(project, 'ktrdr.yaml'), 'data_dir: from-project\n')
  if (has('user'))
    writeFileSync(join(home, '.config', 'ktrdr', 'config.yaml'), `data_dir: ${home}/from-user\n`)
  const run = () =>
    ktrdr(['operations', 'list', ...(has('flag') ? ['--data-dir', 'from-flag'] : [])], {
      dataDir: has('environment') ? 'from-environment' : '',
      cwd: project,
      env: { HOME: home, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '' },
    })
  return { home, project, run }
}

describe('the data directory', () => {
  it.each([
    [['flag', 'environment', 'project', 'user'], 'project/from-flag'],
    [['environment', 'project', 'user'], 'project/from-environment'],
    [['project', 'user'], 'project/from-project'],
    [['user'], 'from-user'],
    [[], '.local/share/ktrdr'],
  ] as const)('is said by %j: %s', async (places, expected) => {
    const { home, run } = homeWith(places)
    expect(await run()).toMatchObject({ code: 0 })
    const candidates = ['project/from-flag', 'project/from-environment', 'project/from-project']
    const made = [...candidates, 'from-user', '.local/share/ktrdr'].filter((path) =>
      existsSync(join(home, path, 'ktrdr.db')),
    )
    expect(made, 'that one and no other').toEqual([expected])
  })

  it('is for its owner only', async () => {
    const { home, run } = homeWith([])
    await run()
    const mode = (path: string): number =>
      statSync(join(home, '.local/share/ktrdr', path)).mode & 0o777
    expect(mode('.').toString(8)).toBe('700')
    expect(mode('ktrdr.db').toString(8)).toBe('600')
  })

  it('is the same for a resume from another directory', async () => {
    const dataDir = tempDir()
    const { code } = await ktrdr(['operations', 'list', '--data-dir', dataDir], {
      dataDir: '/nowhere',
      cwd: tempDir(),
    })
    expect(code).toBe(0)
  })
})

describe('a settings file', () => {
  it.each([
    [
      'an unknown key',
      'checkpoint: { keep_lst: 5 }',
      'there is no setting "checkpoint.keep_lst"',
      'checkpoint.keep_last',
    ],
    [
      'a value of the wrong kind',
      'checkpoint: { keep_last: many }',
      'expected a whole number',
      'ktrdr.yaml',
    ],
    ['something that is no YAML', 'a: [', 'is not valid YAML', 'ktrdr.yaml'],
  ])('with %s is refused by its name', async (_, text, message, also) => {
    const cwd = tempDir()
    writeFileSync(join(cwd, 'ktrdr.yaml'), text)
    const { code, stderr } = await ktrdr(['operations', 'list'], { dataDir: tempDir(), cwd })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(also)
  })

  it('may be empty', async () => {
    const cwd = tempDir()
    writeFileSync(join(cwd, 'ktrdr.yaml'), '# nothing yet\n')
    expect(await ktrdr(['operations', 'list'], { dataDir: tempDir(), cwd })).toMatchObject({
      code: 0,
    })
  })
})

describe('saving', () => {
  it('is set by flag over environment over file', async () => {
    const cwd = tempDir()
    writeFileSync(join(cwd, 'ktrdr.yaml'), 'checkpoint: { every_epochs: 3, keep_last: 7 }\n')
    const saving = async (env: Record<string, string>, ...flags: string[]) => {
      const strategy = join(import.meta.dirname, '../../examples/strategies/pullback.yaml')
      const bars = join(import.meta.dirname, '../../examples/data/sp500-1d.csv')
      const { json } = await ktrdr(
        ['train', strategy, '--data', bars, '--dry-run', '--json', ...flags],
        { dataDir: tempDir(), cwd, env },
      )
      return json().saving
    }
    const environment = { KTRDR_CHECKPOINT_EVERY_EPOCHS: '4' }
    expect(await saving({})).toMatchObject({
      policy: { every: { epoch: 3 } },
      retention: { keepLast: 7 },
    })
    expect(await saving(environment)).toMatchObject({ policy: { every: { epoch: 4 } } })
    expect(await saving(environment, '--checkpoint-every', '5epochs')).toMatchObject({
      policy: { every: { epoch: 5 } },
    })
  })
})

describe.concurrent('a flag', () => {
  const dataDir = join(tmpdir(), `ktrdr-flags-${process.pid}`)
  const world = makeWorld()
  const trained = { directory: '', bars: world.bars }

  beforeAll(async () => {
    const { json } = await ktrdr([...world.train('--epochs', '1'), '--json'], { dataDir })
    trained.directory = json().model.path
  })
  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true })
    world.remove()
  })

  it.each([
    [['--checkpoint-every', '5']],
    [['--checkpoint-every', '0epochs']],
    [['--checkpoint-every', '-1epochs']],
    [['--checkpoint-every', '5parsecs']],
    [['--checkpoint-every', '5000bars']],
    [['--checkpoint-interval', 'soon']],
    [['--checkpoint-interval', '0nonsense']],
    [['--seed', '9007199254740993']],
    [['--epochs', '0']],
    [['--epochs', '1.5']],
    [['--seed', '-1']],
    [['--progress', 'loud']],
    [['--start', 'yesterday']],
    [['--start', '2020-13-01']],
  ])('of train like %j is refused as usage, in one clear line', async (flags) => {
    const { code, stderr } = await ktrdr(
      [
        'train',
        'examples/strategies/pullback.yaml',
        '--data',
        'examples/data/sp500-1d.csv',
        ...flags,
      ],
      { dataDir },
    )
    expect(stderr).toMatch(/^Error: [^\n]+\nCode: USAGE\n/)
    expect(code).toBe(2)
  })

  it.each([
    [['--checkpoint-every', '10epochs'], 'expected a number of bars.'],
    [['--slippage', '1'], 'expected a share of the price below 100 %.'],
    [['--slippage', '-0.1'], 'expected a share of the price below 100 %.'],
    [['--commission', '1.01'], 'expected a share of the notional below 100 %.'],
    [['--position-size', '0'], 'expected a share of the equity above 0.'],
    [['--capital', '0'], 'expected an amount of money from 1e-6 to 1e15.'],
    [['--capital', 'much'], 'expected an amount of money from 1e-6 to 1e15.'],
  ])('of backtest like %j is refused: %s', async (flags, expected) => {
    const args = ['backtest', trained.directory, '--data', trained.bars, ...flags]
    const { code, stderr } = await ktrdr(args, { dataDir })
    const [flag, value] = flags
    expect(stderr).toContain(`Error: ${flag} is "${value}"; ${expected}\nCode: USAGE\n`)
    expect(code).toBe(2)
  })

  it('at its limit is taken', async () => {
    const limits = ['--slippage', '0.99', '--commission', '0.99', '--position-size', '1']
    const args = ['backtest', trained.directory, '--data', trained.bars, ...limits]
    expect(await ktrdr(args, { dataDir })).toMatchObject({ code: 0 })
  })
})

describe('KTRDR_FAULT', () => {
  it('that would do nothing is refused before anything is done', async () => {
    const dataDir = tempDir()
    const { code, stderr } = await ktrdr(['gc'], { dataDir, fault: 'save.begun:cancel' })
    expect(stderr).toContain('Error: KTRDR_FAULT cannot cancel at save.begun.\nCode: USAGE\n')
    expect(code).toBe(2)
  })
})

describe('config show', () => {
  const env = { KTRDR_CHECKPOINT_KEEP_LAST: '5', KTRDR_CHECKPOINT_KEEP_LST: '6' }

  it('tells every setting and where it came from, and makes nothing', async () => {
    const cwd = tempDir()
    const dataDir = join(cwd, 'never')
    writeFileSync(join(cwd, 'ktrdr.yaml'), 'checkpoint: { keep_best: 2 }\n')
    const { code, stdout, stderr } = await ktrdr(['config', 'show', 'checkpoint'], {
      dataDir,
      cwd,
      env: { ...env, KTRDR_ENCRYPTION_KEY: 'abcdef', HOME: cwd, XDG_CONFIG_HOME: '' },
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(screenDifference('config-show', stdout)).toBe('')
    expect(stdout).not.toContain('abcdef')
    expect(existsSync(dataDir)).toBe(false)
  })

  it('is one document with --json', async () => {
    const { json } = await ktrdr(['config', 'show', 'checkpoint.keep_last', '--json'], {
      dataDir: '/nowhere',
      env,
    })
    expect(json()).toMatchObject({
      settings: [
        {
          key: 'checkpoint.keep_last',
          value: 5,
          text: '5',
          origin: { kind: 'environment', name: 'KTRDR_CHECKPOINT_KEEP_LAST' },
        },
      ],
      warnings: [expect.stringContaining('KTRDR_CHECKPOINT_KEEP_LST')],
    })
  })

  it('refuses what is no setting', async () => {
    const { code, stderr } = await ktrdr(['config', 'show', 'keep_last'], { dataDir: '/nowhere' })
    expect(code).toBe(2)
    expect(stderr).toContain('There is no setting "keep_last".')
  })

  it('has its places beside it', async () => {
    const { stdout } = await ktrdr(['config', 'path'], { dataDir: '/nowhere' })
    expect(stdout).toMatch(/^database {2,}\/nowhere\/ktrdr\.db$/m)
  })
})

describe('log.level', () => {
  const world = makeWorld()
  afterAll(() => world.remove())

  it.each([
    ['debug', true, true],
    ['info', false, true],
    ['error', false, false],
  ])('%s: the log tells that it loads %s, that it started %s', async (level, loading, started) => {
    const dataDir = world.dataDir(level)
    const options = { dataDir, env: { KTRDR_LOG_LEVEL: level } }
    await ktrdr(world.train('--epochs', '1'), options)
    const { stdout } = await ktrdr(['operations', 'logs', 'latest'], options)
    expect([/ loading$/m.test(stdout), / started$/m.test(stdout)]).toEqual([loading, started])
    const later = await ktrdr(['operations', 'logs', 'latest'], { dataDir })
    expect(later.stdout, 'what is written is written').toMatch(/ started$/m)
  })

  it('silent: there is no log, and whoever watches is told so', async () => {
    const dataDir = world.dataDir('silent')
    const options = { dataDir, env: { KTRDR_LOG_LEVEL: 'silent' } }
    await ktrdr(world.train('--epochs', '1'), options)
    const { stderr, code } = await ktrdr(['operations', 'watch', 'latest'], { dataDir })
    expect(stderr).toMatch(/^! op_training_\S+ keeps no log: seen are its saves alone\./)
    expect(code).toBe(0)
  })
})
