import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NO_KEYS } from '../../../src/checkpoint/encryption.ts'
import { loadNewestCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { cleanUp, collectGarbage, type Cleanup } from '../../../src/operations/cleanup.ts'
import { storedBytes } from '../../../src/store/blob-table.ts'
import { listCheckpoints, listTrash } from '../../../src/store/checkpoint-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { addOperation, DAY_MS, mark, namesIn } from '../../support/aged-store.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { tempDir } from '../../support/program.ts'
import {
  filesOf,
  flipByte,
  idOf,
  operationOf,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

const NOW_MS = Date.UTC(2025, 5, 1)
const ago = (days: number): number => NOW_MS - days * DAY_MS

const OLD = idOf('old')
const NEW = idOf('new')

/** Two operations: one abandoned for 31 days, one of this week. */
function twoOperations(): Store {
  const store = tempStore()
  addOperation(store, { id: OLD, atMs: [ago(40), ago(35), ago(31)] })
  addOperation(store, { id: NEW, atMs: [ago(3), ago(2)] })
  return store
}

type Changes = Partial<Parameters<typeof cleanUp>[1]> & {
  readonly dryRun?: boolean
  readonly archive?: string
  readonly nowMs?: number
}

function clean(store: Store, changes: Changes = {}): Cleanup {
  const { maxAgeMs = 30 * DAY_MS, maxSizeBytes = null, keepLast, nowMs = NOW_MS } = changes
  const { dryRun = false, archive } = changes
  const clock = fakeClock(nowMs)
  return cleanUp(
    { ...store, clock },
    { maxAgeMs, maxSizeBytes, keepLast },
    { dryRun, archive: archive === undefined ? undefined : { directory: archive, keys: NO_KEYS } },
  )
}

const packsOf = ({ layout }: Store): string[] =>
  filesOf(layout).filter((path) => path.startsWith('packs'))

function hold({ layout }: Store, id: string): void {
  const lock = tryLock(layout.locks, id)!
  onTestFinished(() => lock.release())
}

describe('clean-up by age', () => {
  it('removes what is too old, the last and the best included, and its files', () => {
    const store = twoOperations()
    const before = storedBytes(store.db)
    const cleanup = clean(store)
    expect(cleanup).toMatchObject({ checkpointsDeleted: 3, skipped: [], failed: [], warnings: [] })
    expect(
      cleanup.reasons.map(({ operationId, seq, reason }) => [operationId, seq, reason]),
    ).toEqual([1, 2, 3].map((seq) => [OLD, seq, 'older than 30d']))
    expect(namesIn(store)).toEqual(['aaanew@1', 'aaanew@2'])
    expect(cleanup.bytesFreed).toBe(before - storedBytes(store.db))
    expect(cleanup.bytesFreed).toBeGreaterThan(12_000)
    expect(packsOf(store)).toHaveLength(2)
    expect(existsSync(join(store.layout.packs, OLD))).toBe(false)
    expect(listTrash(store.db)).toEqual([])
    expect(operationOf(store.db, OLD).lastSeq).toBe(0)
  })

  it('gives the room within the database back to the disk', () => {
    const store = twoOperations()
    const count = (pragma: string) => Number(store.db.pragma(pragma, { simple: true }))
    store.db.prepare('UPDATE operation SET result_json = ?').run('x'.repeat(5e6))
    store.db.prepare('UPDATE operation SET result_json = NULL').run()
    expect(count('freelist_count')).toBeGreaterThan(1000)
    clean(store)
    expect(count('freelist_count')).toBe(0)
    expect(count('page_count')).toBeLessThan(500)
  })

  it('leaves a resume nothing to miss', () => {
    const store = twoOperations()
    mark(store, NEW, 2, { isSuperseded: true })
    clean(store)
    const rows = listCheckpoints(store.db, NEW)
    const { lastSeq } = operationOf(store.db, NEW)
    expect(loadNewestCheckpoint({ ...store, keys: NO_KEYS }, NEW, rows, lastSeq)).toMatchObject({
      row: { seq: 1 },
      damaged: [],
    })
  })

  it('leaves alone what is pinned or tagged', () => {
    const store = twoOperations()
    mark(store, OLD, 1, { isPinned: true })
    mark(store, OLD, 2, { tag: 'gold' })
    expect(clean(store).checkpointsDeleted).toBe(1)
    expect(namesIn(store)).toEqual(['aaaold@1', 'aaaold@2', 'aaanew@1', 'aaanew@2'])
  })

  it('passes over what is running, and says so', () => {
    const store = twoOperations()
    hold(store, OLD)
    const cleanup = clean(store)
    expect(cleanup).toMatchObject({
      checkpointsDeleted: 0,
      skipped: [{ operationId: OLD, reason: 'running' }],
      failed: [],
    })
    expect(cleanup.kept.filter(({ reason }) => reason === 'running')).toHaveLength(3)
    expect(namesIn(store)).toHaveLength(5)
  })

  it('can be switched off', () =>
    expect(clean(twoOperations(), { maxAgeMs: null }).checkpointsDeleted).toBe(0))

  it.each([
    ['stands before the newest record', ago(2) - 1],
    ['is more than 400 days after it', ago(2) + 400 * DAY_MS + 1],
  ])('does nothing when the clock %s, and warns', (_, nowMs) => {
    const store = twoOperations()
    const { checkpointsDeleted, warnings } = clean(store, { nowMs })
    expect(checkpointsDeleted).toBe(0)
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The clock stands (before|more than 400 days after) the newest record, of 2025-05-30T.*Z: nothing is removed for its age\.$/,
      ),
    ])
  })

  it('trusts a clock of exactly 400 days after the newest record', () =>
    expect(clean(twoOperations(), { nowMs: ago(2) + 400 * DAY_MS }).checkpointsDeleted).toBe(5))

  it('trusts no row that is not as it was written', () => {
    const store = twoOperations()
    store.db.prepare('UPDATE checkpoint SET created_at_ms = 0 WHERE seq = 1').run()
    store.db.prepare('UPDATE operation SET policy_json = ? WHERE id = ?').run('{}', OLD)
    expect(clean(store)).toMatchObject({
      checkpointsDeleted: 0,
      skipped: [{ operationId: OLD, reason: 'its record is damaged' }],
    })
    expect(namesIn(store)).toHaveLength(5)
  })
})

