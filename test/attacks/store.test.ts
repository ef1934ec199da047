// The data directory, and what is written elsewhere: nobody else may read it, nothing in it reaches out of it, and no link
// that somebody has planted leads a write or a removal to another file.

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import { ktrdr, PROGRAMS, type RunResult } from '../support/program.ts'
import { directoriesOfFile, spawned } from '../support/spawned.ts'
import { barsCsv, makeWorld } from '../support/world.ts'

const directory = directoriesOfFile()
const world = makeWorld({ bars: 600, epochs: 2 })

const SMA_CROSS = `name: crossing
training_data:
  symbols: { mode: single, symbol: WALK }
  timeframes: { mode: single, timeframe: 1h }
rules:
  long: { enter: close crosses above open, exit: close crosses below open }
`

/** A data directory with a stopped training, a model and a result. */
async function usedStore(name: string): Promise<string> {
  const dataDir = world.dataDir(name)
  for (const args of [world.train(), world.backtest('--keep-checkpoints')])
    expect((await ktrdr([...args, '--quiet'], { dataDir })).code).toBe(0)
  await ktrdr(world.train('--quiet'), { dataDir, fault: 'batch@30:cancel' })
  return dataDir
}

let store: string

beforeAll(async () => {
  store = await usedStore('store')
  return world.remove
})

/** A copy, so that each test may harm its own. */
function copyOfStore(name: string): string {
  const copy = world.dataDir(name)
  cpSync(store, copy, { recursive: true })
  return copy
}

function ok({ code, stderr }: RunResult): void {
  expect(code, stderr).toBe(0)
}

function everythingIn(root: string): { path: string; isDirectory: boolean; mode: number }[] {
  return ['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' })].map((path) => {
    const stat = lstatSync(join(root, path))
    return { path, isDirectory: stat.isDirectory(), mode: stat.mode & 0o777 }
  })
}

describe('whoever else uses the machine', () => {
  it('may read and write nothing in the data directory, whatever the umask is', async () => {
    const cwd = directory('open')
    const dataDir = join(cwd, 'data')
    const many = join(cwd, 'many.csv')
    writeFileSync(many, barsCsv(60_000))
    utimesSync(many, 1e9, 1e9) // settled: its bars may be kept
    writeFileSync(join(cwd, 'crossing.yaml'), SMA_CROSS)
    const env = { ...process.env, KTRDR_DATA_DIR: dataDir, KTRDR_ENCRYPTION_PASSPHRASE: 'sesame' }
    const sealed = { ...env, KTRDR_CHECKPOINT_ENCRYPTION: 'aes-256-gcm' }
    const run = (args: readonly string[], changes: NodeJS.ProcessEnv = env) =>
      spawned('/bin/sh', ['-c', 'umask 000; exec "$@"', 'sh', ...PROGRAMS.bundle, ...args], {
        cwd,
        env: changes,
      })
    const ran = [
      await run(world.train('--keep-checkpoints'), sealed),
      await run(world.train('--checkpoint-every', '1epochs'), {
        ...env,
        KTRDR_FAULT: 'batch@30:kill',
      }),
      await run(['operations', 'resume', 'latest']),
      await run(['gc']),
      await run(['backtest', 'crossing.yaml', '--data', many]),
      await run(['report', 'latest']),
      await run(['doctor', '--rebuild']),
    ]
    expect(ran.map(({ status }) => status)).toEqual([0, null, 0, 0, 0, 0, 0])
    const found = everythingIn(dataDir)
    for (const kind of ['ktrdr.db', '.lock', '.jsonl', '.safetensors', '.html', '.bars', 'keys'])
      expect(
        found.some(({ path }) => path.includes(kind)),
        `${kind} is among them`,
      ).toBe(true)
    const open = found.filter(({ isDirectory, mode }) => mode !== (isDirectory ? 0o700 : 0o600))
    expect(open).toEqual([])
  })
})

