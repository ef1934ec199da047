import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stageBundle } from '../../../src/checkpoint/publish-bundle.ts'
import { sweep, type SweepResult } from '../../../src/checkpoint/sweep.ts'
import { findDamage } from '../../../src/checkpoint/read-checkpoint.ts'
import {
  listCheckpoints,
  listTrash,
  removeCheckpoints,
} from '../../../src/store/checkpoint-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import {
  endOne,
  filesOf,
  ID,
  idOf,
  saveContext,
  saveMany,
  startOne,
  tempStore,
  packsOfRows,
  type Store,
} from '../../support/temp-store.ts'

const UNRECORDED = idOf('never')

const HEX = '0123456789ab'

const NOTHING: SweepResult = { removed: [], inUse: [], unknown: [], failed: [], bytesFreed: 0 }

function put({ layout }: Store, path: string, text = 'x'): string {
  mkdirSync(dirname(join(layout.root, path)), { recursive: true })
  writeFileSync(join(layout.root, path), text)
  return path
}

/** An ended operation with two good checkpoints. */
function tidy(): Store {
  const store = tempStore()
  startOne(store.db)
  tryLock(store.layout.locks, ID)!.release()
  saveMany(saveContext(store), 3)
  removeCheckpoints(store.db, listCheckpoints(store.db, ID).slice(2), 9)
  sweep(store.db, store.layout, { dryRun: false })
  endOne(store.db, 'cancelled')
  return store
}

/** … and everything that crashes may leave beside them, by its path. */
function littered(): { store: Store; litter: string[] } {
  const store = tempStore()
  startOne(store.db)
  saveMany(saveContext(store), 3)
  removeCheckpoints(store.db, listCheckpoints(store.db, ID).slice(2), 9) // its unlink never came
  stageBundle(
    store.layout,
    ID,
    { kind: 'model', name: 'pullback', variant: 'SPY_1d', manifest: {}, files: { a: 'xyz' } },
    {},
  )
  endOne(store.db, 'failed')
  for (const id of [ID, UNRECORDED]) tryLock(store.layout.locks, id)!.release()
  const staged = readdirSync(join(store.layout.bundles.model, 'pullback', 'SPY_1d'))[0]!
  return {
    store,
    litter: [
      join('packs', ID, '1-1.safetensors'),
      put(store, join('packs', ID, '1-9.safetensors'), 'orphan'),
      put(store, join('packs', ID, `.tmp-1-10-${HEX}`), 'half'),
      join('locks', `${UNRECORDED}.lock`),
      join('models', 'pullback', 'SPY_1d', staged),
    ].toSorted(),
  }
}

const clean = ({ db, layout }: Store, dryRun = false): SweepResult => sweep(db, layout, { dryRun })
const pathsOf = ({ removed }: SweepResult): string[] => removed.map(({ path }) => path).toSorted()
const packsIn = ({ layout }: Store): string[] =>
  filesOf(layout).filter((path) => path.startsWith('packs'))

