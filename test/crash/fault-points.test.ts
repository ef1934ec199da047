import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { FAULT_POINTS } from '../../src/core/fault.ts'
import { ktrdr, type RunResult } from '../support/program.ts'
import { makeWorld, type World } from '../support/world.ts'

// SIGKILL at every named point of every protocol. The oracle is what was acknowledged before the kill.

let world: World
let reference: { model: string; history: string }
/** Of twice as many epochs. */
let longer: typeof reference
let model: string
let backtested: string[]

const QUIET = ['--progress', 'json'] as const
const train = (dataDir: string, fault?: string, ...flags: string[]): Promise<RunResult> =>
  ktrdr(
    world.train('--epochs', '4', '--checkpoint-every', '20batches', ...QUIET, '--json', ...flags),
    {
      dataDir,
      ...(fault === undefined ? {} : { fault }),
    },
  )
const ask = async (dataDir: string, ...args: string[]): Promise<any> =>
  (await ktrdr([...args, '--json'], { dataDir })).json()
const resume = (dataDir: string, fault?: string): Promise<RunResult> =>
  ktrdr(['operations', 'resume', 'latest', '--json', ...QUIET], {
    dataDir,
    ...(fault === undefined ? {} : { fault }),
  })

/** A save every 20 batches, however busy the machine is: each waits for the one before. */
const EVERY_SAVE = [40, 60, 80, 100, 120, 140].map((batch) => `batch@${batch}:flush`).join(',')

const LATER_SAVES = [160, 180, 200, 220, 240, 260, 280]
  .map((batch) => `batch@${batch}:flush`)
  .join(',')

function packsIn(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'packs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.safetensors'),
  )
}

function trained(path: string): { model: string; history: string } {
  const read = (name: string): string => readFileSync(join(path, name)).toString('base64')
  return { model: read('model.safetensors'), history: read('history.json') }
}

const EVERY_BARS = [200, 300, 400, 500, 600, 700].map((bar) => `bar@${bar}:flush`).join(',')

/** Points of a save that are passed where it writes no file, and where it does. No row makes another one needless. */
const ROW_POINTS = FAULT_POINTS.save.filter((point) =>
  /begun|transaction|rows|commit|done/.test(point),
)
const FILE_POINTS = FAULT_POINTS.save.filter((point) => point !== 'save.after-unlink')

function simulated(path: string): string[] {
  return ['trades.csv', 'equity.safetensors'].map((name) =>
    readFileSync(join(path, name), 'base64'),
  )
}

/** Nothing may be left behind by a completed operation and a sweep. */
async function expectTidy(dataDir: string): Promise<void> {
  await ktrdr(['gc'], { dataDir })
  const plan = await ask(dataDir, 'gc', '--dry-run')
  expect(plan.removed, 'files that a sweep left behind').toEqual([])
  const packs = join(dataDir, 'packs')
  const files = existsSync(packs)
    ? readdirSync(packs, { recursive: true }).filter((name) => String(name).includes('.'))
    : []
  expect(files, 'packs of a completed operation').toEqual([])
}

beforeAll(async () => {
  world = makeWorld()
  const result = await train(world.dataDir('reference'))
  if (result.code !== 0) throw new Error(result.stderr)
  model = result.json().model.path
  reference = trained(model)
  const eightEpochs = await ktrdr(world.train('--epochs', '8', '--json'), {
    dataDir: world.dataDir('longer'),
  })
  longer = trained(eightEpochs.json().model.path)
  const dataDir = world.dataDir('reference')
  const backtest = await ktrdr(['backtest', model, '--data', world.bars, '--json'], { dataDir })
  backtested = simulated(backtest.json().backtest.path)
  return world.remove
})

describe.concurrent('a save killed', () => {
  it.each(FAULT_POINTS.save)(
    'at %s loses nothing that was acknowledged, and resumes to the same bytes',
    async (point) => {
      const dataDir = world.dataDir(point)
      // The third time it is passed; the first time that there is something to unlink.
      const killed = await train(
        dataDir,
        `${EVERY_SAVE},${point}@${point === 'save.after-unlink' ? 1 : 3}:kill`,
      )
      expect(killed.signal).toBe('SIGKILL')
      const acknowledged = killed
        .events()
        .filter(({ event }) => event === 'saved')
        .map(({ checkpoint }) => checkpoint.seq)
      expect(acknowledged[0], 'at least one save was acknowledged before').toBe(1)

      const { operations } = await ask(dataDir, 'operations', 'list')
      expect(operations).toMatchObject([{ status: 'failed', resumable: true }])
      expect(operations[0].checkpoint.seq, 'the newest checkpoint').toBeGreaterThanOrEqual(
        acknowledged.at(-1),
      )
      expect((await ask(dataDir, 'checkpoints', 'show', 'latest')).damage).toBeNull()

      const resumed = await resume(dataDir)
      expect(resumed.code, resumed.stderr).toBe(0)
      expect(resumed.json().resumedFrom.seq).toBe(operations[0].checkpoint.seq)
      expect(trained(resumed.json().model.path)).toEqual(reference)
      await expectTidy(dataDir)
    },
  )
})

