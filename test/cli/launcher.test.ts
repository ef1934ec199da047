// The ways in: the launcher of the package, npm, the sources, the bundle and the executable. All are one program.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ktrdr, PROGRAMS, ROOT, tempDir } from '../support/program.ts'

const VERSION = /^ktrdr\/\d+\.\d+\.\d+ \w+-\w+ node-v(2[2-9]|[3-9]\d)\.\d+\.\d+\n$/

const LAUNCHER = join(ROOT, 'scripts', 'ktrdr.mjs')

function spawned(command: string, args: readonly string[], options: { cwd?: string } = {}) {
  const env = { ...process.env, KTRDR_DATA_DIR: tempDir() }
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env, ...options })
  return { status, stdout, stderr }
}

describe('the launcher', () => {
  it('works from any directory, and paths are those of that directory', () => {
    const cwd = join(ROOT, 'examples')
    const args = [LAUNCHER, 'validate', 'strategies/pullback.yaml', '--json']
    const { status, stdout } = spawned(process.execPath, args, { cwd })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'pullback' })
  })

  it('passes on the exit code', () => {
    const args = [LAUNCHER, 'operations', 'show', 'nobody']
    expect(spawned(process.execPath, args, { cwd: tempDir() })).toMatchObject({
      status: 4,
      stdout: '',
    })
  })

  // An old Node is not everywhere; where there is one, it must find the new one that npm brought.
  const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find(existsSync)
  it.skipIf(oldNode === undefined)('runs under whatever Node the system has', () => {
    expect(spawned(oldNode!, [LAUNCHER, '--version'], { cwd: tempDir() }).stdout).toMatch(VERSION)
  })

  it('is what npm runs', () => {
    const { stdout } = spawned('npm', ['run', '--silent', 'ktrdr', '--', '--version'], {
      cwd: ROOT,
    })
    expect(stdout).toMatch(VERSION)
  })
})

describe('every way in', () => {
  const programs = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]

  it.each(programs)('%s answers --version in one line', async (program) => {
    const { stdout, code } = await ktrdr(['--version'], { dataDir: tempDir(), program })
    expect(stdout).toMatch(VERSION)
    expect(code).toBe(0)
  })

  it('trains to the same bytes, and backtests to the same trades', async () => {
    const hashes = await Promise.all(
      programs.map(async (program) => {
        const options = { dataDir: tempDir(), program, cwd: ROOT }
        const data = ['--data', 'examples/data/sp500-1d.csv']
        const pullback = 'examples/strategies/pullback.yaml'
        const trained = await ktrdr(
          ['train', pullback, ...data, '--epochs', '2', '--json'],
          options,
        )
        const tested = await ktrdr(['backtest', 'pullback', ...data, '--json'], options)
        const { tradesSha256, equitySha256 } = tested.json()
        return [trained.json().model.sha256, tradesSha256, equitySha256]
      }),
    )
    const [first, ...others] = hashes
    expect(first).toEqual([/^/, /^/, /^/].map(() => expect.stringMatching(/^[0-9a-f]{64}$/)))
    for (const other of others) expect(other, programs.join(', ')).toEqual(first)
  })

  it.each(programs)('%s needs no current directory', async (program) => {
    const gone = join(tempDir(), 'gone')
    const [command, ...entry] = PROGRAMS[program]
    const script = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'
    const { status, stderr } = spawned('/bin/sh', ['-c', script, gone, command, ...entry, 'ops'])
    expect(stderr, 'a clear line, not a stack').toContain('Error: ktrdr could not go on: ')
    expect(status).toBe(1)
  })
})
