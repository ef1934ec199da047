import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
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

const cancelled = (dataDir: string, env: Readonly<Record<string, string>>): Promise<RunResult> =>
  ktrdr([...world.train('--checkpoint-every', '20batches'), '--json'], {
    dataDir,
    env,
    fault: 'batch@90:cancel',
  })

const packs = (dataDir: string): Buffer[] =>
  readdirSync(join(dataDir, 'packs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.safetensors'))
    .map((name) => readFileSync(join(dataDir, 'packs', name)))

describe('an encrypted run', () => {
  it('resumes to the same bytes, and its packs show nothing of the state', async () => {
    const dataDir = world.dataDir('encrypted')
    expect((await cancelled(dataDir, ENCRYPTED)).code).toBe(130)
    expect(packs(dataDir).length).toBeGreaterThan(1)
    for (const pack of packs(dataDir)) {
      expect(pack.includes('sealed')).toBe(true)
      for (const word of ['model.', 'history', 'patience', 'walk'])
        expect(pack.includes(word)).toBe(false)
    }
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
