// The ways in: the launcher of the package, npm, the sources, the bundle and the executable. All are one program.

import { cpSync, existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ktrdr, PROGRAMS, ROOT } from '../support/program.ts'
import { directoriesOfFile, spawned } from '../support/spawned.ts'

const directory = directoriesOfFile()

const VERSION = /^ktrdr\/\d+\.\d+\.\d+ \w+-\w+ node-v(2[2-9]|[3-9]\d)\.\d+\.\d+\n$/

const LAUNCHER = join(ROOT, 'scripts', 'ktrdr.mjs')

/** A command with the environment of a user. */
const run = (command: string, args: readonly string[], cwd = directory('elsewhere')) =>
  spawned(command, args, { cwd, env: { ...process.env, KTRDR_DATA_DIR: directory('data') } })

describe.concurrent('the launcher', () => {
  it('works from any directory, and paths are those of that directory', async () => {
    const args = [LAUNCHER, 'validate', 'strategies/pullback.yaml', '--json']
    const { status, stdout } = await run(process.execPath, args, join(ROOT, 'examples'))
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'pullback' })
  })

  it('passes on the exit code', async () => {
    const args = [LAUNCHER, 'operations', 'show', 'nobody']
    expect(await run(process.execPath, args)).toMatchObject({ status: 4, stdout: '' })
  })

  // An old Node is not everywhere; where there is one, it must find the new one that npm brought.
  const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find(existsSync)
  it.skipIf(oldNode === undefined)('runs under whatever Node the system has', async () => {
    const { stdout } = await run(oldNode!, [LAUNCHER, '--version'])
    expect(stdout).toMatch(VERSION)
  })

  it('works in a checkout and as a bundle whose path has characters with a meaning in URLs', async () => {
    const odd = directory('#1 100%25 a?b')
    for (const part of ['bin', 'commands', 'scripts', 'src', 'package.json'])
      cpSync(join(ROOT, part), join(odd, part), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(odd, 'node_modules'))
    cpSync(join(ROOT, 'dist', 'bundle'), join(odd, 'bundle'), { recursive: true })
    const train = ['train', 'strategies/pullback.yaml', '--data', 'data/sp500-1d.csv']
    for (const entry of ['scripts/ktrdr.mjs', 'bundle/ktrdr.cjs']) {
      const args = [join(odd, entry), ...train, '--epochs', '1', '--quiet']
      const { status, stderr } = await run(process.execPath, args, join(ROOT, 'examples'))
      expect({ status, stderr }, entry).toEqual({ status: 0, stderr: '' })
    }
  })

  it('and the bundle refuses a Node that is too old, before anything else', async () => {
    const old = join(directory('old'), 'old.cjs')
    writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '20.20.2' })`)
    const bundle = join(ROOT, 'dist', 'bundle', 'ktrdr.cjs')
    const { status, stdout, stderr } = await run(process.execPath, ['-r', old, bundle, '--version'])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^ktrdr needs Node 24 .*npm run package\n$/)
  })

  it('is what npm runs', async () => {
    const args = ['run', '--silent', 'ktrdr', '--', '--version']
    const { stdout } = await run('npm', args, ROOT)
    expect(stdout).toMatch(VERSION)
  })
})

describe.concurrent('every way in', () => {
  const programs = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]

  it.each(programs)('%s answers --version in one line', async (program) => {
    const { stdout, code } = await ktrdr(['--version'], { dataDir: directory('data'), program })
    expect(stdout).toMatch(VERSION)
    expect(code).toBe(0)
  })

  it('trains to the same bytes, and backtests to the same trades', async () => {
    const hashes = await Promise.all(
      programs.map(async (program) => {
        const options = { dataDir: directory(program), program, cwd: join(ROOT, 'examples') }
        const data = ['--data', 'data/sp500-1d.csv', '--json']
        const trained = await ktrdr(
          ['train', 'strategies/pullback.yaml', '--epochs', '2', ...data],
          options,
        )
        const tested = await ktrdr(['backtest', 'pullback', ...data], options)
        const { tradesSha256, equitySha256 } = tested.json()
        return [trained.json().model.sha256, tradesSha256, equitySha256]
      }),
    )
    const [first, ...others] = hashes
    for (const hash of first!) expect(hash).toMatch(/^[0-9a-f]{64}$/)
    for (const other of others) expect(other, programs.join(', ')).toEqual(first)
  })

  it.each(programs)('%s has a clear line for a directory that is gone', async (program) => {
    const gone = join(directory(`gone-${program}`), 'gone')
    const script = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'
    const args = ['-c', script, gone, ...PROGRAMS[program], 'operations', 'list']
    const { status, stderr } = await run('/bin/sh', args)
    expect(stderr).toMatch(/^Error: ktrdr could not go on: .*\nCode: IO_FAILED\n/m)
    expect(status).toBe(1)
  })
})
