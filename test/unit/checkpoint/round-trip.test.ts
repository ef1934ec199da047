import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findDamage, loadCheckpoint } from '../../../src/checkpoint/read-checkpoint.ts'
import { writeCheckpoint, type SaveContext } from '../../../src/checkpoint/write-checkpoint.ts'
import { sha256 } from '../../../src/core/hash.ts'
import { bytesOf, putTogether, takeApart } from '../../../src/core/snapshot.ts'
import { DEFAULT_RULES } from '../../../src/operations/run-settings.ts'
import { inlineBytes, listParts, storedBytes } from '../../../src/store/blob-table.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import { listPacks } from '../../../src/store/pack-table.ts'
import {
  CREATED_AT_MS,
  flipByte,
  ID,
  saveContext,
  saveMany,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

/** NaNs whose payload says something, signalling ones included: a copy by value would quiet them. */
const NANS_64 = new Float64Array(
  BigUint64Array.of(0x7ff8dead_beef0001n, 0xfff00000_00000001n).buffer,
)
const NANS_32 = new Float32Array(Uint32Array.of(0x7fc0dead, 0xff800001).buffer)

const contextOf = (store: Store, inlineLimitBytes: number): SaveContext =>
  saveContext(store, { rules: { ...DEFAULT_RULES, inlineLimitBytes } })

/** Where a part of a checkpoint stands. */
function isInPack({ db }: Store, part: string, seq = 1): boolean {
  const row = listCheckpoints(db, ID).find((candidate) => candidate.seq === seq)
  return listParts(db, row!.id).find(({ name }) => name === part)!.blob.packId !== null
}

/** Where all but the tensors stands: in the database, or in the pack. */
const PLACES = [
  ['in the database', 1024 ** 2],
  ['in the pack', 0],
] as const

describe.each(PLACES)('a checkpoint whose state stands %s', (place, inlineLimitBytes) => {
  it('loads as it was saved: −0, NaN payloads, arrays of length 0', () => {
    const store = tempStore()
    startOne(store.db)
    const state = {
      zero: -0,
      tiny: Number.MIN_VALUE,
      text: '"größer"\n\u2028',
      nested: { list: [null, true, -0, []], object: {} },
      f64: Float64Array.of(-0, Infinity, ...NANS_64),
      nan64: NANS_64,
      nan32: NANS_32,
      none: new Float64Array(0),
      tensor: { tensor: new Float32Array(0), shape: [0, 7] },
      bytes: Uint8Array.of(0, 255),
    }
    writeCheckpoint(
      contextOf(store, inlineLimitBytes),
      saveOf(1, { snapshot: takeApart(state) }),
      CREATED_AT_MS,
    )
    const [row] = listCheckpoints(store.db, ID)
    const back = putTogether<typeof state>(loadCheckpoint(store, row!).snapshot)
    expect(back).toStrictEqual(state)
    for (const key of ['f64', 'nan64', 'nan32'] as const)
      expect(sha256(bytesOf(back[key])), `every bit of ${key}`).toBe(sha256(bytesOf(state[key])))
    expect(isInPack(store, 'state'), `its JSON stands ${place}`).toBe(inlineLimitBytes === 0)
  })

  it('has its size on disk and in the row', () => {
    const store = tempStore()
    startOne(store.db)
    const context = contextOf(store, inlineLimitBytes)
    const sizeBytes = writeCheckpoint(context, saveOf(1), CREATED_AT_MS)
    const [row] = listCheckpoints(store.db, ID)
    const [pack] = listPacks(store.db, ID)
    const file = readFileSync(join(store.layout.packs, pack!.path))
    const inline = listParts(store.db, row!.id).filter(({ blob }) => blob.packId === null)
    expect(sizeBytes).toBe(inline.reduce((sum, { blob }) => sum + blob.sizeBytes, file.length))
    expect(row!.sizeBytes).toBe(sizeBytes)
    expect(storedBytes(store.db, ID)).toBe(sizeBytes)
    expect(pack).toMatchObject({ sizeBytes: file.length, sha256: sha256(file) })
  })
})

describe('the limit between database and pack', () => {
  it('is the last size that still stands in the database', () => {
    const store = tempStore()
    startOne(store.db)
    const snapshotOf = (seq: number) => ({ json: `${seq}`.repeat(98), arrays: [], streams: [] }) // 100 bytes of JSON
    for (const [seq, inlineLimitBytes] of [
      [1, 100],
      [2, 99],
    ] as const)
      writeCheckpoint(
        contextOf(store, inlineLimitBytes),
        saveOf(seq, { snapshot: snapshotOf(seq) }),
        0,
      )
    expect([1, 2].map((seq) => isInPack(store, 'state', seq))).toEqual([false, true])
  })

  it('changes nothing of what is loaded, for all states', () => {
    const store = tempStore()
    startOne(store.db)
    let seq = 0
    const anyState = fc.record(
      {
        n: fc.double({ noNaN: true, noDefaultInfinity: true }),
        text: fc.string({ unit: 'grapheme' }),
        x: fc.float64Array(),
        list: fc.array(fc.oneof(fc.integer(), fc.boolean(), fc.constant(null))),
      },
      { noNullPrototype: true },
    )
    fc.assert(
      fc.property(anyState, fc.constantFrom(0, 1e6), (state, inlineLimitBytes) => {
        const save = saveOf(++seq, { snapshot: takeApart(state) })
        writeCheckpoint(contextOf(store, inlineLimitBytes), save, CREATED_AT_MS)
        const row = listCheckpoints(store.db, ID)[0]!
        expect(putTogether(loadCheckpoint(store, row).snapshot)).toStrictEqual(state)
      }),
      { numRuns: 40 },
    )
  })
})

describe.each(PLACES)(
  'with the state %s, no other bytes are ever loaded',
  (_, inlineLimitBytes) => {
    it('whichever byte of the pack flips', () => {
      const store = tempStore()
      startOne(store.db)
      saveMany(contextOf(store, inlineLimitBytes), 1)
      const [row] = listCheckpoints(store.db, ID)
      const [pack] = listPacks(store.db, ID)
      const path = join(store.layout.packs, pack!.path)
      fc.assert(
        fc.property(fc.nat(pack!.sizeBytes - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
          flipByte(path, at, mask)
          expect(() => loadCheckpoint(store, row!)).toThrow(
            expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }),
          )
          flipByte(path, at, mask)
          expect(findDamage(store, row!), 'and healed it is whole').toBeUndefined()
        }),
        { numRuns: 300 },
      )
    })
  },
)

describe('with parts in the database', () => {
  it('no other bytes are ever loaded, whatever stands in the database instead of a part', () => {
    const store = tempStore()
    startOne(store.db)
    saveMany(saveContext(store), 1)
    const [row] = listCheckpoints(store.db, ID)
    const inline = listParts(store.db, row!.id).filter(({ blob }) => blob.packId === null)
    expect(inline.map(({ name }) => name)).toEqual(['equity', 'state'])
    const write = store.db.prepare('UPDATE blob SET inline = ? WHERE id = ?')
    fc.assert(
      fc.property(
        fc.constantFrom(...inline),
        fc.oneof(
          fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
          fc.uint8Array({ minLength: 16, maxLength: 16 }),
        ),
        ({ blob }, bytes) => {
          const whole = inlineBytes(store.db, blob.id)
          write.run(bytes, blob.id)
          expect(findDamage(store, row!)).toMatch(
            /^A part of it is not what was saved|^The checkpoint is damaged: \d+ bytes of the codec "raw"/,
          )
          write.run(whole, blob.id)
          expect(findDamage(store, row!), 'and put back it is whole').toBeUndefined()
        },
      ),
    )
  })
})
