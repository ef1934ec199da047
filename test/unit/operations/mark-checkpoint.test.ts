import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findOneVersion, findVersion } from '../../../src/operations/find-checkpoint.ts'
import { markVersion, type UserMarks } from '../../../src/operations/mark-checkpoint.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { brokenSeals } from '../../../src/store/row-seal.ts'
import { ID, storeWithSaves, type Store } from '../../support/temp-store.ts'

const mark = (store: Store, seq: number, marks: UserMarks) => markVersion(store, ID, seq, marks)
const refused = (code: string) => expect.objectContaining({ code })

describe('marks of a checkpoint', () => {
  it('are kept one by one, under the seal of its row', () => {
    const store = storeWithSaves(3)
    mark(store, 2, { isPinned: true, note: 'before the crash' })
    expect(mark(store, 2, { tag: 'gold' })).toMatchObject({
      isPinned: true,
      tag: 'gold',
      note: 'before the crash',
    })
    expect(mark(store, 2, { isPinned: false, tag: null })).toMatchObject({
      isPinned: false,
      tag: null,
      note: 'before the crash',
    })
    expect(brokenSeals(store.db)).toEqual([])
  })

  it('a tag names the checkpoint wherever its number does', () => {
    const store = storeWithSaves(3)
    mark(store, 2, { tag: 'before-tuning' })
    expect(findVersion(store.db, 'abc123@before-tuning').row.seq).toBe(2)
    expect(findOneVersion(store.db, 'latest@before-tuning').row.seq).toBe(2)
    expect(() => findVersion(store.db, 'latest@other')).toThrow(refused('CHECKPOINT_NOT_FOUND'))
    expect(() => findOneVersion(store.db, 'latest')).toThrow(refused('USAGE'))
  })

  it('a tag stands for one checkpoint of its operation', () => {
    const store = storeWithSaves(3)
    mark(store, 2, { tag: 'gold' })
    mark(store, 2, { tag: 'gold' })
    expect(() => mark(store, 3, { tag: 'gold' })).toThrow(refused('USAGE'))
    expect(findVersion(store.db, 'latest@gold').row.seq).toBe(2)
  })

  it('no tag can be taken for a number, a path or an option', () => {
    const store = storeWithSaves(3)
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (tag) => {
        fc.pre(!/^[a-z][a-z0-9._-]{0,63}$/.test(tag))
        expect(() => mark(store, 1, { tag })).toThrow(refused('USAGE'))
      }),
    )
    expect(mark(store, 1, { tag: `a${'b'.repeat(63)}` }).tag).toHaveLength(64)
  })

  it('vouch for nothing: a row that was changed behind our back is refused', () => {
    const store = storeWithSaves(3)
    store.db.prepare('UPDATE checkpoint SET metric = 1 WHERE seq = 2').run()
    expect(() => mark(store, 2, { isPinned: true })).toThrow(refused('CHECKPOINT_CORRUPT'))
    expect(brokenSeals(store.db)).toMatchObject([{ table: 'checkpoint' }])
  })

  it('of a running operation stay as they are', () => {
    const store = storeWithSaves(3)
    const lock = tryLock(store.layout.locks, ID)!
    onTestFinished(() => lock.release())
    expect(() => mark(store, 2, { isPinned: true })).toThrow(refused('OPERATION_ALREADY_RUNNING'))
    expect(() => mark(store, 2, { tag: 'A' }), 'a bad name is one all the same').toThrow(
      refused('USAGE'),
    )
  })
})