describe.concurrent('a data directory that others can write to', () => {
  const WRITERS: readonly (readonly [what: string, path: string, mode: number])[] = [
    ['the world', '.', 0o777],
    ['the world, with a sticky bit', '.', 0o1777],
    ['a group', '.', 0o770],
    ['the world, its database', 'ktrdr.db', 0o666],
    ['the world, its packs', 'packs', 0o777],
  ]
  const COMMANDS = [
    ['operations', 'list'],
    ['backtest', world.strategy, '--data', world.bars],
    ['gc'],
    ['doctor', '--rebuild'],
  ]

  it.each(WRITERS)(
    'is refused, and the command that mends it does: %s',
    async (what, path, mode) => {
      const dataDir = copyOfStore(`writable-${what.replaceAll(/\W/g, '-')}`)
      chmodSync(join(dataDir, path), mode)
      const before = everythingIn(dataDir)
      for (const args of COMMANDS) {
        const { code, json } = await ktrdr([...args, '--json'], { dataDir })
        expect(code, args.join(' ')).toBe(1)
        expect(json().error).toMatchObject({
          code: 'IO_FAILED',
          message: expect.stringContaining('can be written by others'),
        })
      }
      expect(everythingIn(dataDir), 'nothing was opened').toEqual(before)
      const { code, json } = await ktrdr(['doctor', '--json'], { dataDir })
      expect(code).toBe(1)
      const finding = json().error.details.findings.find((one: any) => one.check === 'permissions')
      expect(finding).toMatchObject({ verdict: 'problem' })
      execFileSync('sh', ['-c', finding.suggestions[0]])
      ok(await ktrdr(['operations', 'list'], { dataDir }))
    },
  )

  it('is taken when the settings insist, and doctor still tells', async () => {
    const dataDir = copyOfStore('insisted')
    chmodSync(dataDir, 0o777)
    const env = { KTRDR_SHARED_DATA_DIR: 'true' }
    ok(await ktrdr(['operations', 'list'], { dataDir, env }))
    const { code, json } = await ktrdr(['doctor', '--json'], { dataDir, env })
    expect(code).toBe(0)
    expect(json().findings).toContainEqual(
      expect.objectContaining({ check: 'permissions', verdict: 'warning' }),
    )
  })
})

describe.concurrent('a link that somebody has planted', () => {
  const victimIn = (name: string) => {
    const cwd = directory(name)
    const victim = join(cwd, 'victim')
    writeFileSync(victim, 'precious\n')
    return { cwd, victim, isSafe: () => readFileSync(victim, 'utf8') === 'precious\n' }
  }
  it('in the place of an exported file is replaced, not followed', async () => {
    const { cwd, victim, isSafe } = victimIn('export')
    const out = join(cwd, 'out')
    mkdirSync(out)
    const names = [
      'metrics.json',
      'trades.csv',
      'equity.csv',
      'manifest.json',
      'equity.safetensors',
      'trades.parquet',
    ]
    for (const name of names) symlinkSync(victim, join(out, name))
    ok(await ktrdr(world.backtest('--export', out), { dataDir: copyOfStore('export') }))
    expect(isSafe()).toBe(true)
    for (const name of names) expect(lstatSync(join(out, name)).isFile(), name).toBe(true)
  })

  it.each([
    ['report', 'out.html', ['report', 'latest', '--force', '--out']],
    ['convert', 'out.csv', ['data', 'convert', world.bars, '--force']],
    ['features', 'out.csv', ['features', world.strategy, '--data', world.bars, '--force', '--out']],
  ])('in the place of what %s writes is replaced, not followed', async (name, file, args) => {
    const { cwd, victim, isSafe } = victimIn(name)
    symlinkSync(victim, join(cwd, file))
    const dataDir = copyOfStore(name)
    ok(await ktrdr(world.backtest('--quiet'), { dataDir }))
    ok(await ktrdr([...args, join(cwd, file)], { dataDir }))
    expect(isSafe()).toBe(true)
    expect(lstatSync(join(cwd, file)).isFile()).toBe(true)
  })

  it('in the place of a directory of packs loses nobody a file to gc', async () => {
    const { cwd } = victimIn('packs')
    const dataDir = copyOfStore('packs')
    const [id] = readdirSync(join(dataDir, 'packs'))
    const foreign = join(cwd, 'foreign')
    renameSync(join(dataDir, 'packs', id!), foreign)
    symlinkSync(foreign, join(dataDir, 'packs', id!))
    writeFileSync(join(foreign, 'letter.txt'), 'precious')
    ok(await ktrdr(['gc'], { dataDir }))
    expect(readFileSync(join(foreign, 'letter.txt'), 'utf8')).toBe('precious')
  })

  it('in the place of a directory of models loses nobody a file to gc', async () => {
    const { cwd } = victimIn('models')
    const dataDir = copyOfStore('models')
    const [id] = readdirSync(join(dataDir, 'packs'))
    const foreign = join(cwd, 'foreign')
    mkdirSync(join(foreign, `.tmp-${id}-0123456789ab`), { recursive: true })
    symlinkSync(foreign, join(dataDir, 'models', 'walk', 'LINK_1h'))
    ok(await ktrdr(['gc'], { dataDir }))
    expect(readdirSync(foreign)).toHaveLength(1)
  })

  it('as a file to be removed goes itself, and not what it leads to', async () => {
    const { victim, isSafe } = victimIn('orphan')
    const dataDir = copyOfStore('orphan')
    const [id] = readdirSync(join(dataDir, 'packs'))
    const link = join(dataDir, 'packs', id!, '9-9.safetensors')
    symlinkSync(victim, link)
    ok(await ktrdr(['gc'], { dataDir }))
    expect(lstatSync(link, { throwIfNoEntry: false })).toBeUndefined()
    expect(isSafe()).toBe(true)
  })
})

