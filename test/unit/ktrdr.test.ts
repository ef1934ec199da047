import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openKtrdr, type Ktrdr } from '../../src/ktrdr.ts'
import { resolveSettings } from '../../src/settings.ts'
import { tryLock } from '../../src/store/owner-lock.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { tempDir } from '../support/program.ts'
import {
  CREATED_AT_MS,
  endOne,
  flipByte,
  idOf,
  saveContext,
  saveMany,
  startOne,
  tempLayout,
  tempStore,
} from '../support/temp-store.ts'

async function open(root: string, nowMs = CREATED_AT_MS + 60_000): Promise<Ktrdr> {
  const settings = await resolveSettings({
    flags: { data_dir: root },
    env: { XDG_CONFIG_HOME: root },
    cwd: root,
  })
  const ktrdr = await openKtrdr(settings, fakeClock(nowMs))
  onTestFinished(() => void ktrdr.close())
  return ktrdr
}

const [ONE, TWO, THREE] = [idOf('one'), idOf('two'), idOf('three')] as const

/** Three operations: cancelled with two checkpoints, completed without, failed with three. */
async function openedWithThree(): Promise<Ktrdr> {
  const store = tempStore()
  for (const [i, [id, saves, status]] of (
    [
      [ONE, 2, 'cancelled'],
      [TWO, 0, 'completed'],
      [THREE, 3, 'failed'],
    ] as const
  ).entries()) {
    startOne(store.db, id, {
      createdAtMs: CREATED_AT_MS + i,
      type: id === TWO ? 'backtesting' : 'training',
    })
    saveMany(saveContext(store, { fence: { operationId: id, generation: 1 } }), saves)
    endOne(store.db, status, id)
  }
  return open(store.layout.root)
}

const isText = expect.any(String)

const ids = (views: readonly { operationId: string }[]) =>
  views.map(({ operationId }) => operationId)

describe('opening', () => {
  it('creates the data directory for its owner alone, and opens it again', async () => {
    const root = join(tempDir(), 'new', 'data')
    const ktrdr = await open(root)
    expect(statSync(root).mode & 0o777).toBe(0o700)
    expect(existsSync(tempLayout(root).database)).toBe(true)
    expect(ktrdr.operations.list()).toEqual([])
    expect((await open(root)).recovered).toEqual([])
  })

  it('records what has died since, and only that', async () => {
    const { db, layout } = tempStore()
    startOne(db, ONE)
    startOne(db, TWO)
    const lock = tryLock(layout.locks, TWO)!
    onTestFinished(() => lock.release())
    const ktrdr = await open(layout.root)
    expect(ids(ktrdr.recovered)).toEqual([ONE])
    expect(ktrdr.operations.show(ONE)).toMatchObject({
      status: 'failed',
      error: { code: 'OWNER_DIED' },
    })
    expect(ktrdr.operations.show(TWO).status).toBe('running')
  })
})

describe('the list of operations', () => {
  it.each([
    [{}, [THREE, TWO, ONE]],
    [{ status: 'failed' }, [THREE]],
    [{ type: 'backtesting' }, [TWO]],
    [{ resumable: true }, [THREE, ONE]],
    [{ limit: 2 }, [THREE, TWO]],
    [{ sort: 'age' }, [THREE, TWO, ONE]],
    [{ sort: 'progress' }, [THREE, ONE, TWO]],
    [{ sort: 'size' }, [THREE, ONE, TWO]],
    [{ sort: 'status' }, [ONE, TWO, THREE]],
    [{ resumable: true, sort: 'status', limit: 1 }, [ONE]],
  ] as const)('%j', async (options, expected) => {
    const ktrdr = await openedWithThree()
    expect(ids(ktrdr.operations.list(options))).toEqual(expected)
  })
})

describe('an operation', () => {
  it('is shown by its id, its tail, or as the latest', async () => {
    const ktrdr = await openedWithThree()
    expect(ktrdr.operations.show('latest').operationId).toBe(THREE)
    expect(ktrdr.operations.show('two').operationId).toBe(TWO)
    expect(ktrdr.operations.find('aaaone')).toBe(ONE)
    expect(() => ktrdr.operations.show('nine')).toThrow('No operation is called "nine".')
  })
})