describe('clean-up by number', () => {
  it('goes by what each operation was started with, unless it is told otherwise', () => {
    const store = tempStore()
    addOperation(store, {
      id: NEW,
      atMs: [ago(4), ago(3), ago(2)],
      retention: { keepLast: 2, keepBest: 0 },
    })
    expect(clean(store, { dryRun: true }).reasons).toMatchObject([
      { seq: 1, reason: 'superseded by newer ones' },
    ])
    clean(store, { keepLast: 1 })
    expect(namesIn(store)).toEqual(['aaanew@3'])
  })

  it('removes what a rollback has left behind, and so does gc', () => {
    for (const remove of [
      (store: Store) => clean(store).reasons.map(({ seq, reason }) => [seq, reason]),
      (store: Store) =>
        collectGarbage({ ...store, clock: fakeClock(NOW_MS) }, false).removed.map(
          ({ path, reason }) => [Number(path.split('@')[1]), reason],
        ),
    ]) {
      const store = twoOperations()
      mark(store, NEW, 2, { isSuperseded: true })
      expect(remove(store)).toContainEqual([2, 'left behind by a rollback'])
      expect(namesIn(store)).toContain('aaanew@1')
      expect(namesIn(store)).not.toContain('aaanew@2')
    }
  })
})

describe('gc', () => {
  it('removes no checkpoint but what a rollback has left behind, and none that is in use', () => {
    const store = twoOperations()
    mark(store, OLD, 1, { damage: 'a bit fell over' })
    mark(store, OLD, 3, { isSuperseded: true })
    mark(store, NEW, 2, { isSuperseded: true })
    hold(store, NEW)
    const { inUse, bytesFreed, removed } = collectGarbage(
      { ...store, clock: fakeClock(NOW_MS) },
      false,
    )
    expect(namesIn(store)).toEqual(['aaaold@1', 'aaaold@2', 'aaanew@1', 'aaanew@2'])
    expect(removed).toMatchObject([{ path: `${OLD}@3`, sizeBytes: bytesFreed }])
    expect(inUse).toEqual([NEW])
  })
})

