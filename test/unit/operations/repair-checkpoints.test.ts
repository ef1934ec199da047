import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkpointCommands } from '../../../src/operations/checkpoint-commands.ts'
import type { Repair } from '../../../src/operations/repair-checkpoints.ts'
import { listCheckpoints } from '../../../src/store/checkpoint-table.ts'
import { tryLock } from '../../../src/store/owner-lock.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { flipByte, ID, operationOf, storeWithSaves, type Store } from '../../support/temp-store.ts'

const verify = (store: Store, repair = false) =>
  checkpointCommands({ ...store, clock: fakeClock() }).verify(undefined, { repair })
const said = (repairs: readonly Repair[]) => repairs.map(({ action, subject }) => [action, subject])
const seqs = ({ db }: Store) => listCheckpoints(db, ID).map(({ seq }) => seq)
const pack = ({ layout }: Store, seq: number) => join(layout.packs, ID, `1-${seq}.safetensors`)
const copy = ({ layout }: Store, seq: number) =>
  join(layout.root, 'quarantine', ID, `1-${seq}.safetensors`)

describe('a repair', () => {
  it('drops what can never be read, and keeps the bytes of its pack', () => {
    const store = storeWithSaves(3)
    flipByte(pack(store, 2), 600)
    const damaged = readFileSync(pack(store, 2))
    expect(said(verify(store, true).repairs)).toEqual([
      ['quarantined', ID],
      ['dropped', `${ID}@2`],
    ])
    expect(seqs(store)).toEqual([3, 1])
    expect(readFileSync(copy(store, 2))).toEqual(damaged)
    expect(existsSync(pack(store, 2))).toBe(false)
    expect(verify(store)).toMatchObject({ damaged: 0, problems: [], repairs: [] })
  })

  it('does nothing where nothing is wrong', () => {
    const store = storeWithSaves(3)
    expect(verify(store, true).repairs).toEqual([])
    expect(seqs(store)).toEqual([3, 2, 1])
  })

  it('of the newest leaves no number behind that a resume would miss', () => {
    const store = storeWithSaves(3)
    rmSync(pack(store, 3))
    verify(store, true)
    expect(seqs(store)).toEqual([2, 1])
    expect(operationOf(store.db).lastSeq).toBe(2)
  })

  it('never vouches for a row that was changed: it stays marked, and is left to the user', () => {
    const store = storeWithSaves(3)
    store.db.prepare('UPDATE checkpoint SET metric = 1 WHERE seq = 2').run()
    const { repairs } = verify(store, true)
    expect(said(repairs)).toEqual([['left', `${ID}@2`]])
    expect(repairs[0]!.what).toContain(`ktrdr checkpoints delete ${ID}@2`)
    const row = listCheckpoints(store.db, ID).find(({ seq }) => seq === 2)!
    expect(row.isSealed).toBe(false)
    expect(row.damage).toMatch(/not as it was written/)
  })

  it('tells what to do about the record of an operation, and does not touch it', () => {
    const store = storeWithSaves(3)
    store.db.prepare(`UPDATE operation SET settings_json = '{"epochs":7}'`).run()
    expect(verify(store).problems).toMatchObject([{ kind: 'seal', subject: ID }])
    expect(said(verify(store, true).repairs)).toEqual([['left', ID]])
    expect(operationOf(store.db).isSealed).toBe(false)
  })

  it('drops rows that nothing needs', () => {
    const store = storeWithSaves(3)
    store.db.pragma('foreign_keys = OFF')
    store.db.prepare('DELETE FROM checkpoint_blob WHERE checkpoint_id = 1').run()
    store.db.prepare('DELETE FROM checkpoint WHERE id = 1').run()
    store.db.pragma('foreign_keys = ON')
    expect(verify(store).problems).toMatchObject([{ kind: 'rows', subject: ID }])
    expect(said(verify(store, true).repairs)).toEqual([['dropped', ID]])
    expect(verify(store).problems).toEqual([])
    expect(existsSync(pack(store, 1))).toBe(false)
  })

  it('leaves a running operation alone', () => {
    const store = storeWithSaves(3)
    flipByte(pack(store, 2), 600)
    const lock = tryLock(store.layout.locks, ID)!
    onTestFinished(() => lock.release())
    expect(said(verify(store, true).repairs)).toEqual([['left', ID]])
    expect(seqs(store)).toEqual([3, 2, 1])
  })
})
