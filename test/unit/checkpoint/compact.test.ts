import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compact, wastedBytes } from '../../../src/checkpoint/compact.ts'
import { KEY_BYTES, keyIdOf } from '../../../src/checkpoint/encryption.ts'
import { decodePack } from '../../../src/checkpoint/pack.ts'
import { loadCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { decodeRecovery } from '../../../src/checkpoint/recovery.ts'
import { writeCheckpoint, type SaveContext } from '../../../src/checkpoint/write-checkpoint.ts'
import { takeApart } from '../../../src/core/snapshot.ts'
import { DEFAULT_RULES } from '../../../src/operations/run-settings.ts'
import { listBlobsOf, storedBytes } from '../../../src/store/blob-table.ts'
import { listCheckpoints, removeCheckpoints } from '../../../src/store/checkpoint-table.ts'
import { inTransaction } from '../../../src/store/database.ts'
import { listPacks } from '../../../src/store/pack-table.ts'
import { brokenSeals } from '../../../src/store/row-seal.ts'
import {
  CREATED_AT_MS,
  filesOf,
  flipByte,
  ID,
  operationOf,
  packsOfRows,
  saveContext,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

const LENGTH = 20_000

/** A state whose weights move a little from save to save, as those of a training do: each next one is a delta. */
function stateAt(seq: number): object {
  const weights = Float32Array.from({ length: LENGTH }, (_, i) => Math.fround(i / 7 + seq / 1e6))
  const frozen = Float32Array.from({ length: LENGTH }, (_, i) => Math.fround(i / 3))
  return {
    epoch: seq,
    model: { w: { tensor: weights, shape: [LENGTH] }, f: { tensor: frozen, shape: [LENGTH] } },
  }
}

/** Of an even count: as many in either lane, the first of each whole and the others deltas. */
function withDeltas(count = 6): { store: Store; context: SaveContext } {
  const store = tempStore()
  startOne(store.db)
  const context = saveContext(store)
  for (let seq = 1; seq <= count; seq++)
    writeCheckpoint(
      context,
      saveOf(seq, { snapshot: takeApart(stateAt(seq)) }),
      CREATED_AT_MS + seq,
    )
  return { store, context }
}

const run = (store: Store, keepDeltas = false) =>
  compact(store, operationOf(store.db), DEFAULT_RULES, { keepDeltas }, CREATED_AT_MS)

const snapshots = (store: Store) =>
  listCheckpoints(store.db, ID).map((row) => loadCheckpoint(store, row).snapshot)

const depths = (store: Store) => listBlobsOf(store.db, ID).map(({ depth }) => depth)

function remove({ db }: Store, ...seqs: number[]): void {
  const rows = listCheckpoints(db, ID).filter(({ seq }) => seqs.includes(seq))
  inTransaction(db, () => removeCheckpoints(db, rows, CREATED_AT_MS))
}

describe('a compaction', () => {
  it('leaves no delta and changes no checkpoint', () => {
    const { store } = withDeltas()
    expect(Math.max(...depths(store)), 'there are deltas').toBeGreaterThan(1)
    const before = snapshots(store)
    const { deltas, packsRemoved, bytesAfter } = run(store)
    expect(snapshots(store)).toEqual(before)
    expect(Math.max(...depths(store))).toBe(0)
    expect(listCheckpoints(store.db, ID).map(({ depth }) => depth)).toEqual([0, 0, 0, 0, 0, 0])
    expect(deltas).toBeGreaterThan(1)
    expect(packsRemoved).toBe(4)
    expect(bytesAfter).toBe(storedBytes(store.db, ID))
    expect(brokenSeals(store.db)).toEqual([])
    expect(filesOf(store.layout), 'no file without a row').toEqual(packsOfRows(store))
  })

  it('done again has nothing to do', () => {
    const { store } = withDeltas()
    run(store)
    const files = filesOf(store.layout)
    expect(run(store)).toMatchObject({ deltas: 0, packsRemoved: 0 })
    expect(filesOf(store.layout)).toEqual(files)
  })

  it('frees what only deltas of deleted checkpoints needed', () => {
    const { store } = withDeltas()
    remove(store, 1, 2, 3, 4)
    expect(listPacks(store.db, ID).length, 'a chain keeps its bases').toBe(6)
    const { bytesBefore, bytesAfter } = run(store)
    expect(listPacks(store.db, ID), 'one a lane is left').toHaveLength(2)
    expect(bytesAfter).toBeLessThan(bytesBefore)
  })

  it.each([
    [0, [5, 3, 1]],
    [1, [6, 4, 2]],
  ])('carries on what is needed to make the rows of all of lane %i again', (lane, seqs) => {
    const { store } = withDeltas()
    run(store)
    const path = join(ID, `1-${seqs[0]}-c1.safetensors`)
    const { head, recovery } = decodePack(readFileSync(join(store.layout.packs, path)))
    expect(head).toMatchObject({ type: 'compaction', seq: seqs[0], lane, operationId: ID })
    expect(decodeRecovery(recovery!).checkpoints.map(({ seq }) => seq)).toEqual(seqs)
  })

  it('leaves lanes apart: no pack that it writes holds blobs of both', () => {
    const { store } = withDeltas()
    run(store)
    const lanes = Map.groupBy(listBlobsOf(store.db, ID), ({ packId }) => packId)
    expect(lanes.size).toBeGreaterThan(1)
    for (const [packId, blobs] of lanes)
      if (packId !== null) expect(new Set(blobs.map(({ lane }) => lane)).size).toBe(1)
  })

  it('tells of sealed parts only in sealed packs, also when what it writes anew was not sealed', () => {
    const { store, context } = withDeltas()
    const key = { id: 'k', secret: new Uint8Array(KEY_BYTES).fill(7) }
    const sealing = { ...context, keys: { active: key, all: [key] } }
    for (const seq of [7, 8])
      writeCheckpoint(sealing, saveOf(seq, { snapshot: takeApart(stateAt(seq)) }), CREATED_AT_MS)
    const opened = { ...store, keys: { active: null, all: [key] } }
    const before = snapshots(opened)
    expect(run(opened).deltas).toBeGreaterThan(1)
    for (const seq of [7, 8]) {
      const file = readFileSync(join(store.layout.packs, ID, `1-${seq}-c1.safetensors`))
      expect(keyIdOf(file)).toBe('k')
    }
    expect(snapshots(opened)).toEqual(before)
  })

  it('refuses to pass on what does not verify, and changes nothing', () => {
    const { store } = withDeltas()
    const [pack] = listPacks(store.db, ID)
    flipByte(join(store.layout.packs, pack!.path), pack!.sizeBytes - 1)
    const files = filesOf(store.layout)
    expect(() => run(store)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }))
    expect(filesOf(store.layout)).toEqual(files)
    expect(Math.max(...depths(store))).toBeGreaterThan(1)
  })

  it('of packs alone gives up those that are mostly unneeded, and keeps deltas', () => {
    const { store, context } = withDeltas(2)
    // The first pack holds the frozen layer, which the third checkpoint shares, and weights that nobody needs any more.
    const other = { ...stateAt(9), more: { tensor: new Float32Array(4), shape: [4] } }
    const snapshot = takeApart(other)
    writeCheckpoint(
      { ...context, rules: { ...DEFAULT_RULES, maxDepth: 0 } },
      saveOf(3, { snapshot }),
      CREATED_AT_MS,
    )
    remove(store, 1)
    const first = listPacks(store.db, ID).find(({ path }) => path.endsWith('1-1.safetensors'))!
    const live = listBlobsOf(store.db, ID)
      .filter(({ packId }) => packId === first.id)
      .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const isWasteful = live < first.sizeBytes / 2
    expect(wastedBytes(store.db, ID)).toBe(isWasteful ? first.sizeBytes - live : 0)
    const before = snapshots(store)
    run(store, true)
    expect(snapshots(store)).toEqual(before)
    expect(existsSync(join(store.layout.packs, first.path))).toBe(!isWasteful)
  })
})
