// A data directory that is not well: what doctor says of it, and what it makes again.

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileSystemOf } from '../../src/runtime/file-system.ts'
import { ktrdr, PROGRAMS, type RunResult } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
let reference: string

const EVERY_SAVE = [40, 60, 80, 100, 120, 140].map((batch) => `batch@${batch}:flush`).join(',')
const TRAIN = ['--epochs', '4', '--checkpoint-every', '20batches', '--progress', 'none'] as const

const run = (dataDir: string, ...args: string[]): Promise<RunResult> => ktrdr(args, { dataDir })

function modelOf(path: string): string {
  return ['model.safetensors', 'history.json']
    .map((name) => readFileSync(join(path, name)).toString('base64'))
    .join()
}

/** Killed, resumed, killed again. */
async function killedTwice(name: string): Promise<string> {
  const dataDir = world.dataDir(name)
  await ktrdr(world.train(...TRAIN), { dataDir, fault: `${EVERY_SAVE},batch@90:kill` })
  const again = await ktrdr(['operations', 'resume', 'latest', '--progress', 'none'], {
    dataDir,
    fault: `${EVERY_SAVE},batch@150:kill`,
  })
  expect(again.signal).toBe('SIGKILL')
  return dataDir
}

function removeDatabase(dataDir: string): void {
  for (const name of readdirSync(dataDir))
    if (name.startsWith('ktrdr.db')) rmSync(join(dataDir, name))
}

beforeAll(async () => {
  const straight = await ktrdr(world.train(...TRAIN, '--json'), { dataDir: world.dataDir('ref') })
  reference = modelOf(straight.json().model.path)
})
afterAll(world.remove)

describe('doctor', () => {
  it('finds nothing, creates nothing', async () => {
    const dataDir = world.dataDir('new')
    const { code, stdout, stderr } = await run(dataDir, 'doctor')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(screenDifference('doctor-new', stdout)).toBe('')
    expect(existsSync(dataDir)).toBe(false)
    const used = await run(world.dataDir('ref'), 'doctor')
    expect(screenDifference('doctor', used.stdout)).toBe('')
  })

  it('exits with 6 and says what to type when the database is gone', async () => {
    const dataDir = await killedTwice('gone')
    removeDatabase(dataDir)
    const { code, stdout, stderr } = await run(dataDir, 'doctor')
    expect(code).toBe(6)
    expect(screenDifference('doctor-gone', stdout)).toBe('')
    expect(screenDifference('error-doctor', stderr)).toBe('')
    expect(existsSync(join(dataDir, 'ktrdr.db'))).toBe(false)
  })
})

/** A copy of the program, to break. */
function programCopy(name: string) {
  const directory = join(world.directory, name)
  cpSync(dirname(PROGRAMS.bundle[1]), directory, { recursive: true })
  const doctor = (): Promise<RunResult> =>
    ktrdr(['doctor', '--json'], {
      dataDir: world.dataDir('ref'),
      entry: join(directory, 'ktrdr.cjs'),
    })
  return { directory, doctor }
}

/** What a check says. */
const findingOf = ({ json }: RunResult, check: string) => {
  const { findings, error } = json()
  return (findings ?? error.details.findings).find((one: { check: string }) => one.check === check)
}

describe('doctor, when a part of the program is broken,', () => {
  it.each([
    ['program', 'better_sqlite3.node', /^SQLite cannot be loaded: /],
    ['worker', 'worker.cjs', /^a thread cannot be started: /],
    ['kernel', 'kernel-narrow.wasm', /^networks cannot be trained: /],
  ])('says that it is the %s', async (check, file, message) => {
    const { directory, doctor } = programCopy(`broken-${check}`)
    writeFileSync(join(directory, file), 'broken')
    const result = await doctor()
    expect(result.code).toBe(1)
    expect(result.json().error.code).toBe('IO_FAILED')
    const { verdict, message: said, suggestions } = findingOf(result, check)
    expect(verdict).toBe('problem')
    expect(said).toMatch(message)
    expect(suggestions[0]).toContain('npm ci')
    for (const other of ['program', 'worker', 'kernel'].filter((one) => one !== check))
      expect(findingOf(result, other).verdict, other).toBe('ok')
  })
})

