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
import {
  loadNewestCheckpoint,
  type LoadedCheckpoint,
} from '../../../src/checkpoint/read-checkpoint.ts'
import { sha256 } from '../../../src/core/hash.ts'
import { decodeSafetensors, encodeSafetensors } from '../../../src/core/safetensors.ts'
import { putTogether, takeApart } from '../../../src/core/snapshot.ts'
import { listCheckpoints, markDamage } from '../../../src/store/checkpoint-table.ts'
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
  saveMany(saveContext(store, { inlineLimitBytes }), 3)
  return store
}

function loadNewest({ db, layout }: Store): LoadedCheckpoint {
  return loadNewestCheckpoint(layout, ID, listCheckpoints(db, ID), operationOf(db).lastSeq)
}

const packOf = ({ layout }: Store, seq: number): string =>
  join(layout.packs, ID, `1-${seq}.safetensors`)

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
    'a state changed in the row',
    ({ db }) =>
      db.exec(`UPDATE checkpoint SET state_json = replace(state_json, '3', '4') WHERE seq = 3`),
    /The state is not the one that was saved/,
  ],
  [
    'a state that is gone from the row',
    ({ db }) => db.exec('UPDATE checkpoint SET state_json = NULL WHERE seq = 3'),
    /neither in the database nor in the pack/,
  ],
  [
    'a hash changed in the row together with the state',
    ({ db }) =>
      db
        .prepare('UPDATE checkpoint SET state_json = ?, state_sha256 = ? WHERE seq = 3')
        .run('{}', sha256('{}')),
    /The state is not the one that was saved/,
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
    markDamage(store.db, listCheckpoints(store.db, ID)[0]!.id, 'A bit fell over.')
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
    const { arrays, metadata } = decodeSafetensors(readFileSync(packOf(store, 3)))
    const manifest = { ...JSON.parse(metadata['ktrdr']!), format: 2 }
    const file = encodeSafetensors({ arrays, metadata: { ktrdr: JSON.stringify(manifest) } })
    writeFileSync(packOf(store, 3), file)
    store.db
      .prepare("UPDATE pack SET sha256 = ?, size_bytes = ? WHERE path LIKE '%-3.%'")
      .run(sha256(file), file.length)
    expect(() => loadNewest(store)).toThrow(expect.objectContaining({ code: 'FORMAT_TOO_NEW' }))
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