describe('checkpoints', () => {
  it('are listed of all operations or of one, by type', async () => {
    const { checkpoints } = await openedWithThree()
    expect(checkpoints.list()).toHaveLength(5)
    expect(checkpoints.list('one').map(({ seq }) => seq)).toEqual([2, 1])
    expect(checkpoints.list('one', { type: 'cancellation' })).toEqual([])
  })

  it('are listed also when the clock stands before their saving', async () => {
    const { settings } = await openedWithThree()
    const { checkpoints } = await open(settings.layout.root, CREATED_AT_MS - 60_000)
    expect(checkpoints.list()).toHaveLength(5)
    expect(checkpoints.list(undefined, { olderThan: '0s' })).toEqual([])
  })

  it('are listed by age and by size', async () => {
    const { checkpoints } = await openedWithThree()
    const ages = checkpoints.list().map(({ ageMs }) => ageMs)
    const [youngest, oldest] = [Math.min(...ages), Math.max(...ages)]
    expect(checkpoints.list(undefined, { olderThan: `${youngest}ms` })).toHaveLength(5)
    expect(checkpoints.list(undefined, { olderThan: `${oldest + 1}ms` })).toEqual([])
    const sizes = checkpoints.list(undefined, { sort: 'size' }).map(({ sizeBytes }) => sizeBytes)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })

  it('are all deleted, but for those of a running operation', async () => {
    const { checkpoints, settings } = await openedWithThree()
    const lock = tryLock(settings.layout.locks, ONE)!
    const { deleted, inUse } = checkpoints.deleteAll(checkpoints.list())
    lock.release()
    expect(deleted.map(({ operationId, seq }) => [operationId, seq])).toEqual([
      [THREE, 3],
      [THREE, 2],
      [THREE, 1],
    ])
    expect(inUse).toEqual([ONE])
    expect(checkpoints.list().map(({ operationId }) => operationId)).toEqual([ONE, ONE])
    const rest = checkpoints.list()
    expect(checkpoints.deleteAll(rest)).toMatchObject({ inUse: [] })
    expect(checkpoints.deleteAll(rest), 'nothing left').toEqual({
      deleted: [],
      bytesFreed: 0,
      inUse: [],
    })
  })

  it('are shown by ID@NUMBER; ID is the newest', async () => {
    const { checkpoints } = await openedWithThree()
    expect(checkpoints.show('three').seq).toBe(3)
    expect(checkpoints.show('three@1')).toMatchObject({ seq: 1, operationId: THREE, damage: null })
    expect(() => checkpoints.show('two')).toThrow(`${TWO} has no checkpoint.`)
    expect(() => checkpoints.show('one@9')).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_NOT_FOUND' }),
    )
  })

  it('are deleted exactly as they were chosen: what came or went meanwhile changes nothing', async () => {
    const { checkpoints } = await openedWithThree()
    const seqs = (views: readonly { seq: number }[]) => views.map(({ seq }) => seq)
    expect(seqs(checkpoints.delete(THREE, [2, 1]).deleted), 'not 3, which is newer').toEqual([2, 1])
    expect(seqs(checkpoints.delete(THREE, [3, 2, 1]).deleted), 'what is left of them').toEqual([3])
    expect(() => checkpoints.delete(THREE, [3, 2, 1])).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_NOT_FOUND' }),
    )
    const [newest] = checkpoints.list(ONE)
    checkpoints.deleteAll([newest!])
    expect(seqs(checkpoints.list(ONE))).toEqual([1])
  })

  it('promise a resume as long as one of them is good', async () => {
    const { checkpoints, settings } = await openedWithThree()
    const damage = (name: string): void => {
      const { path } = checkpoints.show(name)
      flipByte(join(settings.layout.packs, path!), 100)
    }
    damage('one@2')
    expect(checkpoints.show('one')).toMatchObject({ damage: isText, resumable: true })
    damage('one@1')
    expect(checkpoints.show('one')).toMatchObject({ damage: isText, resumable: false })
  })

  it.each(['one@', 'one@0', 'one@X', 'one@-1', 'one@1.5', 'one@1@2'])(
    '"%s" names none',
    async (text) => {
      const { checkpoints } = await openedWithThree()
      expect(() => checkpoints.show(text)).toThrow(
        expect.objectContaining({ code: 'USAGE', exitCode: 2 }),
      )
    },
  )
})

describe('gc', () => {
  it('has nothing to do where nothing crashed', async () => {
    const ktrdr = await openedWithThree()
    expect(await ktrdr.gc({ dryRun: false })).toMatchObject({ removed: [], failed: [] })
  })
})
