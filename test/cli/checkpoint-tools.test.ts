// What one can do with checkpoints, through the program: roll back, mark, compare, export, compact.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ktrdr, startKtrdr, type RunResult } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
let reference: string

/** A save every epoch, however busy the machine is: each waits for the one before. */
const EVERY_SAVE = [60, 110, 160, 210].map((batch) => `batch@${batch}:flush`).join(',')
const TRAIN = ['--epochs', '5', '--checkpoint-every', '1epochs', '--progress', 'none'] as const

const run = (dataDir: string, ...args: string[]): Promise<RunResult> => ktrdr(args, { dataDir })
const ask = async (dataDir: string, ...args: string[]): Promise<any> =>
  (await run(dataDir, ...args, '--json')).json()

function modelOf(document: { model: { path: string } }): string {
  return ['model.safetensors', 'history.json']
    .map((name) => readFileSync(join(document.model.path, name)).toString('base64'))
    .join()
}

/** A training with checkpoints of epochs 2, 3 and 4, the newest one inside epoch 5. */
async function stopped(name: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const dataDir = world.dataDir(name)
  const fault = `${EVERY_SAVE},batch@220:cancel`
  const { code, stderr } = await ktrdr(world.train(...TRAIN), { dataDir, fault, env })
  if (code !== 130) throw new Error(stderr)
  return dataDir
}

beforeAll(async () => {
  const straight = await ktrdr(world.train(...TRAIN, '--json'), { dataDir: world.dataDir('ref') })
  reference = modelOf(straight.json())
})
afterAll(world.remove)

describe.concurrent('rollback', () => {
  it('resumes from where it went back to, to the same bytes', async () => {
    const dataDir = await stopped('back')
    const { stdout } = await run(dataDir, 'checkpoints', 'rollback', 'latest@3')
    expect(screenDifference('checkpoints-rollback', stdout)).toBe('')
    const listed = await run(dataDir, 'checkpoints', 'list')
    expect(screenDifference('checkpoints-list-rolled-back', listed.stdout)).toBe('')
    const [operation] = (await ask(dataDir, 'operations', 'list')).operations
    expect(operation).toMatchObject({ checkpoint: { seq: 3 }, progress: 0.6, resumable: true })
    const resumed = await ask(dataDir, 'operations', 'resume', 'latest', '--progress', 'none')
    expect(resumed.resumedFrom).toMatchObject({ seq: 3, epoch: 3 })
    expect(modelOf(resumed)).toBe(reference)
    const { attempts } = await ask(dataDir, 'operations', 'show', 'latest')
    expect(attempts.map((one: any) => one.resumedFrom?.seq ?? null)).toEqual([null, 3])
  })

  it('goes forward again, and gives no number twice', async () => {
    const dataDir = await stopped('forward')
    await run(dataDir, 'checkpoints', 'rollback', 'latest@3')
    const fault = 'batch@190:cancel'
    await ktrdr(['operations', 'resume', 'latest', '--progress', 'none'], { dataDir, fault })
    const seqs = (await ask(dataDir, 'checkpoints', 'list')).checkpoints.map((c: any) => c.seq)
    expect(seqs, 'newer than all there were').toEqual([6, 5, 4, 3])
    const forward = await ask(dataDir, 'checkpoints', 'rollback', 'latest@5')
    expect(forward).toMatchObject({
      checkpoint: { seq: 5, superseded: false },
      operation: { status: 'cancelled' },
      leftBehind: [6, 4],
      wasCompleted: false,
    })
    const resumed = await ask(dataDir, 'operations', 'resume', 'latest', '--progress', 'none')
    expect(resumed.resumedFrom).toMatchObject({ seq: 5 })
    expect(modelOf(resumed)).toBe(reference)
  })

  it('takes up a completed operation whose checkpoints were kept; its model stays', async () => {
    const dataDir = world.dataDir('completed')
    const fault = EVERY_SAVE
    const first = await ktrdr(world.train(...TRAIN, '--keep-checkpoints', '--json'), {
      dataDir,
      fault,
    })
    const { checkpoints } = await ask(dataDir, 'checkpoints', 'list')
    const seq = checkpoints.at(-1).seq
    const { stdout } = await run(dataDir, 'checkpoints', 'rollback', `latest@${seq}`)
    expect(stdout).toContain('It was COMPLETED and is CANCELLED now; what it published stays.')
    expect(await ask(dataDir, 'operations', 'show', 'latest')).toMatchObject({
      status: 'cancelled',
      resumable: true,
    })
    const again = await ask(dataDir, 'operations', 'resume', 'latest', '--progress', 'none')
    expect(again.model.version).toBe(2)
    expect(modelOf(again)).toBe(reference)
    expect(modelOf(first.json()), 'version 1 is as it was').toBe(reference)
  })

  it('to a damaged checkpoint exits with 6 and changes nothing', async () => {
    const dataDir = await stopped('damaged')
    const { path } = await ask(dataDir, 'checkpoints', 'show', 'latest@3')
    const pack = join(dataDir, 'packs', path)
    writeFileSync(pack, readFileSync(pack).subarray(1))
    const before = await ask(dataDir, 'operations', 'show', 'latest')
    const { code, stderr } = await run(dataDir, 'checkpoints', 'rollback', 'latest@3')
    expect(code).toBe(6)
    expect(stderr).toContain('Code: CHECKPOINT_CORRUPT')
    const { status, progress, attempts } = await ask(dataDir, 'operations', 'show', 'latest')
    expect({ status, progress, attempts }).toEqual({
      status: before.status,
      progress: before.progress,
      attempts: before.attempts,
    })
  })

  it('needs to be told which', async () => {
    const dataDir = await stopped('which')
    for (const command of ['rollback', 'pin', 'unpin']) {
      const { code, stderr } = await run(dataDir, 'checkpoints', command, 'latest')
      expect({ command, code }).toEqual({ command, code: 2 })
      expect(stderr).toMatch(/Try this: op_training_\w+@5/)
    }
  })
})

