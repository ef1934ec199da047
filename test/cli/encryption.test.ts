import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { ktrdr, type RunResult } from '../support/program.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
let straight: string
beforeAll(async () => {
  world = makeWorld({ epochs: 4 })
  const run = await ktrdr([...world.train(), '--json'], { dataDir: world.dataDir('straight') })
  straight = run.json().model.sha256
  return world.remove
})

const ENCRYPTED = {
  KTRDR_CHECKPOINT_ENCRYPTION: 'aes-256-gcm',
  KTRDR_ENCRYPTION_PASSPHRASE: 'correct horse battery staple',
}

/** However busy the machine is: each save waits for the one before. */
const EVERY_SAVE = [40, 60, 80].map((batch) => `batch@${batch}:flush`).join(',')

const cancelled = (dataDir: string, env: Readonly<Record<string, string>>): Promise<RunResult> =>
  ktrdr([...world.train('--checkpoint-every', '20batches'), '--json'], {
    dataDir,
    env,
    fault: `${EVERY_SAVE},batch@90:cancel`,
  })

const packNames = (dataDir: string): string[] =>
  readdirSync(join(dataDir, 'packs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.safetensors'))
    .toSorted()

const packs = (dataDir: string): Buffer[] =>
  packNames(dataDir).map((name) => readFileSync(join(dataDir, 'packs', name)))

/** The key at hand, and nothing that says to encrypt. */
const KEY_ONLY = { KTRDR_ENCRYPTION_PASSPHRASE: ENCRYPTED.KTRDR_ENCRYPTION_PASSPHRASE }

/** Everything of the state stands in sealed packs. */
function expectSealed(dataDir: string): void {
  expect(packs(dataDir).length).toBeGreaterThan(1)
  for (const pack of packs(dataDir)) {
    expect(pack.includes('sealed')).toBe(true)
    for (const word of ['model.', 'history', 'patience', 'walk'])
      expect(pack.includes(word)).toBe(false)
  }
  const db = openDatabase(join(dataDir, 'ktrdr.db'))
  const inline = db.prepare('SELECT count(*) FROM blob WHERE inline IS NOT NULL').pluck().get()
  db.close()
  expect(inline, 'nothing stands in the database').toBe(0)
}

describe('an encrypted run', () => {
  it('resumes to the same bytes, and its packs show nothing of the state', async () => {
    const dataDir = world.dataDir('encrypted')
    expect((await cancelled(dataDir, ENCRYPTED)).code).toBe(130)
    expectSealed(dataDir)
    expect(readFileSync(join(dataDir, 'ktrdr.db')).includes('"patience"'), 'nor the rows').toBe(
      false,
    )
    const shown = await ktrdr(['checkpoints', 'show', 'latest', '--json'], {
      dataDir,
      env: ENCRYPTED,
    })
    expect(shown.json().damage).toBeNull()
    const resumed = await ktrdr(['operations', 'resume', 'latest', '--json'], {
      dataDir,
      env: ENCRYPTED,
    })
    expect(resumed.json().model.sha256).toBe(straight)
  })

  it('stays encrypted when it is resumed with only its key at hand, and when it is compacted', async () => {
    const dataDir = world.dataDir('stays')
    await cancelled(dataDir, { ...ENCRYPTED, KTRDR_CHECKPOINT_KEEP_LAST: '13' })
    const before = packNames(dataDir)
    const again = await ktrdr(['operations', 'resume', 'latest'], {
      dataDir,
      env: KEY_ONLY,
      fault: 'batch@150:cancel',
    })
    expect(again.code).toBe(130)
    expect(packNames(dataDir).length).toBeGreaterThan(before.length)
    expectSealed(dataDir)
    const compacted = await ktrdr(['checkpoints', 'compact', 'latest', '--json'], {
      dataDir,
      env: KEY_ONLY,
    })
    expect(compacted.json().deltas, compacted.stderr).toBeGreaterThan(0)
    expect(packNames(dataDir).some((name) => name.includes('-c1.'))).toBe(true)
    expectSealed(dataDir)
    const resumed = await ktrdr(['operations', 'resume', 'latest', '--json'], {
      dataDir,
      env: KEY_ONLY,
    })
    expect(resumed.json().model.sha256).toBe(straight)
  })

  it('comes back from its packs with its key; without it, what is missing is named', async () => {
    const dataDir = world.dataDir('rebuilt')
    await cancelled(dataDir, ENCRYPTED)
    for (const name of readdirSync(dataDir))
      if (name.startsWith('ktrdr.db')) rmSync(join(dataDir, name))
    const names = packNames(dataDir)
    const locked = await ktrdr(['doctor', '--rebuild'], { dataDir })
    expect(locked.code).toBe(3)
    for (const name of names)
      expect(locked.stdout).toContain(`${name} is encrypted, and its key is not at hand`)
    expect(packNames(dataDir), 'they stay').toEqual(names)
    const rebuilt = await ktrdr(['doctor', '--rebuild'], { dataDir, env: KEY_ONLY })
    expect(rebuilt.code, rebuilt.stdout).toBe(0)
    const resumed = await ktrdr(['operations', 'resume', 'latest', '--json'], {
      dataDir,
      env: KEY_ONLY,
    })
    expect(resumed.json().model.sha256).toBe(straight)
  })

  it('without its key, or with another, is refused and stays as it was', async () => {
    const dataDir = world.dataDir('locked')
    await cancelled(dataDir, ENCRYPTED)
    for (const [env, message] of [
      [{}, 'is encrypted, and its key is not at hand'],
      [{ ...ENCRYPTED, KTRDR_ENCRYPTION_PASSPHRASE: 'guess' }, 'This is not the passphrase'],
    ] as const) {
      const refused = await ktrdr(['operations', 'resume', 'latest'], { dataDir, env })
      expect(refused.code).toBe(6)
      expect(refused.stderr).toContain(message)
    }
    const list = await ktrdr(['operations', 'list', '--json'], { dataDir })
    expect(list.json().operations[0]).toMatchObject({ status: 'cancelled', resumable: true })
  })

  it('goes on under a new key after a rekey, without a pack being written again', async () => {
    const dataDir = world.dataDir('rekeyed')
    await cancelled(dataDir, ENCRYPTED)
    const before = packs(dataDir)
    const keyFile = join(world.directory, 'new.key')
    writeFileSync(keyFile, '0123456789abcdef'.repeat(4))
    const rekeyed = await ktrdr(['checkpoints', 'rekey', '--new-key-file', keyFile, '--json'], {
      dataDir,
      env: ENCRYPTED,
    })
    expect(rekeyed.json(), rekeyed.stderr).toEqual({ keys: 1 })
    expect(packs(dataDir)).toEqual(before)
    const old = await ktrdr(['operations', 'resume', 'latest'], { dataDir, env: ENCRYPTED })
    expect(old.code).toBe(6)
    const resumed = await ktrdr(['operations', 'resume', 'latest', '--json'], {
      dataDir,
      env: { KTRDR_CHECKPOINT_KEY_FILE: keyFile },
    })
    expect(resumed.json().model.sha256, 'also with encryption switched off again').toBe(straight)
  })
})

it('encryption without a key is refused before anything is started', async () => {
  const dataDir = world.dataDir('keyless')
  const refused = await ktrdr(world.train(), {
    dataDir,
    env: { KTRDR_CHECKPOINT_ENCRYPTION: 'aes-256-gcm' },
  })
  expect(refused.code).toBe(6)
  expect(refused.stderr).toContain('there is no key to do it with')
  const list = await ktrdr(['operations', 'list', '--json'], { dataDir })
  expect(list.json().total).toBe(0)
})
