// A data directory that is not well: what doctor says of it, and what it makes again.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ktrdr, type RunResult } from '../support/program.ts'
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