describe.concurrent('a running operation', () => {
  it('is neither rolled back, nor marked, nor compacted', async () => {
    const dataDir = world.dataDir('running')
    const running = startKtrdr(
      world.train('--epochs', '9000', '--checkpoint-every', '1epochs', '--progress', 'json'),
      { dataDir },
    )
    try {
      while (!running.stderr().includes('"saved"')) await new Promise((go) => setTimeout(go, 20))
      // Pinning by number would race with the retention of the run: the newest is named by what is there now.
      for (const action of ['rollback', 'pin', 'unpin', 'compact']) {
        const { seq } = (await ask(dataDir, 'checkpoints', 'show', 'latest')) as { seq: number }
        const name = action === 'compact' ? 'latest' : `latest@${seq}`
        const { code, stderr } = await run(dataDir, 'checkpoints', action, name)
        if (stderr.includes('CHECKPOINT_NOT_FOUND')) continue // replaced meanwhile
        expect({ action, code }).toEqual({ action, code: 5 })
        expect(stderr).toContain('Code: OPERATION_ALREADY_RUNNING')
      }
    } finally {
      running.child.kill('SIGKILL')
      await running.done
    }
  })
})

describe('marks', () => {
  it('are shown, filtered by, and stand for the checkpoint', async () => {
    const dataDir = await stopped('marks')
    const tagged = await run(dataDir, 'checkpoints', 'tag', 'latest@4', 'gold', '--note', 'good')
    expect(screenDifference('checkpoints-tag', tagged.stdout)).toBe('')
    await run(dataDir, 'checkpoints', 'pin', 'latest@gold')
    await run(dataDir, 'checkpoints', 'pin', 'latest@3')
    const { stdout } = await run(dataDir, 'checkpoints', 'list')
    expect(screenDifference('checkpoints-list-marked', stdout)).toBe('')
    const listed = async (...flags: string[]): Promise<number[]> =>
      (await ask(dataDir, 'checkpoints', 'list', ...flags)).checkpoints.map((c: any) => c.seq)
    expect(await listed('--tag', 'gold')).toEqual([4])
    expect(await listed('--pinned')).toEqual([4, 3])
    expect(await listed('--damaged')).toEqual([])
    expect(await listed('--status', 'cancelled')).toEqual([5, 4, 3])
    expect(await listed('--status', 'failed')).toEqual([])
    expect(await ask(dataDir, 'checkpoints', 'show', 'latest@gold')).toMatchObject({
      seq: 4,
      pinned: true,
      tag: 'gold',
      note: 'good',
    })
    expect(await ask(dataDir, 'checkpoints', 'unpin', 'latest@gold')).toMatchObject({
      pinned: false,
    })
    expect(await ask(dataDir, 'checkpoints', 'tag', 'latest@gold', '--remove')).toMatchObject({
      seq: 4,
      tag: null,
    })
    expect((await run(dataDir, 'checkpoints', 'show', 'latest@gold')).code).toBe(4)
    expect((await run(dataDir, 'checkpoints', 'tag', 'latest@4', '-x')).code).toBe(2)
    expect((await run(dataDir, 'checkpoints', 'tag', 'latest@4')).code).toBe(2)
  })
})

