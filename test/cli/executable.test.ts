// The one file to download: alone in an empty directory, with nothing on the path and nothing in the environment.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROGRAMS, ROOT, tempDir } from '../support/program.ts'

const [EXECUTABLE] = PROGRAMS.executable

/** An empty machine: a home, a directory to work in, and the example's two files. */
function emptyMachine() {
  const home = tempDir()
  const cwd = join(home, 'work')
  mkdirSync(cwd)
  for (const file of ['strategies/pullback.yaml', 'data/sp500-1d.csv'])
    copyFileSync(join(ROOT, 'examples', file), join(cwd, file.split('/')[1]!))
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { status, signal, stdout, stderr } = spawnSync(EXECUTABLE, args, {
      cwd,
      env: { HOME: home, ...env },
      encoding: 'utf8',
      maxBuffer: 1e8,
    })
    return { status, signal, stdout, stderr }
  }
  return { home, cwd, run }
}

const TRAIN = [
  'train',
  'pullback',
  '--data',
  'sp500-1d.csv',
  '--end',
  '2016-12-31',
  '--epochs',
  '3',
]

describe('the executable', () => {
  it('trains, dies, resumes to the same bytes and backtests, alone on an empty machine', () => {
    const { home, run, cwd } = emptyMachine()
    const straight = run([...TRAIN, '--json'])
    expect(straight).toMatchObject({ status: 0, stderr: '' })

    const often = ['--checkpoint-every', '20batches', '--progress', 'none']
    const killed = run([...TRAIN, ...often], { KTRDR_FAULT: 'batch@60:kill' })
    expect(killed).toMatchObject({ signal: 'SIGKILL', stdout: '' })
    const resumed = run(['operations', 'resume', 'latest', '--json'])
    expect(resumed).toMatchObject({ status: 0, stderr: '' })
    const [a, b] = [straight, resumed].map(({ stdout }) => JSON.parse(stdout))
    expect(b.resumedFrom, 'it did not begin anew').toMatchObject({ type: 'periodic' })
    expect(b.model.sha256).toBe(a.model.sha256)

    const data = ['--data', 'sp500-1d.csv', '--start', '2017-01-01']
    const tested = run(['backtest', 'pullback', ...data, '--export', 'out', '--quiet'])
    expect(tested).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(join(cwd, 'out'))).toContain('trades.csv')
    expect(readdirSync(join(home, '.local/share/ktrdr')), 'where everybody looks for it').toContain(
      'ktrdr.db',
    )
  })

  it('shows the demo, as one document if that is asked for', () => {
    const { run } = emptyMachine()
    const { status, stdout } = run(['demo', '--json'], { TMPDIR: tempDir() })
    expect(status).toBe(0)
    const { comparisons } = JSON.parse(stdout)
    expect(comparisons).toHaveLength(6)
    for (const comparison of comparisons) expect(comparison).toMatchObject({ isIdentical: true })
  })

  it.each([
    { NODE_OPTIONS: '--bogus' },
    { NODE_OPTIONS: '--require /nowhere.js' },
    { NODE_PATH: '/nowhere' },
  ])('is not broken by %o of the shell', (env) => {
    const { run } = emptyMachine()
    expect(run(['--version'], env)).toMatchObject({ status: 0, stderr: '' })
    expect(run([...TRAIN, '--quiet'], env)).toMatchObject({ status: 0, stderr: '' })
  })

  it('runs without a home when it is told where its data is', () => {
    const { run, cwd } = emptyMachine()
    const env = { HOME: '', KTRDR_DATA_DIR: join(cwd, 'data') }
    expect(run(['operations', 'list'], env)).toMatchObject({ status: 0, stderr: '' })
  })

  it('holds no path of the machine that built it', () => {
    const bundle = join(ROOT, 'dist', 'bundle')
    for (const name of ['ktrdr.cjs', 'worker.cjs'])
      expect(readFileSync(join(bundle, name), 'utf8')).not.toContain(ROOT)
  })
})