describe('a sweep', () => {
  it('removes everything that a crash may have left, and names it with the reason', () => {
    const { store, litter } = littered()
    const result = clean(store)
    expect(pathsOf(result)).toEqual(litter)
    for (const path of litter) expect(existsSync(join(store.layout.root, path)), path).toBe(false)
    expect(
      Object.fromEntries(result.removed.map(({ path, reason }) => [path, reason])),
    ).toMatchObject({
      [join('packs', ID, '1-1.safetensors')]: 'its checkpoint was deleted',
      [join('packs', ID, '1-9.safetensors')]: 'no database row',
      [join('packs', ID, `.tmp-1-10-${HEX}`)]: 'crashed write',
      [join('locks', `${UNRECORDED}.lock`)]: 'lock of an operation that was never recorded',
    })
    expect(result.failed).toEqual([])
    expect(result.bytesFreed).toBe(
      result.removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    )
    expect(listTrash(store.db)).toEqual([])
  })

  it('touches no checkpoint that a row names', () => {
    const { store } = littered()
    clean(store)
    const rows = listCheckpoints(store.db, ID)
    expect(rows.map((row) => [row.seq, findDamage(store, row)])).toEqual([
      [3, undefined],
      [2, undefined],
    ])
    expect(packsIn(store)).toEqual(packsOfRows(store))
  })

  it('finds nothing the second time, and nothing where nothing is amiss', () => {
    const { store } = littered()
    clean(store)
    expect(clean(store)).toEqual(NOTHING)
    expect(clean(tidy())).toEqual(NOTHING)
  })

  it('works in a data directory that has nothing in it yet', () => {
    expect(clean(tempStore())).toMatchObject({ removed: [], failed: [] })
  })

  it('leaves alone what is not of its making', () => {
    const store = tidy()
    const foreign = [
      put(store, join('packs', 'notes.txt')),
      put(store, join('packs', 'my-backup', '1-1.safetensors')),
      put(store, join('models', 'bought', 'SPY_1d', 'v9', 'model.safetensors')),
      put(store, join('models', 'README')),
      put(store, join('locks', 'other.lock')),
      put(store, 'notes.txt'),
    ]
    clean(store)
    for (const path of foreign) expect(existsSync(join(store.layout.root, path)), path).toBe(true)
  })

  it('leaves alone the files of operations that its database does not know, and names them', () => {
    const store = tidy()
    const unknown = [
      put(store, join('packs', UNRECORDED, '1-1.safetensors')),
      dirname(put(store, join('models', 'pullback', 'SPY_1d', `.tmp-${UNRECORDED}-${HEX}`, 'a'))),
    ].toSorted()
    const before = filesOf(store.layout)
    const result = clean(store)
    expect(result).toEqual({ ...NOTHING, unknown: expect.any(Array) })
    expect(result.unknown.toSorted()).toEqual(unknown)
    expect(filesOf(store.layout)).toEqual(before)
  })

  it('keeps the lock of every recorded operation', () => {
    const store = tidy()
    clean(store)
    expect(filesOf(store.layout)).toContain(join('locks', `${ID}.lock`))
  })
})

describe('a running operation', () => {
  it('loses nothing: all its files, with a row or without, stay and are reported as in use', () => {
    const { store, litter } = littered()
    const lock = tryLock(store.layout.locks, ID)!
    onTestFinished(() => lock.release())
    const result = clean(store)
    const isOfIt = (path: string): boolean => path.includes(ID)
    expect(result.inUse.toSorted()).toEqual(
      litter.filter((path) => isOfIt(path) && !path.endsWith('1-1.safetensors')),
    )
    for (const path of result.inUse) expect(existsSync(join(store.layout.root, path))).toBe(true)
    expect(pathsOf(result).filter(isOfIt), 'only what its own commit threw away').toEqual([
      join('packs', ID, '1-1.safetensors'),
    ])

    lock.release()
    expect(pathsOf(clean(store)), 'and is swept when it has ended').toEqual(result.inUse.toSorted())
  })

  it('that is being started keeps its lock', () => {
    const store = tempStore()
    const lock = tryLock(store.layout.locks, UNRECORDED)!
    onTestFinished(() => lock.release())
    expect(clean(store)).toMatchObject({
      removed: [],
      inUse: [join('locks', `${UNRECORDED}.lock`)],
    })
    expect(tryLock(store.layout.locks, UNRECORDED), 'it still holds it').toBeUndefined()
  })
})

describe('a dry run', () => {
  it('removes nothing, creates nothing, and reports what the real one then does', () => {
    const { store } = littered()
    const before = filesOf(store.layout)
    const dry = clean(store, true)
    expect(filesOf(store.layout)).toEqual(before)
    expect(listTrash(store.db)).toHaveLength(1)
    expect(clean(store)).toEqual(dry)
  })
})

describe('what cannot be removed', () => {
  it('is named once, also in the trash', () => {
    const { store } = littered()
    const path = join(store.layout.root, 'packs', ID, '1-1.safetensors')
    rmSync(path)
    mkdirSync(join(path, 'strange'), { recursive: true })
    writeFileSync(join(path, 'strange', 'a'), 'x')
    const paths = pathsOf(clean(store))
    expect(new Set(paths).size).toBe(paths.length)
  })
})