describe.concurrent('what lies in the data directory', () => {
  it('names no file outside of it: a manifest that does is not registered', async () => {
    const dataDir = copyOfStore('manifest')
    const secret = join(dirname(dataDir), 'secret')
    writeFileSync(secret, 'secret')
    const evil = join(dataDir, 'models', 'evil', 'X_1h', 'v1')
    cpSync(join(dataDir, 'models', 'walk', 'WALK_1h', 'v1'), evil, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(evil, 'manifest.json'), 'utf8'))
    const outside = `../../../../../${basename(secret)}`
    manifest.files[outside] = sha256('secret')
    writeFileSync(join(evil, 'manifest.json'), JSON.stringify(manifest))
    const { stdout } = await ktrdr(['doctor', '--rebuild'], { dataDir })
    expect(stdout).toContain(`manifest.json names ${outside}, which is no file of it`)
  })

  it.each<[string, (manifest: any) => void]>([
    ['a network that is a number', (manifest) => (manifest.network = 5)],
    ['a network of no known kind', (manifest) => (manifest.network = { type: '__proto__' })],
    ['layers without end', (manifest) => (manifest.network.hiddenLayers = Array(1e5).fill(1e9))],
    ['layers of a negative size', (manifest) => (manifest.network.hiddenLayers = [-1])],
    ['features that are a text', (manifest) => (manifest.features = 'all')],
    ['no features', (manifest) => (manifest.features = [])],
    ['features of the prototype', (manifest) => (manifest.features = ['__proto__', 'constructor'])],
    ['files that are a list', (manifest) => (manifest.files = ['../x'])],
    ['a future format', (manifest) => (manifest.format = 1e9)],
    ['nothing', (manifest) => Object.keys(manifest).forEach((key) => delete manifest[key])],
  ])('a model with %s is refused, and is no bug', async (what, change) => {
    const dataDir = copyOfStore(`model-${what.replaceAll(/\W/g, '-')}`)
    const model = join(directory(`model-${what.replaceAll(/\W/g, '-')}`), 'model')
    cpSync(join(dataDir, 'models', 'walk', 'WALK_1h', 'v1'), model, { recursive: true })
    const path = join(model, 'manifest.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8'))
    change(manifest)
    writeFileSync(path, JSON.stringify(manifest))
    const args = ['backtest', 'walk', '--model', model, '--data', world.bars]
    const { code, stderr } = await ktrdr(args, { dataDir })
    expect(code, stderr).toBe(6)
    expect(stderr).toMatch(/Code: (MODEL_CORRUPT|FORMAT_TOO_NEW|FINGERPRINT_CHANGED)/)
  })

  it.each(['../x', '/etc/x', 'A', '-x', 'a/b', 'a\\b', '1', 'x'.repeat(65), '__proto__', 'a b'])(
    'a checkpoint cannot be tagged %j',
    async (tag) => {
      const args = ['checkpoints', 'tag', 'latest@1', '--', tag]
      const { code, stderr } = await ktrdr(args, { dataDir: store })
      expect(code, stderr).toBe(2)
      expect(stderr).toContain('Code: USAGE')
    },
  )
})