describe('a quota', () => {
  it('takes the oldest operations first until all fits, what could be resumed from last', () => {
    const store = tempStore()
    addOperation(store, { id: OLD, atMs: [ago(9), ago(8), ago(7)] })
    addOperation(store, { id: NEW, atMs: [ago(3), ago(2)] })
    const each = storedBytes(store.db) / 5
    clean(store, { maxSizeBytes: each * 4.5 })
    expect(namesIn(store)).toEqual(['aaaold@2', 'aaaold@3', 'aaanew@1', 'aaanew@2'])
    const { reasons } = clean(store, { maxSizeBytes: each * 2.5 })
    expect(namesIn(store)).toEqual(['aaaold@3', 'aaanew@2'])
    expect(reasons[0]!.reason).toMatch(/^over the quota of \d+(\.\d)? kB$/)
    clean(store, { maxSizeBytes: each * 1.5 })
    expect(namesIn(store)).toEqual(['aaanew@2'])
  })

  it('that pinned ones exceed is warned of', () => {
    const store = twoOperations()
    for (const seq of [1, 2]) mark(store, NEW, seq, { isPinned: true })
    const { warnings } = clean(store, { maxSizeBytes: 5000 })
    expect(warnings).toEqual([
      expect.stringMatching(/take [\d.]+ kB, more than the quota of 5 kB\.$/),
    ])
    expect(namesIn(store)).toEqual(['aaanew@1', 'aaanew@2'])
  })
})

describe('a dry run', () => {
  it('tells what the real one does, to the byte, and changes nothing', () => {
    const store = twoOperations()
    const orphan = join(store.layout.packs, OLD, '.tmp-1-9-0123456789ab')
    writeFileSync(orphan, 'left behind')
    const before = { names: namesIn(store), files: packsOf(store) }
    const planned = clean(store, { dryRun: true, keepLast: 1 })
    expect({ names: namesIn(store), files: packsOf(store) }).toEqual(before)
    expect(planned).toMatchObject({ checkpointsDeleted: 4, orphanArtifactsCleaned: 1 })
    expect(clean(store, { keepLast: 1 })).toEqual({ ...planned, dryRun: false })
    expect(existsSync(orphan)).toBe(false)
    expect(clean(store, { keepLast: 1 }), 'there is nothing left to do').toMatchObject({
      checkpointsDeleted: 0,
      orphanArtifactsCleaned: 0,
      bytesFreed: 0,
    })
  })
})

describe('archiving', () => {
  it('exports each checkpoint before it goes', () => {
    const store = twoOperations()
    const archive = join(tempDir(), 'archive')
    const { archivedBytes } = clean(store, { archive })
    expect(readdirSync(join(archive, OLD)).toSorted()).toEqual(['1-1', '1-2', '1-3'])
    const directory = join(archive, OLD, '1-2')
    const document = JSON.parse(readFileSync(join(directory, 'checkpoint.json'), 'utf8'))
    expect(document).toMatchObject({
      operation: { operationId: OLD },
      checkpoint: { seq: 2 },
      state: { epoch: 2 },
    })
    expect(existsSync(join(directory, 'model.safetensors'))).toBe(true)
    expect(archivedBytes).toBeGreaterThan(12_000)
    expect(existsSync(join(archive, NEW)), 'what stays is not archived').toBe(false)
  })

  it('goes on where it was killed after archiving and before removing', () => {
    const store = twoOperations()
    const archive = join(tempDir(), 'archive')
    const place = join(archive, OLD, '1-1')
    mkdirSync(place, { recursive: true })
    expect(clean(store, { archive })).toMatchObject({ checkpointsDeleted: 3, failed: [] })
    expect(readdirSync(place), 'nothing is overwritten').toEqual([])
  })

  it('keeps what cannot be archived, and tells it', () => {
    const store = twoOperations()
    flipByte(join(store.layout.packs, OLD, '1-2.safetensors'), 900)
    const { checkpointsDeleted, failed } = clean(store, { archive: join(tempDir(), 'archive') })
    expect(checkpointsDeleted).toBe(2)
    expect(failed).toEqual([
      { path: `${OLD}@2`, reason: expect.stringContaining('is not the file that was saved') },
    ])
    expect(namesIn(store)).toContain('aaaold@2')
  })

  it('into a place that cannot be one removes nothing', () => {
    const store = twoOperations()
    const archive = join(tempDir(), 'file')
    mkdirSync(dirname(archive), { recursive: true })
    writeFileSync(archive, '')
    expect(clean(store, { archive })).toMatchObject({ checkpointsDeleted: 0 })
    expect(namesIn(store)).toHaveLength(5)
  })
})