/** Where a backtest saves: all of it in the database, or all of it in packs. */
const PLACES = [
  ['the database', '1GiB', ROW_POINTS],
  ['packs', '0', FILE_POINTS],
] as const

describe.concurrent.each(PLACES)('a save into %s killed', (place, inlineLimit, points) => {
  it.each(points)(
    'at %s loses nothing that was acknowledged, and resumes to the same bytes',
    async (point) => {
      const dataDir = world.dataDir(`${place} ${point}`)
      const env = { KTRDR_CHECKPOINT_INLINE_LIMIT: inlineLimit }
      const killed = await ktrdr(
        ['backtest', model, '--data', world.bars, '--checkpoint-every', '100bars', ...QUIET],
        { dataDir, env, fault: `${EVERY_BARS},${point}@3:kill` },
      )
      expect(killed.signal).toBe('SIGKILL')
      // On a busy machine the kill may come before anything was told.
      const acknowledged = killed.events().findLast(({ event }) => event === 'saved')
      const { checkpoint } = (await ask(dataDir, 'operations', 'list')).operations[0]
      expect(checkpoint.seq).toBeGreaterThanOrEqual(acknowledged?.['checkpoint'].seq ?? 1)
      expect((await ask(dataDir, 'checkpoints', 'show', 'latest')).damage).toBeNull()

      const resumed = await resume(dataDir)
      expect(resumed.code, resumed.stderr).toBe(0)
      expect(resumed.json().resumedFrom.seq).toBe(checkpoint.seq)
      expect(simulated(resumed.json().backtest.path)).toEqual(backtested)
      await expectTidy(dataDir)
    },
  )
})

describe.concurrent('a completion killed', () => {
  it.each(FAULT_POINTS.complete)(
    'at %s is complete or can be resumed, never in between',
    async (point) => {
      const dataDir = world.dataDir(point)
      const killed = await train(dataDir, `${point}:kill`)
      expect(killed.signal).toBe('SIGKILL')
      const [operation] = (await ask(dataDir, 'operations', 'list')).operations
      const isCommitted =
        FAULT_POINTS.complete.indexOf(point) >=
        FAULT_POINTS.complete.indexOf('complete.after-commit')
      expect(operation.status).toBe(isCommitted ? 'completed' : 'failed')
      if (!isCommitted) expect((await resume(dataDir)).code).toBe(0)

      const { result } = await ask(dataDir, 'operations', 'show', 'latest')
      expect(result.model.version, 'versions have no gap').toBe(1)
      expect(trained(result.model.path)).toEqual(reference)
      await expectTidy(dataDir)
      expect(readdirSync(join(dataDir, 'models', 'walk', 'WALK_1h'))).toEqual(['v1'])
    },
  )
})

describe.concurrent('a start killed', () => {
  it.each(FAULT_POINTS.start)('at %s is recorded whole or not at all', async (point) => {
    const dataDir = world.dataDir(point)
    expect((await train(dataDir, `${point}:kill`)).signal).toBe('SIGKILL')
    const { operations } = await ask(dataDir, 'operations', 'list')
    const isCommitted = point === 'start.committed'
    expect(operations.map(({ status }: { status: string }) => status)).toEqual(
      isCommitted ? ['failed'] : [],
    )
    if (isCommitted) expect((await resume(dataDir)).code, 'no checkpoint yet').toBe(4)
    await ktrdr(['gc'], { dataDir })
    expect(readdirSync(join(dataDir, 'locks')).length, 'locks without an operation').toBe(
      isCommitted ? 1 : 0,
    )
  })
})

