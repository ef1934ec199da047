import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { NO_KEYS } from '../../../src/checkpoint/encryption.ts'
import { compact } from '../../../src/checkpoint/compact.ts'
import { publishBundle, stageBundle } from '../../../src/checkpoint/publish-bundle.ts'
import { findDamage, loadCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { writeCheckpoint } from '../../../src/checkpoint/write-checkpoint.ts'
import { sha256 } from '../../../src/core/hash.ts'
import { encodeSafetensors } from '../../../src/core/safetensors.ts'
import { bytesOf, takeApart, type NamedArray } from '../../../src/core/snapshot.ts'
import { examineStore, isDatabaseSound } from '../../../src/operations/examine-store.ts'
import { rebuildStore } from '../../../src/operations/rebuild-store.ts'
import { DEFAULT_RULES } from '../../../src/operations/run-settings.ts'
import { listBundles } from '../../../src/store/bundle-table.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import { inTransaction } from '../../../src/store/database.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import {
  CREATED_AT_MS,
  cursorAt,
  endOne,
  flipByte,
  ID,
  idOf,
  openTemporarily,
  operationOf,
  saveContext,
  saveOf,
  startOne,
  stateOf,
  tempLayout,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

const LENGTH = 20_000

/** Weights that move a little: every save but the first stores a delta. */
function stateAt(seq: number): object {
  const w = Float32Array.from({ length: LENGTH }, (_, i) => Math.fround(i / 7 + seq / 1e6))
  return { ...stateOf(seq), weights: { tensor: w, shape: [LENGTH] }, log: [{ seq }] }
}

function withSaves(count: number): Store {
  const store = tempStore()
  startOne(store.db)
  const context = saveContext(store)
  for (let seq = 1; seq <= count; seq++) {
    const snapshot = takeApart(stateAt(seq), { appendOnly: ['log'] })
    writeCheckpoint(context, saveOf(seq, { snapshot }), CREATED_AT_MS + seq)
  }
  endOne(store.db, 'cancelled')
  return store
}

const loaded = (store: Store) =>
  listCheckpoints(store.db, ID).map((row) => [row.seq, loadCheckpoint(store, row).snapshot])

function loseDatabase({ db, layout }: Store): void {
  db.close()
  for (const part of ['', '-wal', '-shm']) rmSync(`${layout.database}${part}`, { force: true })
}

function rebuild(layout: Store['layout'], isSound = false) {
  const rebuilt = rebuildStore(layout, NO_KEYS, fakeClock(), isSound)
  return { rebuilt, store: { layout, db: openTemporarily(layout.database), keys: NO_KEYS } }
}

describe('a database made again', () => {
  it('has every checkpoint that stands in packs, deltas of deltas included, byte for byte', () => {
    const before = withSaves(4)
    const expected = loaded(before)
    loseDatabase(before)
    const { rebuilt, store } = rebuild(before.layout)
    expect(rebuilt).toMatchObject({
      brokenDatabase: null,
      operations: [{ operationId: ID, seqs: [4, 3, 2, 1], lost: [], unused: [] }],
    })
    expect(loaded(store)).toEqual(expected)
    expect(operationOf(store.db)).toMatchObject({
      status: 'failed',
      lastSeq: 4,
      settings: { epochs: 100 },
      fingerprints: { strategy: 'f00d' },
      progress: { cursor: cursorAt(4) },
      error: { code: 'REBUILT', message: expect.stringMatching(/^rebuilt from packs/) },
    })
  })

  it('has those that a compaction has rewritten', () => {
    const before = withSaves(3)
    compact(before, operationOf(before.db), DEFAULT_RULES, { keepDeltas: false }, CREATED_AT_MS)
    const expected = loaded(before)
    loseDatabase(before)
    const { store } = rebuild(before.layout)
    expect(loaded(store)).toEqual(expected)
  })

  it('says which cannot come back and why, and keeps the bytes of their packs', () => {
    const before = tempStore()
    startOne(before.db)
    // Text that is too large to be carried beside the database, in a state that stands in it.
    const snapshot = takeApart({ ...stateOf(2), text: 'x'.repeat(300_000) })
    writeCheckpoint(saveContext(before), saveOf(1), CREATED_AT_MS)
    writeCheckpoint(saveContext(before), saveOf(2, { snapshot }), CREATED_AT_MS)
    loseDatabase(before)
    const { rebuilt, store } = rebuild(before.layout)
    expect(rebuilt.operations).toMatchObject([
      {
        seqs: [1],
        lost: [{ seq: 2, reason: expect.stringMatching(/^equity, state: in no pack/) }],
        unused: [{ path: join(ID, '1-2.safetensors') }],
      },
    ])
    expect(readdirSync(join(before.layout.root, 'quarantine', ID))).toEqual(['1-2.safetensors'])
    expect(operationOf(store.db).lastSeq, 'its number is not given again').toBe(2)
  })

  it('believes no part that is not what was saved', () => {
    const before = withSaves(2)
    const path = join(before.layout.packs, ID, '1-2.safetensors')
    const whole = readFileSync(path)
    loseDatabase(before)
    for (let at = 0; at < whole.length; at += 997) {
      flipByte(path, at)
      const { rebuilt, store } = rebuild(before.layout)
      for (const row of listCheckpoints(store.db, ID))
        expect(findDamage(store, row), `byte ${at}`).toBeUndefined()
      expect(rebuilt.operations[0]!.seqs, `byte ${at}`).toContain(1)
      store.db.close()
      writeFileSync(path, whole)
      loseDatabase({ ...before, db: store.db })
    }
  })

  it('keeps what was left of the broken one, its log too', () => {
    const before = withSaves(2)
    before.db.close()
    writeFileSync(before.layout.database, 'no database')
    writeFileSync(`${before.layout.database}-wal`, 'no log')
    expect(isDatabaseSound(before.layout)).toBe(false)
    const { rebuilt } = rebuild(before.layout)
    expect(readFileSync(rebuilt.brokenDatabase!, 'utf8')).toBe('no database')
    expect(readFileSync(`${rebuilt.brokenDatabase!}-wal`, 'utf8')).toBe('no log')
    expect(isDatabaseSound(before.layout)).toBe(true)
  })

  it('that is sound is kept, and what it does not know is added', () => {
    const before = withSaves(2)
    loseDatabase(before)
    const other = { layout: before.layout, db: openTemporarily(before.layout.database) }
    startOne(other.db, idOf('other'))
    expect(isDatabaseSound(before.layout)).toBe(true)
    const { rebuilt, store } = rebuild(before.layout, true)
    expect(rebuilt).toMatchObject({ brokenDatabase: null, operations: [{ operationId: ID }] })
    expect(operationOf(store.db, idOf('other')).status).toBe('running')
    expect(rebuild(before.layout, true).rebuilt.operations, 'and again nothing').toEqual([])
  })

  it('registers published bundles with their operations, and no file that was changed', () => {
    const { db, layout } = tempStore()
    const publish = (id: string, kind: 'model' | 'backtest') => {
      startOne(db, id)
      const bundle = {
        kind,
        name: 'walk',
        variant: 'WALK_1h',
        manifest: { kind, strategy: 'walk', epochs: 3 },
        files: { 'data.txt': id },
      }
      const provenance = { operationId: id, startedAt: new Date(CREATED_AT_MS).toISOString() }
      const staged = stageBundle(layout, id, bundle, {
        'provenance.json': JSON.stringify(provenance),
      })
      return inTransaction(db, () => publishBundle(db, layout, id, staged, CREATED_AT_MS))
    }
    const rows = [publish(idOf('one'), 'model'), publish(idOf('two'), 'model')]
    publish(idOf('three'), 'backtest')
    writeFileSync(join(layout.bundles.backtest, 'walk', 'WALK_1h', 'v1', 'data.txt'), 'changed')
    loseDatabase({ db, layout, keys: NO_KEYS })
    const { rebuilt, store } = rebuild(layout)
    expect(listBundles(store.db, 'model')).toEqual(rows.toReversed())
    expect(rebuilt.unusable).toMatchObject([{ reason: expect.stringMatching(/data\.txt/) }])
    expect(operationOf(store.db, idOf('two'))).toMatchObject({
      status: 'completed',
      name: 'walk',
      result: { model: { version: 2 } },
    })
  })

  it('knows by their logs operations of which nothing stands anywhere', () => {
    const { db, layout } = tempStore()
    mkdirSync(layout.logs)
    writeFileSync(join(layout.logs, `${ID}.jsonl`), '')
    loseDatabase({ db, layout, keys: NO_KEYS })
    expect(rebuild(layout).rebuilt.withoutTrace).toEqual([ID])
  })

  it('is not begun when the old one cannot be examined: that says nothing of its content', () => {
    const layout = tempLayout()
    mkdirSync(layout.database) // as good as one without permission
    expect(() => isDatabaseSound(layout)).toThrow(expect.objectContaining({ code: 'IO_FAILED' }))
    const finding = examineStore(layout).find(({ check }) => check === 'database')
    expect(finding).toMatchObject({ verdict: 'problem', suggestions: [] })
  })

  it('is not begun when a newer ktrdr has written the old one', () => {
    const { db, layout } = tempStore()
    db.pragma('user_version = 99')
    db.close()
    expect(() => isDatabaseSound(layout)).toThrow(
      expect.objectContaining({ code: 'FORMAT_TOO_NEW' }),
    )
  })

  it.each([
    ['that has packs', true],
    ['of which only a log is seen', false],
  ])('is not begun while somebody runs an operation %s', (_, hasPacks) => {
    const before = withSaves(1)
    before.db.close()
    writeFileSync(before.layout.database, 'no database')
    if (!hasPacks) {
      rmSync(before.layout.packs, { recursive: true })
      mkdirSync(before.layout.logs)
      writeFileSync(join(before.layout.logs, `${ID}.jsonl`), '')
    }
    const lock = tryLock(before.layout.locks, ID)!
    onTestFinished(() => lock.release())
    expect(() => rebuildStore(before.layout, NO_KEYS, fakeClock(), false)).toThrow(
      expect.objectContaining({ code: 'OPERATION_ALREADY_RUNNING' }),
    )
    expect(readFileSync(before.layout.database, 'utf8')).toBe('no database')
  })
})

describe('packs of format 1', () => {
  /** As ktrdr 0.1.0 wrote them. */
  function writeOld(layout: Store['layout'], seq: number, isStateInPack: boolean): void {
    const { json, arrays } = takeApart({ epoch: seq, w: Float32Array.of(seq) })
    const text = JSON.stringify(json)
    const state: NamedArray = {
      name: 'state.json',
      dtype: 'U8',
      shape: [text.length],
      data: new TextEncoder().encode(text),
    }
    const all = isStateInPack ? [...arrays, state] : arrays
    const manifest = {
      format: 1,
      operationId: ID,
      operationType: 'training',
      generation: 1,
      seq,
      type: 'periodic',
      cursor: cursorAt(seq),
      fingerprints: { strategy: 'f00d' },
      stateVersion: 1,
      stateSha256: sha256(text),
      createdAtMs: CREATED_AT_MS,
      arrays: all.map(({ name, dtype, shape, data }) => ({
        name,
        codec: 'raw',
        sha256: sha256(`${dtype} ${JSON.stringify(shape)}\n`, bytesOf(data)),
      })),
    }
    const file = encodeSafetensors({ metadata: { ktrdr: JSON.stringify(manifest) }, arrays: all })
    mkdirSync(join(layout.packs, ID), { recursive: true })
    writeFileSync(join(layout.packs, ID, `1-${seq}.safetensors`), file)
  }

  it('come back when they hold the state, to be looked at and exported', () => {
    const layout = tempLayout()
    writeOld(layout, 1, true)
    writeOld(layout, 2, false)
    const { rebuilt, store } = rebuild(layout)
    expect(rebuilt.operations).toMatchObject([
      {
        seqs: [1],
        lost: [{ seq: 2, reason: 'Its state stood in the database.' }],
        isResumable: false,
      },
    ])
    const [row] = listCheckpoints(store.db, ID)
    expect(loadCheckpoint(store, row!).snapshot.json).toMatchObject({ epoch: 1 })
  })
})

describe('an examination', () => {
  const verdicts = (layout: Store['layout']) =>
    Object.fromEntries(examineStore(layout).map(({ check, verdict }) => [check, verdict] as const))

  it('finds nothing where nothing is wrong, and creates nothing', () => {
    const layout = tempLayout()
    expect(new Set(Object.values(verdicts(layout)))).toEqual(new Set(['ok']))
    expect(existsSync(layout.database)).toBe(false)
    const store = withSaves(2)
    expect(new Set(Object.values(verdicts(store.layout)))).toEqual(new Set(['ok']))
  })

  it.each<[string, string, string, (store: Store) => void]>([
    ['a lost database', 'database', 'problem', loseDatabase],
    [
      'a missing pack',
      'packs',
      'problem',
      ({ layout }) => rmSync(join(layout.packs, ID, '1-1.safetensors')),
    ],
    [
      'a changed record',
      'records',
      'problem',
      ({ db }) => void db.prepare('UPDATE operation SET last_seq = 7').run(),
    ],
    [
      'a changed row of a checkpoint',
      'checkpoint rows',
      'problem',
      ({ db }) => void db.prepare('UPDATE checkpoint SET metric = 7').run(),
    ],
    [
      'a file without a row',
      'orphans',
      'warning',
      ({ layout }) => writeFileSync(join(layout.packs, ID, '9-9.safetensors'), ''),
    ],
    [
      'packs of an unknown operation',
      'orphans',
      'problem',
      ({ layout }) => mkdirSync(join(layout.packs, idOf('other'))),
    ],
    ['a dead owner', 'owners', 'warning', ({ db }) => void startOne(db, idOf('dead'))],
  ])('finds %s', (_, check, verdict, harm) => {
    const store = withSaves(2)
    harm(store)
    expect(verdicts(store.layout)[check]).toBe(verdict)
  })
})