describe('doctor of a data directory', () => {
  async function examined(name: string, spoil: (dataDir: string) => void) {
    const dataDir = world.dataDir(name)
    await run(dataDir, 'operations', 'list')
    spoil(dataDir)
    return run(dataDir, 'doctor', '--json')
  }

  it('tells who may read it, and the command that mends it does', async () => {
    const result = await examined('open', (dataDir) => {
      chmodSync(dataDir, 0o755)
      chmodSync(join(dataDir, 'ktrdr.db'), 0o644)
    })
    expect(result.code, 'nothing is lost').toBe(0)
    const { verdict, message, suggestions } = findingOf(result, 'permissions')
    expect({ verdict, message }).toMatchObject({
      verdict: 'warning',
      message: expect.stringContaining(
        `others may read or write ${world.dataDir('open')}, ktrdr.db`,
      ),
    })
    execFileSync('sh', ['-c', suggestions[0]])
    expect(findingOf(await run(world.dataDir('open'), 'doctor', '--json'), 'permissions')).toEqual(
      expect.objectContaining({ verdict: 'ok' }),
    )
  })

  it('tells of files from the future', async () => {
    const result = await examined('future', (dataDir) => {
      const nextYear = Date.now() / 1000 + 365 * 86_400
      utimesSync(join(dataDir, 'ktrdr.db'), nextYear, nextYear)
    })
    expect(findingOf(result, 'clock')).toMatchObject({ verdict: 'warning' })
  })

  it('tells of a journal that another program has switched', async () => {
    const result = await examined('journal', (dataDir) => {
      const db = new Database(join(dataDir, 'ktrdr.db'))
      db.pragma('journal_mode = DELETE')
      db.close()
    })
    const { verdict, message } = findingOf(result, 'journal')
    expect({ verdict, message }).toMatchObject({
      verdict: 'warning',
      message: expect.stringContaining('journal delete'),
    })
    await run(world.dataDir('journal'), 'operations', 'list') // what it suggests
    const mended = await run(world.dataDir('journal'), 'doctor', '--json')
    expect(findingOf(mended, 'journal').verdict).toBe('ok')
  })

  it('tells of damaged checkpoints', async () => {
    const dataDir = await killedTwice('damaged')
    const [id] = readdirSync(join(dataDir, 'packs'))
    for (const pack of readdirSync(join(dataDir, 'packs', id!)))
      writeFileSync(join(dataDir, 'packs', id!, pack), 'broken')
    await run(dataDir, 'checkpoints', 'verify')
    const { verdict, message, suggestions } = findingOf(
      await run(dataDir, 'doctor', '--json'),
      'checkpoints',
    )
    expect(verdict).toBe('warning')
    expect(message).toContain(`${id}@`)
    expect(suggestions).toEqual(['ktrdr checkpoints verify --repair'])
  })

  it('tells of variables that do nothing', async () => {
    const { json } = await ktrdr(['doctor', '--json'], {
      dataDir: world.dataDir('ref'),
      env: { KTRDR_CHECKPOINT_KEEP_LST: '5' },
    })
    expect(json().findings).toContainEqual(
      expect.objectContaining({ check: 'environment', verdict: 'warning' }),
    )
  })

  it.runIf(fileSystemOf('/dev/shm').name === 'tmpfs')('tells that it lies in memory', async () => {
    const result = await run('/dev/shm/ktrdr-never', 'doctor', '--json')
    expect(findingOf(result, 'file system')).toMatchObject({
      verdict: 'warning',
      message: 'tmpfs: all of it is gone when the machine stops',
    })
  })
})

describe.concurrent('doctor --rebuild', () => {
  it('of a lost database brings back a killed training, which resumes to the same bytes', async () => {
    const dataDir = await killedTwice('lost')
    removeDatabase(dataDir)
    const { code, stdout } = await run(dataDir, 'doctor', '--rebuild')
    expect(screenDifference('doctor-rebuild', stdout)).toBe('')
    expect(code).toBe(0)
    expect((await run(dataDir, 'checkpoints', 'verify')).code).toBe(0)
    const resumed = await run(dataDir, 'operations', 'resume', 'latest', '--json')
    expect(modelOf(resumed.json().model.path)).toBe(reference)
  })

  it('does so when another command was first and made an empty database', async () => {
    const dataDir = await killedTwice('empty')
    removeDatabase(dataDir)
    await run(dataDir, 'operations', 'list')
    const swept = await run(dataDir, 'gc')
    expect(swept.stdout, 'gc leaves packs of the unknown alone').toContain('Left alone')
    expect((await run(dataDir, 'doctor')).code).toBe(6)
    expect((await run(dataDir, 'doctor', '--rebuild')).code).toBe(0)
    const resumed = await run(dataDir, 'operations', 'resume', 'latest', '--json')
    expect(modelOf(resumed.json().model.path)).toBe(reference)
  })

  it('moves a broken database aside, and says what cannot come back', async () => {
    const dataDir = await killedTwice('broken')
    await ktrdr(world.train('--epochs', '1', '--progress', 'none'), { dataDir })
    // A backtest without a pack: all of it stands in the database.
    const fault = 'bar@700:cancel'
    await ktrdr(world.backtest('--checkpoint-every', '250bars', '--progress', 'none'), {
      dataDir,
      fault,
    })
    removeDatabase(dataDir)
    writeFileSync(join(dataDir, 'ktrdr.db'), 'no database at all')
    const { code, stdout, stderr } = await run(dataDir, 'doctor', '--rebuild')
    expect(screenDifference('doctor-rebuild-broken', stdout)).toBe('')
    expect(stderr).toContain('Code: REPAIR_INCOMPLETE')
    expect(code).toBe(3)
    const aside = readdirSync(dataDir).find((name) => name.includes('.broken-'))!
    expect(readFileSync(join(dataDir, aside), 'utf8')).toBe('no database at all')
    expect((await run(dataDir, 'doctor')).code).toBe(0)
    const again = await run(dataDir, 'backtest', 'walk', '--data', world.bars, '--json')
    expect(again.code, 'the model is registered again').toBe(0)
  })

  it('has nothing to do where nothing is wrong', async () => {
    const { code, stdout } = await run(world.dataDir('ref'), 'doctor', '--rebuild')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Nothing to rebuild.\n' })
  })
})
