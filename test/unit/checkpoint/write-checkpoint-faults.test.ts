import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findDamage } from '../../../src/checkpoint/read-checkpoint.ts'
import { sweep } from '../../../src/checkpoint/sweep.ts'
import type { SaveContext } from '../../../src/checkpoint/write-checkpoint.ts'
import { FAULT_POINTS } from '../../../src/core/fault.ts'
import { listCheckpoints, listTrash } from '../../../src/store/checkpoint-table.ts'
import {
  filesOf,
  ID,
  operationOf,
  packsOfRows,
  saveContext,
  saveMany,
  saveOf,
  startOne,
  tempStore,
  type Store,
} from '../../support/temp-store.ts'

// What each step of the write protocol leaves behind when it fails there. The same steps are killed in test/crash;
// here the process lives on, which the program must survive too: a full disk is no crash.

afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

/** A running operation with two checkpoints, of which the next save is to remove one. */
function saved(): { store: Store; context: SaveContext } {
  const store = tempStore()
  startOne(store.db)
  const context = saveContext(store, { retention: { keepLast: 2, keepBest: 0 } })
  saveMany(context, 2)
  return { store, context }
}

async function saveThirdWith(fault: string, context: SaveContext): Promise<unknown> {
  vi.stubEnv('KTRDR_FAULT', fault)
  vi.resetModules()
  const { writeCheckpoint } = await import('../../../src/checkpoint/write-checkpoint.ts')
  try {
    writeCheckpoint(context, saveOf(3), 3)
    return undefined
  } catch (error) {
    return error
  }
}

const seqs = ({ db }: Store): number[] => listCheckpoints(db, ID).map(({ seq }) => seq)
const packs = ({ layout }: Store): string[] =>
  filesOf(layout).filter((path) => path.startsWith('packs'))

const COMMITTED = FAULT_POINTS.save.indexOf('save.after-commit')

describe.each(FAULT_POINTS.save.map((point, i) => [point, i < COMMITTED] as const))(
  'a save that fails at %s',
  (point, isBeforeCommit) => {
    it(`has ${isBeforeCommit ? 'changed nothing' : 'happened'}, and every checkpoint loads`, async () => {
      const { store, context } = saved()
      const error = await saveThirdWith(`${point}:throw`, context)
      if (isBeforeCommit)
        expect(error).toMatchObject({ message: `KTRDR_FAULT struck at ${point}@1.` })
      else expect(error, 'what is committed is saved').toBeUndefined()
      expect(seqs(store)).toEqual(isBeforeCommit ? [2, 1] : [3, 2])
      expect(operationOf(store.db).lastSeq).toBe(isBeforeCommit ? 2 : 3)
      for (const row of listCheckpoints(store.db, ID))
        expect(findDamage(store, row), `#${row.seq}`).toBeUndefined()
    })

    it('leaves nothing that gc does not remove, and the next save succeeds', async () => {
      const { store, context } = saved()
      await saveThirdWith(`${point}:throw`, context)
      sweep(store.db, store.layout, { dryRun: false })
      expect(packs(store)).toEqual(packsOfRows(store))
      expect(listTrash(store.db)).toEqual([])
      if (isBeforeCommit) {
        expect(await saveThirdWith('', context)).toBeUndefined()
        expect(seqs(store)).toEqual([3, 2])
      }
    })
  },
)

describe('retention', () => {
  it('unlinks nothing before the commit that stops naming it', async () => {
    const { store, context } = saved()
    await saveThirdWith('save.before-commit:throw', context)
    expect(existsSync(join(store.layout.packs, ID, '1-1.safetensors'))).toBe(true)
    expect(listTrash(store.db)).toEqual([])
  })

  it('interrupted between commit and unlink is finished by the next save', async () => {
    const { store, context } = saved()
    await saveThirdWith('save.after-commit:throw', context)
    expect(listTrash(store.db)).toEqual([join(ID, '1-1.safetensors')])
    expect(existsSync(join(store.layout.packs, ID, '1-1.safetensors'))).toBe(true)
    vi.unstubAllEnvs()
    vi.resetModules()
    const { writeCheckpoint } = await import('../../../src/checkpoint/write-checkpoint.ts')
    writeCheckpoint(context, saveOf(4), 4)
    expect(packs(store)).toEqual(packsOfRows(store))
    expect(listTrash(store.db)).toEqual([])
  })
})

describe('a failed fsync', () => {
  it('is answered once with a fresh file, and the save succeeds', async () => {
    const { store, context } = saved()
    expect(await saveThirdWith('save.before-fsync:eio', context)).toBeUndefined()
    expect(seqs(store)).toEqual([3, 2])
    expect(packs(store), 'the first file is gone').toEqual(packsOfRows(store))
  })

  it('that happens again fails the save, and leaves no file and the older checkpoints good', async () => {
    const { store, context } = saved()
    const before = packs(store)
    expect(
      await saveThirdWith('save.before-fsync@1:eio,save.before-fsync@2:eio', context),
    ).toMatchObject({ code: 'EIO' })
    expect(seqs(store)).toEqual([2, 1])
    expect(packs(store)).toEqual(before)
  })
})
