// The one file to download: alone in an empty directory, with nothing on the path and nothing in the environment.

import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PART_FILES } from '../../scripts/parts.ts'
import { sha256 } from '../../src/core/hash.ts'
import { PROGRAMS, ROOT } from '../support/program.ts'
import { directoriesOfFile, spawned } from '../support/spawned.ts'

const directory = directoriesOfFile()

/** An empty machine: a home, and a directory to work in with the two files of the example. */
function emptyMachine(name: string) {
  const home = directory(name)
  const cwd = directory(join(name, 'work'))
  for (const file of ['strategies/pullback.yaml', 'data/sp500-1d.csv'])
    copyFileSync(join(ROOT, 'examples', file), join(cwd, file.split('/')[1]!))
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawned(PROGRAMS.executable[0], args, { cwd, env: { HOME: home, ...env } })
  return { home, cwd, run }
}

const TRAIN = 'train pullback --data sp500-1d.csv --end 2016-12-31 --epochs 3'.split(' ')

describe.concurrent('the executable', () => {
  it('trains, dies, resumes to the same bytes and backtests, alone on an empty machine', async () => {
    const { home, run, cwd } = emptyMachine('alone')
    const straight = await run([...TRAIN, '--json'])
    expect(straight).toMatchObject({ status: 0, stderr: '' })

    const often = ['--checkpoint-every', '20batches', '--progress', 'none']
    const killed = await run([...TRAIN, ...often], { KTRDR_FAULT: 'batch@60:kill' })
    expect(killed).toMatchObject({ signal: 'SIGKILL', stdout: '' })
    const resumed = await run(['operations', 'resume', 'latest', '--json'])
    expect(resumed).toMatchObject({ status: 0, stderr: '' })
    const [a, b] = [straight, resumed].map(({ stdout }) => JSON.parse(stdout))
    expect(b.resumedFrom, 'it did not begin anew').toMatchObject({ type: 'periodic' })
    expect(b.model.sha256).toBe(a.model.sha256)

    const data = ['--data', 'sp500-1d.csv', '--start', '2017-01-01']
    const tested = await run(['backtest', 'pullback', ...data, '--export', 'out', '--quiet'])
    expect(tested).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(join(cwd, 'out'))).toContain('trades.csv')
    const reported = await run(['report', 'latest', '--out', 'report.html'])
    expect(reported).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(join(cwd, 'report.html'), 'utf8'), 'with what draws it').toContain('uPlot=')
    expect(readdirSync(join(home, '.local/share/ktrdr')), 'where everybody looks for it').toContain(
      'ktrdr.db',
    )
  })

  it('shows the demo in an empty directory, as one document if that is asked for', async () => {
    const [HOME, cwd, TMPDIR] = ['home', 'empty', 'shown'].map(directory) as [
      string,
      string,
      string,
    ]
    const env = { HOME, TMPDIR }
    const { status, stdout } = await spawned(PROGRAMS.executable[0], ['demo', '--json'], {
      cwd,
      env,
    })
    expect(status).toBe(0)
    expect(readdirSync(cwd)).toEqual([])
    const { comparisons } = JSON.parse(stdout)
    expect(comparisons).toHaveLength(6)
    for (const comparison of comparisons) expect(comparison).toMatchObject({ isIdentical: true })
  })

  it.each([
    ['NODE_OPTIONS', '--bogus'],
    ['NODE_OPTIONS', '--require /nowhere.js'],
    ['NODE_PATH', '/nowhere'],
  ])('is not broken by %s=%s of the shell', async (variable, value) => {
    const { run } = emptyMachine(`shell${value.replaceAll(/\W/g, '')}`)
    const env = { [variable]: value }
    expect(await run(['--version'], env)).toMatchObject({ status: 0, stderr: '' })
    expect(await run([...TRAIN, '--quiet'], env)).toMatchObject({ status: 0, stderr: '' })
  })

  it('runs without a home when it is told where its data is', async () => {
    const { run, cwd } = emptyMachine('homeless')
    const env = { HOME: '', KTRDR_DATA_DIR: join(cwd, 'data') }
    expect(await run(['operations', 'list'], env)).toMatchObject({ status: 0, stderr: '' })
  })

  it('holds no path of the machine that built it', () => {
    for (const name of ['ktrdr.cjs', 'worker.cjs', ...PART_FILES])
      expect(readFileSync(join(ROOT, 'dist', 'bundle', name), 'utf8')).not.toContain(ROOT)
    expect(readFileSync(PROGRAMS.executable[0]).includes(join(ROOT, 'dist'))).toBe(false)
  })

  it('is the same to the byte when it is made again, with what lies beside it', async () => {
    const again = directory('again')
    const made = await spawned(process.execPath, ['scripts/package.mjs', join(again, 'ktrdr')], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] },
    })
    expect(made.status, made.stderr).toBe(0)
    const names = ['THIRD-PARTY-LICENSES', 'ktrdr', 'ktrdr.cdx.json']
    expect(readdirSync(again).toSorted()).toEqual(names)
    for (const name of names)
      expect(sha256(readFileSync(join(again, name))), name).toBe(
        sha256(readFileSync(join(dirname(PROGRAMS.executable[0]), name))),
      )
  })
})

describe('what lies beside the executable', () => {
  const beside = (name: string): string =>
    readFileSync(join(dirname(PROGRAMS.executable[0]), name), 'utf8')
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

  it('names all that it is made of, as it is locked', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
    const { bomFormat, specVersion, components } = JSON.parse(beside('ktrdr.cdx.json'))
    expect({ bomFormat, specVersion }).toEqual({ bomFormat: 'CycloneDX', specVersion: '1.6' })
    const versions = new Map<string, string>(
      components.map(({ group, name, version }: Record<string, string>) => [
        group === undefined ? name : `${group}/${name}`,
        version,
      ]),
    )
    for (const [name, version] of Object.entries(dependencies))
      expect(versions.get(name), name).toBe(version)
    expect(versions.get(`node-${process.platform}-${process.arch}`)).toBe(process.versions.node)
    expect(versions.get('sqlite')).toMatch(/^3\./)
    const lockedAs = new Set(
      Object.entries<Record<string, string>>(packages).map(([path, { version, integrity }]) => {
        const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
        return `pkg:npm/${name.replace('@', '%40')}@${version} ${integrity}`
      }),
    )
    const npm = components.filter(({ purl }: { purl: string }) => purl.startsWith('pkg:npm/'))
    for (const { purl, hashes } of npm) {
      const digest = Buffer.from(hashes[0].content, 'hex').toString('base64')
      expect(lockedAs.has(`${purl} sha512-${digest}`), purl).toBe(true)
    }
    const purls = components.map(({ purl }: { purl: string }) => purl)
    expect(new Set(purls).size).toBe(purls.length)
    for (const tool of ['vitest', 'esbuild', 'fast-check'])
      expect(versions.has(tool), `${tool} made it and is not in it`).toBe(false)
  })

  it('gives the licences of all of it', () => {
    const text = beside('THIRD-PARTY-LICENSES')
    for (const [name, version] of Object.entries(dependencies))
      expect(text).toContain(`${name} ${version as string}`)
    expect(text.match(/Permission is hereby granted/g)!.length).toBeGreaterThan(50)
    expect(text, 'of Node, with what is in it').toContain('OpenSSL')
  })
})
