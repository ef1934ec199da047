import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../src/checkpoint/identity.ts'
import { PACK_FORMAT } from '../../../src/checkpoint/pack.ts'
import {
  loadNewestCheckpoint,
  type LoadedCheckpoint,
} from '../../../src/checkpoint/read-checkpoint.ts'
import { putTogether, takeApart } from '../../../src/core/snapshot.ts'
import { DEFAULT_RULES } from '../../../src/operations/run-settings.ts'
import { listCheckpoints, markCheckpoint } from '../../../src/store/checkpoint-table.ts'
import { seal } from '../../../src/store/row-seal.ts'
import {
  flipByte,
  ID,
  operationOf,
  saveContext,
  saveMany,
  startOne,
  stateOf,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

function withThree(inlineLimitBytes = 1024 ** 2): Store {
  const store = tempStore()
  startOne(store.db)
  saveMany(saveContext(store, { rules: { ...DEFAULT_RULES, inlineLimitBytes } }), 3)
  return store
}

function loadNewest(store: Store): LoadedCheckpoint {
  const { db } = store
  return loadNewestCheckpoint(store, ID, listCheckpoints(db, ID), operationOf(db).lastSeq)
}

const packOf = ({ layout }: Store, seq: number): string =>
  join(layout.packs, ID, `1-${seq}.safetensors`)

const STATE_OF_3 = `id = (SELECT blob_id FROM checkpoint_blob
  WHERE checkpoint_id = (SELECT id FROM checkpoint WHERE seq = 3) AND name = 'state')`

/** Ways in which checkpoint #3 can be lost, and what is said of it. */
const DAMAGES: [string, (store: Store) => void, RegExp][] = [
  ['a flipped bit', (store) => flipByte(packOf(store, 3), 200), /is not the file that was saved/],
  ['a cut tail', (store) => truncateSync(packOf(store, 3), 100), /has 100 bytes instead of \d+/],
  ['a grown tail', (store) => appendFileSync(packOf(store, 3), 'x'), /has \d+ bytes instead of/],
  ['an empty file', (store) => truncateSync(packOf(store, 3), 0), /is empty/],
  ['a missing file', (store) => rmSync(packOf(store, 3)), /1-3\.safetensors is missing/],
  [
    'something else in its place',
    (store) => (rmSync(packOf(store, 3)), mkdirSync(packOf(store, 3))),
    /is a directory/,
  ],
  [
    'the pack of another checkpoint',
    (store) => writeFileSync(packOf(store, 3), readFileSync(packOf(store, 1))),
    /is not the file that was saved|bytes instead of/,
  ],
  [
    'a lost pack row',
    ({ db }) => (
      db.pragma('foreign_keys = OFF'),
      db.exec("DELETE FROM pack WHERE path LIKE '%-3.%'")
    ),
    /Its pack is not in the database any more/,
  ],
  [
    'a state changed in the database',
    ({ db }) =>
      db.exec(
        `UPDATE blob SET inline = CAST(replace(CAST(inline AS TEXT), '3', '4') AS BLOB) WHERE ${STATE_OF_3}`,
      ),
    /A part of it is not what was saved/,
  ],
  [
    'a state that is gone from the database',
    ({ db }) => (db.pragma('foreign_keys = OFF'), db.exec(`DELETE FROM blob WHERE ${STATE_OF_3}`)),
    /The list of its parts is not the one that was saved/,
  ],
  [
    'a hash changed together with the state',
    ({ db }) => {
      const { sha256 } = factsOf('state', 'U8', [2], Buffer.from('{}'))
      db.prepare(
        `UPDATE blob SET inline = CAST('{}' AS BLOB), shape_json = '[2]', raw_bytes = 2, size_bytes = 2, codec = 'raw',
           sha256 = ? WHERE ${STATE_OF_3}`,
      ).run(sha256)
    },
    /The list of its parts is not the one that was saved/,
  ],
  [
    'a part that is that of another checkpoint',
    ({ db }) =>
      db.exec(
        `UPDATE checkpoint_blob SET blob_id = (SELECT blob_id FROM checkpoint_blob WHERE checkpoint_id = 2 AND name = 'model.w')
         WHERE checkpoint_id = 3 AND name = 'model.w'`,
      ),
    /The list of its parts is not the one that was saved/,
  ],
  [
    'a row that was changed',
    ({ db }) => db.exec('UPDATE checkpoint SET metric = 0 WHERE seq = 3'),
    /Its row in the database is not as it was written/,
  ],
  [
    'a lost row',
    ({ db }) => db.exec('DELETE FROM checkpoint WHERE seq = 3'),
    /it was acknowledged, but its row is gone/,
  ],
]

describe('the newest checkpoint', () => {
  it('is loaded when it verifies, and nothing is said to be damaged', () => {
    const { row, snapshot, damaged } = loadNewest(withThree())
    expect(row.seq).toBe(3)
    expect(damaged).toEqual([])
    expect(putTogether(snapshot)).toStrictEqual(putTogether(takeApart(stateOf(3))))
  })

  it.each(DAMAGES)(
    'that suffered %s is named, and the one before it is used',
    (_, harm, reason) => {
      const store = withThree()
      harm(store)
      const { row, snapshot, damaged } = loadNewest(store)
      expect(row.seq).toBe(2)
      expect(damaged).toEqual([expect.objectContaining({ seq: 3 })])
      expect(damaged[0]!.reason).toMatch(reason)
      const isThere = listCheckpoints(store.db, ID)[0]!.seq === 3
      expect(damaged[0]!.row?.seq, 'so that it can be marked').toBe(isThere ? 3 : undefined)
      expect(putTogether(snapshot)).toMatchObject({ epoch: 2, note: 'state 2' })
    },
  )

  it('that was believed to be damaged is judged by its bytes', () => {
    const store = withThree()
    markCheckpoint(store.db, listCheckpoints(store.db, ID)[0]!.id, { damage: 'A bit fell over.' })
    const { row, damaged } = loadNewest(store)
    expect(row.seq).toBe(3)
    expect(damaged).toEqual([])
  })

  it('that may not be read just now stops the resume instead of being passed over', () => {
    const store = withThree()
    const read = (): LoadedCheckpoint => loadNewest(store)
    rmSync(packOf(store, 3))
    symlinkSync(packOf(store, 3), packOf(store, 3)) // a loop: the file may be anywhere
    expect(read).toThrow(expect.objectContaining({ code: 'ELOOP' }))
  })

  it('whose file changed places with its neighbour is not taken for it, nor the neighbour', () => {
    const store = withThree()
    const aside = join(store.layout.root, 'aside')
    renameSync(packOf(store, 3), aside)
    renameSync(packOf(store, 2), packOf(store, 3))
    renameSync(aside, packOf(store, 2))
    const { row, damaged } = loadNewest(store)
    expect(row.seq).toBe(1)
    expect(damaged.map(({ seq }) => seq)).toEqual([3, 2])
  })

  it('of a newer ktrdr is refused, not passed over', () => {
    const store = withThree()
    store.db.exec(`UPDATE checkpoint SET format = ${PACK_FORMAT + 1} WHERE seq = 3`)
    seal(store.db, 'checkpoint', 'seq = 3')
    expect(() => loadNewest(store)).toThrow(
      expect.objectContaining({
        code: 'FORMAT_TOO_NEW',
        exitCode: 6,
        message: `The checkpoint has format ${PACK_FORMAT + 1}; this ktrdr knows ${PACK_FORMAT}.`,
      }),
    )
  })

  it('with a part in a codec of a newer ktrdr is refused, not passed over', () => {
    const store = withThree()
    store.db.exec(`UPDATE blob SET codec = 'planes-zstd9' WHERE ${STATE_OF_3}`)
    expect(() => loadNewest(store)).toThrow(
      expect.objectContaining({
        code: 'FORMAT_TOO_NEW',
        exitCode: 6,
        message: expect.stringContaining('"planes-zstd9"'),
      }),
    )
  })

  it('that a rollback has left behind is not used, and not called damaged', () => {
    const store = withThree()
    markCheckpoint(store.db, listCheckpoints(store.db, ID)[0]!.id, { isSuperseded: true })
    expect(loadNewest(store)).toMatchObject({ row: { seq: 2 }, damaged: [] })
  })
})

describe('an operation', () => {
  it('with nothing but damaged checkpoints says so of each', () => {
    const store = withThree()
    flipByte(packOf(store, 3), 300)
    rmSync(packOf(store, 2))
    truncateSync(packOf(store, 1), 0)
    expect(() => loadNewest(store)).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_CORRUPT',
        exitCode: 6,
        message: expect.stringMatching(
          /#3: .*1-3\.safetensors is not the file.* #2: .*1-2\.safetensors is missing.* #1: .*1-1\.safetensors is empty/,
        ),
        details: expect.objectContaining({
          damaged: [3, 2, 1].map((seq) => expect.objectContaining({ seq })),
        }),
      }),
    )
  })

  it('without a checkpoint gives the three possible reasons', () => {
    const store = tempStore()
    startOne(store.db)
    expect(() => loadNewest(store)).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_NOT_FOUND',
        exitCode: 4,
        message: expect.stringMatching(
          /ended before its first save, or .*were deleted.*, or .*--no-checkpoints/,
        ),
        details: expect.objectContaining({
          possibleReasons: expect.toSatisfy((r) => r.length === 3),
        }),
      }),
    )
  })
})
