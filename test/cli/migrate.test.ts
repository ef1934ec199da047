// `ktrdr migrate`: what it writes, what it says, and what it leaves alone.

import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ktrdr, type RunResult } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'strategies-v2')

const base = mkdtempSync(join(tmpdir(), 'ktrdr-migrate-'))
beforeAll(() => () => rmSync(base, { recursive: true }))

const freshDirectory = (): string => mkdtempSync(join(base, 'test-'))

/** A directory with one old strategy, and how commands run in it. */
function place(fixture: string): {
  readonly cwd: string
  readonly run: (...args: string[]) => Promise<RunResult>
} {
  const cwd = freshDirectory()
  copyFileSync(join(FIXTURES, fixture), join(cwd, fixture))
  return { cwd, run: (...args) => ktrdr(args, { dataDir: join(cwd, 'data'), cwd }) }
}

describe.concurrent('an old strategy', () => {
  it('is told line by line, and is written anew beside itself', async () => {
    const { cwd, run } = place('dips.yaml')
    const { code, stdout } = await run('migrate', 'dips.yaml')
    expect(code).toBe(0)
    expect(screenDifference('migrate', stdout)).toBe('')
    expect((await run('validate', 'dips.v3.yaml')).code, 'what it says to type next').toBe(0)
    expect(readFileSync(join(cwd, 'dips.yaml'))).toEqual(readFileSync(join(FIXTURES, 'dips.yaml')))
  })

  it('is told to be migrated by whoever loads it', async () => {
    const { run } = place('flat.yaml')
    const { code, stderr } = await run('validate', 'flat.yaml')
    expect(code).toBe(7)
    expect(stderr).toContain('is a strategy of version 2 or older')
    expect(stderr).toContain('ktrdr migrate')
  })

  it('is shown, not written, with --dry-run', async () => {
    const { cwd, run } = place('flat.yaml')
    const { code, stdout } = await run('migrate', 'flat.yaml', '--dry-run')
    expect(code).toBe(0)
    expect(stdout).toContain('\nname: flat\n')
    const data = (await run('migrate', 'flat.yaml', '--dry-run', '--json')).json()
    expect(readdirSync(cwd)).toEqual(['flat.yaml'])
    expect(data).toMatchObject({ from: 1, written: false, problems: [] })
    expect(data.text).toContain('name: flat\n')
  })

  it('takes the name of the file that it is to become', async () => {
    const { cwd, run } = place('dips.yaml')
    const { code } = await run('migrate', 'dips.yaml', '--out', 'new/dips_3.yaml')
    expect(code).toBe(0)
    expect(readFileSync(join(cwd, 'new/dips_3.yaml'), 'utf8')).toContain('\nname: dips_3\n')
    expect((await run('validate', 'new/dips_3.yaml', '--json')).json()).toMatchObject({
      name: 'dips_3',
      warnings: [],
    })
  })

  it('replaces nothing unless it is told to', async () => {
    const { cwd, run } = place('dips.yaml')
    writeFileSync(join(cwd, 'dips.v3.yaml'), 'mine')
    const { code, stderr } = await run('migrate', 'dips.yaml')
    expect(code).toBe(2)
    expect(stderr).toContain('Try this: ktrdr migrate dips.yaml --force')
    expect(readFileSync(join(cwd, 'dips.v3.yaml'), 'utf8')).toBe('mine')
    expect((await run('migrate', 'dips.yaml', '--force')).code).toBe(0)
    expect(readFileSync(join(cwd, 'dips.v3.yaml'), 'utf8')).toContain('name: dips')
    expect(readdirSync(cwd).toSorted(), 'nothing is left behind').toEqual([
      'dips.v3.yaml',
      'dips.yaml',
    ])
  })

  it('of version 3 is left alone', async () => {
    const { cwd, run } = place('dips.yaml')
    await run('migrate', 'dips.yaml')
    const { code, stdout } = await run('migrate', 'dips.v3.yaml')
    expect(code).toBe(0)
    expect(stdout).toBe('dips.v3.yaml is version 3 already: nothing to do.\n')
    expect(readdirSync(cwd)).toHaveLength(2)
  })
})

describe.concurrent('one that would not load', () => {
  function broken() {
    const found = place('flat.yaml')
    const path = join(found.cwd, 'flat.yaml')
    writeFileSync(path, readFileSync(path, 'utf8').replace('period: 13', 'perid: 13'))
    return { ...found, next: join(found.cwd, 'flat.v3.yaml') }
  }
  const WHY = 'flat.v3.yaml:15:5 indicators.sma.perid: is not a parameter'

  it('is not written, and what is wrong is told', async () => {
    const { run, next } = broken()
    const { code, stdout, stderr } = await run('migrate', 'flat.yaml')
    expect(code).toBe(7)
    expect(stdout).toContain('moved    model.training.epochs: 25 → training.epochs')
    expect(stderr).toContain(WHY)
    expect(existsSync(next)).toBe(false)
  })

  it('is written by force, and what is wrong is told', async () => {
    const { run, next } = broken()
    const { code, stderr } = await run('migrate', 'flat.yaml', '--force')
    expect(code).toBe(7)
    expect(stderr).toContain(WHY)
    expect(stderr).toContain('Try this: ktrdr validate flat.v3.yaml')
    expect(readFileSync(next, 'utf8')).toContain('perid: 13')
  })
})

it('what is no strategy, or is not there, is not migrated', async () => {
  const cwd = freshDirectory()
  writeFileSync(join(cwd, 'list.yaml'), '[1, 2]')
  const run = (...args: string[]) => ktrdr(args, { dataDir: cwd, cwd })
  expect((await run('migrate', 'list.yaml')).code).toBe(7)
  expect((await run('migrate', 'nothing.yaml')).code).toBe(4)
})