describe('diff', () => {
  it('tells what differs, and that nothing does', async () => {
    const dataDir = await stopped('diff')
    const { stdout, code } = await run(dataDir, 'checkpoints', 'diff', 'latest@3', 'latest@4')
    expect(code).toBe(0)
    expect(screenDifference('checkpoints-diff', stdout)).toBe('')
    const same = await run(dataDir, 'checkpoints', 'diff', 'latest@3', 'latest@3')
    expect(same.stdout).toContain('They are the same, byte for byte.')
    const document = await ask(dataDir, 'checkpoints', 'diff', 'latest@3', 'latest@4')
    expect(document).toMatchObject({
      a: { seq: 3 },
      b: { seq: 4 },
      cursor: [{ path: 'at', a: 3, b: 4 }],
      rows: [{ name: 'history', rowsA: 3, rowsB: 4, same: 3 }],
    })
  })
})

describe('export', () => {
  it('writes files that open elsewhere, once', async () => {
    const dataDir = await stopped('export')
    const target = join(world.directory, 'exported')
    const { stdout } = await run(dataDir, 'checkpoints', 'export', 'latest@4', target)
    expect(screenDifference('checkpoints-export', stdout)).toBe('')
    expect(readdirSync(target).toSorted()).toEqual([
      'best.safetensors',
      'checkpoint.json',
      'model.safetensors',
      'optimizer.safetensors',
    ])
    const again = await run(dataDir, 'checkpoints', 'export', 'latest@4', target)
    expect(again.code).toBe(2)
    expect(screenDifference('error-export-taken', again.stderr)).toBe('')
    const file = join(world.directory, 'weights.safetensors')
    expect(await ask(dataDir, 'checkpoints', 'export', 'latest', file)).toMatchObject({
      path: file,
      checkpoint: { seq: 5 },
      bytes: readFileSync(file).length,
    })
  })
})

describe('compact', () => {
  it('leaves a pack a lane and the same checkpoints, from which a resume gives the same bytes', async () => {
    const dataDir = await stopped('compact', { KTRDR_CHECKPOINT_KEEP_LAST: '13' })
    const { stdout } = await run(dataDir, 'checkpoints', 'compact', 'latest')
    expect(screenDifference('checkpoints-compact', stdout)).toBe('')
    expect((await run(dataDir, 'checkpoints', 'verify')).code).toBe(0)
    const { checkpoints } = await ask(dataDir, 'checkpoints', 'list')
    expect(checkpoints.map(({ depth }: { depth: number }) => depth)).toEqual([0, 0, 0, 0, 0])
    const [{ operationId }] = checkpoints
    expect(readdirSync(join(dataDir, 'packs', operationId)).toSorted()).toEqual([
      '1-4-c1.safetensors',
      '1-5-c1.safetensors',
    ])
    const again = await run(dataDir, 'checkpoints', 'compact', 'latest')
    expect(again.stdout).toBe('Nothing to compact.\n')
    const resumed = await ask(dataDir, 'operations', 'resume', 'latest', '--progress', 'none')
    expect(modelOf(resumed)).toBe(reference)
  })
})
