// Clean-up and statistics as a user and a script see them, in processes of their own.

import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ktrdr, startKtrdr, type RunResult } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { barsCsv, makeWorld } from '../support/world.ts'

const world = makeWorld()
afterAll(() => world.remove())

let count = 0
/** A stopped training with two checkpoints, and what runs commands over it. */
async function stoppedTraining() {
  const dataDir = world.dataDir(`data-${count++}`)
  const flags = ['--epochs', '20', '--checkpoint-every', '1epochs', '--json']
  const fault = 'batch@60:flush,batch@90:cancel'
  const stopped = await ktrdr(world.train(...flags), { dataDir, fault })
  const { operationId } = stopped.json()
  const run = (...args: string[]): Promise<RunResult> =>
    ktrdr(['checkpoints', ...args], { dataDir })
  const orphan = join(dataDir, 'packs', operationId, '.tmp-1-9-0123456789ab')
  return { dataDir, operationId, run, orphan }
}

describe('checkpoints cleanup', () => {
  it('plans, does it, and has nothing left to do', async () => {
    const { run, orphan } = await stoppedTraining()
    writeFileSync(orphan, 'left behind')
    const rule = ['--keep-last', '1']
    const planned = await run('cleanup', ...rule, '--dry-run')
    expect(screenDifference('cleanup-dry-run', planned.stdout)).toBe('')
    const done = await run('cleanup', ...rule, '--yes')
    expect(screenDifference('cleanup', done.stdout), 'the dry run removed nothing').toBe('')
    const again = await run('cleanup', ...rule)
    expect(screenDifference('cleanup-nothing', again.stdout), 'and asked nothing').toBe('')
  })

  it('asks before a checkpoint goes: without a terminal it exits with 2 and names the command', async () => {
    const { run } = await stoppedTraining()
    const refused = await run('cleanup', '--keep-last', '1')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('Try this: ktrdr checkpoints cleanup --keep-last 1 --yes\n')
    expect((await run('list', '--json')).json().total, 'nothing is gone').toBe(2)
  })

  it('answers scripts with figures and reasons', async () => {
    const { run, operationId } = await stoppedTraining()
    const { code, json } = await run('cleanup', '--keep-last', '1', '--yes', '--json')
    expect(code).toBe(0)
    const [reason] = json().reasons
    expect(json()).toEqual({
      dryRun: false,
      checkpointsDeleted: 1,
      orphanArtifactsCleaned: 0,
      bytesFreed: reason.sizeBytes,
      reasons: [
        { operationId, seq: 1, reason: 'superseded by newer ones', sizeBytes: expect.any(Number) },
      ],
      kept: [{ operationId, seq: 2, reason: 'newest 1' }],
      skipped: [],
      orphans: [],
      archivedBytes: 0,
      failed: [],
      warnings: [],
    })
  })

  it('archives what it deletes', async () => {
    const { run, dataDir, operationId } = await stoppedTraining()
    const archive = join(dataDir, 'archive')
    await run('cleanup', '--keep-last', '1', '--archive', archive, '--yes')
    const text = readFileSync(join(archive, operationId, '1-1', 'checkpoint.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({
      operation: { operationId },
      checkpoint: { seq: 1, cursor: { unit: 'epoch', at: 1 } },
    })
  })

  it('exits with 3 when a checkpoint could not be archived, which then stays', async () => {
    const { run, dataDir, operationId } = await stoppedTraining()
    const pack = join(dataDir, 'packs', operationId, '1-1.safetensors')
    writeFileSync(pack, readFileSync(pack).fill(0, 2000, 2001).fill(1, 2001, 2002))
    const archive = ['--archive', join(dataDir, 'archive')]
    const { code, json } = await run('cleanup', '--keep-last', '1', ...archive, '--yes', '--json')
    expect(code).toBe(3)
    expect(json().error).toMatchObject({
      code: 'SWEEP_INCOMPLETE',
      details: { checkpointsDeleted: 0, failed: [{ path: `${operationId}@1` }] },
    })
    expect((await run('list', '--json')).json().total).toBe(2)
  })

  it('never touches an operation that another process runs', async () => {
    const dataDir = world.dataDir('running')
    const flags = ['--epochs', '20', '--checkpoint-every', '1epochs', '--progress', 'json']
    const fault = 'batch@60:flush,batch@110:flush,batch@130:stop'
    const running = startKtrdr(world.train(...flags), { dataDir, fault })
    const list = async (): Promise<string[]> => {
      const { json } = await ktrdr(['checkpoints', 'list', '--json'], { dataDir })
      return json().checkpoints.map(
        (one: Record<string, unknown>) => `${one['operationId']}@${one['seq']}`,
      )
    }
    await expect.poll(list, { timeout: 20_000 }).toHaveLength(2)
    const before = await list()
    const [operationId] = before[0]!.split('@')
    const rules = ['--older-than', '1ms', '--max-size', '1B', '--keep-last', '1']
    const { json } = await ktrdr(['checkpoints', 'cleanup', ...rules, '--yes', '--json'], {
      dataDir,
    })
    expect(json()).toMatchObject({
      checkpointsDeleted: 0,
      skipped: [{ operationId, reason: 'running' }],
      warnings: [expect.stringContaining('in use')],
    })
    expect(await list()).toEqual(before)
    running.child.kill('SIGKILL')
    await running.done
  })

  it.each([
    [['--older-than', 'soon'], '--older-than: "soon" is no duration.'],
    [['--max-size', 'big'], '--max-size: "big" is no size.'],
    [['--keep-last', '0'], '--keep-last'],
  ])('refuses %j as usage', async (flags, message) => {
    const { code, stderr } = await ktrdr(['checkpoints', 'cleanup', ...flags], {
      dataDir: world.dataDir('usage'),
    })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('checkpoints stats', () => {
  it('shows what takes how much room', async () => {
    const { run, operationId } = await stoppedTraining()
    expect(screenDifference('checkpoints-stats', (await run('stats')).stdout)).toBe('')
    expect((await run('stats', '--json')).json()).toEqual({
      totalCheckpoints: 2,
      totalSizeBytes: expect.any(Number),
      oldestCheckpoint: expect.stringMatching(/^\d{4}-.*Z$/),
      newestAgeMs: expect.any(Number),
      valid: 2,
      reclaimableBytes: 0,
      operations: [
        {
          operationId,
          status: 'cancelled',
          checkpoints: 2,
          sizeBytes: expect.any(Number),
          oldestAgeMs: expect.any(Number),
          newestAgeMs: expect.any(Number),
        },
      ],
    })
  })

  it('of nothing are zeros', async () => {
    const dataDir = world.dataDir('nothing')
    expect((await ktrdr(['checkpoints', 'stats', '--json'], { dataDir })).json()).toEqual({
      totalCheckpoints: 0,
      totalSizeBytes: 0,
      oldestCheckpoint: null,
      newestAgeMs: null,
      valid: 0,
      reclaimableBytes: 0,
      operations: [],
    })
  })
})

describe('automatic clean-up', () => {
  const train = (dataDir: string, env: Record<string, string>, fault = 'batch@90:cancel') =>
    ktrdr(world.train('--epochs', '20', '--progress', 'json'), { dataDir, env, fault })
  const cleaned = ({ events }: RunResult) => events().filter(({ event }) => event === 'cleaned')

  it('happens at the start of a run, is logged with both counts, and spares the run itself', async () => {
    const { dataDir, operationId, orphan } = await stoppedTraining()
    writeFileSync(orphan, 'left behind')
    const run = await train(dataDir, {
      KTRDR_CHECKPOINT_MAX_AGE: '1ms',
      KTRDR_CLEANUP_INTERVAL: '0',
    })
    expect(cleaned(run)[0]).toMatchObject({
      checkpointsDeleted: 2,
      orphanArtifactsCleaned: 1,
      failed: 0,
      warnings: [],
    })
    const started = run.events().find(({ event }) => event === 'started')!
    const { checkpoints } = (await ktrdr(['checkpoints', 'list', '--json'], { dataDir })).json()
    expect(checkpoints, 'its own is there').toMatchObject([{ operationId: started['operationId'] }])
    const log = readFileSync(join(dataDir, 'logs', `${started['operationId']}.jsonl`), 'utf8')
    expect(log).toContain('"msg":"Deleted 2 old checkpoints"')
    expect(log).toContain('"msg":"Cleaned 1 orphan artifacts"')
    expect(operationId).not.toBe(started['operationId'])
  })

  it('never takes from an operation what it is being resumed from', async () => {
    const { dataDir, operationId } = await stoppedTraining()
    const env = { KTRDR_CHECKPOINT_MAX_AGE: '1ms', KTRDR_CLEANUP_INTERVAL: '0' }
    const args = ['operations', 'resume', operationId, '--json', '--progress', 'json']
    const resumed = await ktrdr(args, { dataDir, env })
    expect(resumed.json()).toMatchObject({ status: 'completed', resumedFrom: { seq: 2 } })
    expect(cleaned(resumed)[0]).toMatchObject({ checkpointsDeleted: 0 })
  })

  it('happens once in an interval', async () => {
    const { dataDir } = await stoppedTraining() // its start was the first
    expect(cleaned(await train(dataDir, {}))).toEqual([])
    expect(cleaned(await train(dataDir, { KTRDR_CLEANUP_INTERVAL: '0' }))).toHaveLength(1)
  })

  it('happens again while a run goes on', async () => {
    const fault = 'batch@60:stall,batch@90:cancel' // a stall takes two seconds
    const run = await train(world.dataDir('long'), { KTRDR_CLEANUP_INTERVAL: '1s' }, fault)
    expect(cleaned(run).length).toBeGreaterThan(1)
  })

  it('can be switched off', async () => {
    const env = { KTRDR_CLEANUP_AUTO: 'false', KTRDR_CLEANUP_INTERVAL: '0' }
    expect(cleaned(await train(world.dataDir('off'), env))).toEqual([])
  })

  it('that fails ends no run', async () => {
    const dataDir = world.dataDir('failing')
    const run = await train(dataDir, {}, 'cleanup.begun:eio,batch@90:cancel')
    expect(run.code, 'it went on until it was stopped').toBe(130)
    expect(run.events().find(({ event }) => event === 'cleanup-failed')).toMatchObject({
      error: {
        code: 'IO_FAILED',
        message: expect.stringContaining('The clean-up could not be done'),
      },
    })
  })

  it('says a line only when something went', async () => {
    const { dataDir } = await stoppedTraining()
    const plain = (env: Record<string, string>) =>
      ktrdr(world.train('--epochs', '20'), { dataDir, env, fault: 'batch@90:cancel' })
    const interval = { KTRDR_CLEANUP_INTERVAL: '0' }
    expect((await plain(interval)).stderr).not.toContain('Cleaned up')
    const { stderr } = await plain({ ...interval, KTRDR_CHECKPOINT_MAX_AGE: '1ms' })
    expect(stderr).toMatch(/^Cleaned up 3 old checkpoints, 0 orphan artifacts: freed \d/m)
  })
})

describe('the cache of bars', () => {
  it('is used by whatever reads bars, told by gc --dry-run, cleared by gc, and changes nothing', async () => {
    const cwd = world.dataDir('many')
    mkdirSync(cwd)
    const many = join(cwd, 'many.csv')
    writeFileSync(many, barsCsv(50_000))
    utimesSync(many, 1e9, 1e9) // long settled
    const cached = join(cwd, 'data', 'cache', 'bars')
    const run = (...args: string[]) => ktrdr(args, { dataDir: join(cwd, 'data'), cwd })
    const texts: string[] = []
    for (const turn of ['read', 'cached', 'read again']) {
      const out = `${turn}.csv`
      const { code } = await run('features', world.strategy, '--data', many, '--out', out)
      expect(code).toBe(0)
      expect(readdirSync(cached)).toHaveLength(1)
      texts.push(readFileSync(join(cwd, out), 'utf8'))
      if (turn !== 'cached') continue
      const size = statSync(join(cached, readdirSync(cached)[0]!)).size
      const told = (await run('gc', '--dry-run', '--json')).json()
      expect(told).toMatchObject({
        removed: [{ path: join('cache', 'bars'), sizeBytes: size }],
        bytesFreed: size,
      })
      expect(readdirSync(cached)).toHaveLength(1)
      const { stdout } = await run('gc')
      expect(stdout).toContain('cache/bars')
      expect(readdirSync(cached)).toEqual([])
    }
    expect(texts[1]).toBe(texts[0])
    expect(texts[2]).toBe(texts[0])

    await run('gc')
    expect((await run('gc', '--json')).json()).toMatchObject({ removed: [] })
    expect((await run('lookahead', world.strategy, '--data', many, '--samples', '1')).code).toBe(0)
    expect(readdirSync(cached)).toHaveLength(1)
  })
})