describe.concurrent('a resume killed', () => {
  it.each(FAULT_POINTS.claim)(
    'at %s leaves an operation that resumes to the same bytes',
    async (point) => {
      const dataDir = world.dataDir(point)
      const cancelled = await train(dataDir, 'batch@70:cancel')
      expect(cancelled.code).toBe(130)
      expect((await resume(dataDir, `${point}:kill`)).signal).toBe('SIGKILL')
      const [operation] = (await ask(dataDir, 'operations', 'list')).operations
      expect(operation.status).toBe(point === 'claim.after-commit' ? 'failed' : 'cancelled')
      expect(operation.resumable).toBe(true)
      const resumed = await resume(dataDir)
      expect(resumed.json().resumedFrom).toMatchObject({ type: 'cancellation', epoch: 1 })
      expect(trained(resumed.json().model.path)).toEqual(reference)
    },
  )
})

describe.concurrent('a compaction killed', () => {
  it.each(FAULT_POINTS.compact)(
    'at %s leaves every checkpoint as it was, and the next one finishes',
    async (point) => {
      const dataDir = world.dataDir(point)
      // The rows of the history stand in packs of which nothing else is needed any more.
      const cancelled = await ktrdr(
        world.train('--epochs', '8', '--checkpoint-every', '20batches', ...QUIET),
        {
          dataDir,
          fault: `${EVERY_SAVE},${LATER_SAVES},batch@290:cancel`,
          env: { KTRDR_CHECKPOINT_INLINE_LIMIT: '0' },
        },
      )
      expect(cancelled.code).toBe(130)
      const packsBefore = packsIn(dataDir)
      const { checkpoints } = await ask(dataDir, 'checkpoints', 'list')
      const seqs = checkpoints.map(({ seq }: { seq: number }) => seq)
      const killed = await ktrdr(['checkpoints', 'compact', 'latest'], {
        dataDir,
        fault: `${point}:kill`,
      })
      expect(killed.signal).toBe('SIGKILL')
      const verified = await ask(dataDir, 'checkpoints', 'verify')
      expect(verified).toMatchObject({ damaged: 0, problems: [] })
      expect(verified.checkpoints.map(({ seq }: { seq: number }) => seq)).toEqual(seqs)
      expect((await ktrdr(['checkpoints', 'compact', 'latest'], { dataDir })).code).toBe(0)
      await ktrdr(['gc'], { dataDir })
      const packs = packsIn(dataDir)
      expect(packs.length, 'packs are fewer').toBeLessThan(packsBefore.length)
      expect(packs).toContainEqual(expect.stringMatching(/-c\d+\.safetensors$/))
      expect(trained((await resume(dataDir)).json().model.path)).toEqual(longer)
      await expectTidy(dataDir)
    },
  )
})

describe.concurrent('a repair killed', () => {
  it.each(FAULT_POINTS.repair)('at %s loses no byte, and the next one finishes', async (point) => {
    const dataDir = world.dataDir(point)
    await train(dataDir, `${EVERY_SAVE},batch@90:cancel`)
    const [newest, target] = (await ask(dataDir, 'checkpoints', 'list')).checkpoints
    const { path } = await ask(dataDir, 'checkpoints', 'show', `latest@${target.seq}`)
    const pack = join(dataDir, 'packs', path)
    const damaged = readFileSync(pack)
    damaged[damaged.length - 1]! ^= 1
    writeFileSync(pack, damaged)
    const repair = ['checkpoints', 'verify', '--repair']
    expect((await ktrdr(repair, { dataDir, fault: `${point}:kill` })).signal).toBe('SIGKILL')
    expect((await ktrdr(repair, { dataDir })).code).toBe(0)
    expect(readFileSync(join(dataDir, 'quarantine', path)).equals(damaged)).toBe(true)
    const { checkpoints } = await ask(dataDir, 'checkpoints', 'list')
    expect(checkpoints.map(({ seq }: { seq: number }) => seq)).not.toContain(target.seq)
    expect(checkpoints[0].seq).toBe(newest.seq)
    expect(trained((await resume(dataDir)).json().model.path)).toEqual(reference)
  })
})

describe.concurrent('a rebuild killed', () => {
  it.each(FAULT_POINTS.rebuild)('at %s is finished by the next one', async (point) => {
    const dataDir = world.dataDir(point)
    await train(dataDir, `${EVERY_SAVE},batch@90:kill`)
    rmSync(join(dataDir, 'ktrdr.db-wal'), { force: true })
    rmSync(join(dataDir, 'ktrdr.db-shm'), { force: true })
    writeFileSync(join(dataDir, 'ktrdr.db'), 'broken')
    const rebuild = ['doctor', '--rebuild']
    expect((await ktrdr(rebuild, { dataDir, fault: `${point}:kill` })).signal).toBe('SIGKILL')
    expect((await ktrdr(rebuild, { dataDir })).code).toBe(0)
    expect((await ktrdr(['doctor'], { dataDir })).code).toBe(0)
    const aside = readdirSync(dataDir).filter((name) => name.startsWith('ktrdr.db.broken-'))
    expect(aside, 'the broken one, once').toHaveLength(1)
    expect(trained((await resume(dataDir)).json().model.path)).toEqual(reference)
  })
})

describe.concurrent('a rollback killed', () => {
  it.each(FAULT_POINTS.rollback)('at %s has happened whole or not at all', async (point) => {
    const dataDir = world.dataDir(point)
    await train(dataDir, `${EVERY_SAVE},batch@130:cancel`)
    const [newest, target] = (await ask(dataDir, 'checkpoints', 'list')).checkpoints
    const name = `latest@${target.seq}`
    const killed = await ktrdr(['checkpoints', 'rollback', name], {
      dataDir,
      fault: `${point}:kill`,
    })
    expect(killed.signal).toBe('SIGKILL')
    const start = point === 'rollback.after-commit' ? target : newest
    const [operation] = (await ask(dataDir, 'operations', 'list')).operations
    expect(operation).toMatchObject({ status: 'cancelled', checkpoint: { seq: start.seq } })
    const resumed = (await resume(dataDir)).json()
    expect(resumed.resumedFrom.seq).toBe(start.seq)
    expect(trained(resumed.model.path)).toEqual(reference)
    await expectTidy(dataDir)
  })
})

describe.concurrent('deleting and sweeping killed', () => {
  it.each(FAULT_POINTS.delete)('at %s deletes all or nothing', async (point) => {
    const dataDir = world.dataDir(point)
    await train(dataDir, `${EVERY_SAVE},batch@90:cancel`)
    const before = (await ask(dataDir, 'checkpoints', 'list', 'latest')).total
    expect(before).toBeGreaterThan(1)
    const killed = await ktrdr(['checkpoints', 'delete', 'latest', '--yes'], {
      dataDir,
      fault: `${point}:kill`,
    })
    expect(killed.signal).toBe('SIGKILL')
    const isCommitted = point === 'delete.after-commit' || point === 'delete.after-unlink'
    expect((await ask(dataDir, 'checkpoints', 'list')).total).toBe(isCommitted ? 0 : before)
    if (isCommitted) return expectTidy(dataDir)
    expect(trained((await resume(dataDir)).json().model.path)).toEqual(reference)
  })

  it.each(FAULT_POINTS.cleanup)(
    'clean-up at %s harms no checkpoint that stays, and the next one finishes',
    async (point) => {
      const dataDir = world.dataDir(point)
      await train(dataDir, `${EVERY_SAVE},batch@90:cancel`)
      const before = (await ask(dataDir, 'checkpoints', 'list', 'latest')).checkpoints
      expect(before.length).toBeGreaterThan(1)
      const archive = join(dataDir, 'archive')
      const cleanUp = ['checkpoints', 'cleanup', '--keep-last', '1', '--archive', archive, '--yes']
      const killed = await ktrdr(cleanUp, { dataDir, fault: `${point}:kill` })
      expect(killed.signal).toBe('SIGKILL')
      const { checkpoints, total } = await ask(dataDir, 'checkpoints', 'list', 'latest')
      expect(checkpoints[0].seq, 'the newest stays').toBe(before[0].seq)

      const again = (await ktrdr([...cleanUp, '--json'], { dataDir })).json()
      expect(again.checkpointsDeleted).toBe(total - again.kept.length)
      const archived = readdirSync(join(archive, checkpoints[0].operationId))
      expect(archived.length, 'each is whole in the archive').toBe(
        before.length - again.kept.length,
      )
      expect(archived.filter((name) => name.startsWith('.'))).toEqual([])
      expect(trained((await resume(dataDir)).json().model.path)).toEqual(reference)
      await expectTidy(dataDir)
    },
  )

  it.each(FAULT_POINTS.gc)(
    'at %s never harms a checkpoint, and the next sweep finishes',
    async (point) => {
      const dataDir = world.dataDir(point)
      await train(dataDir, `${EVERY_SAVE},save.after-rename@3:kill`) // leaves an orphan pack
      const killed = await ktrdr(['gc'], { dataDir, fault: `${point}:kill` })
      expect(killed.signal).toBe('SIGKILL')
      expect((await ask(dataDir, 'checkpoints', 'show', 'latest')).damage).toBeNull()
      expect(trained((await resume(dataDir)).json().model.path)).toEqual(reference)
      await expectTidy(dataDir)
    },
  )
})
