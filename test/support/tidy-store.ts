// What is true of a store after every commit, said of its rows and files.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { listTrash } from '../../src/store/checkpoint-table.ts'
import { storedBytes } from '../../src/store/blob-table.ts'
import { brokenSeals } from '../../src/store/row-seal.ts'
import { filesOf, packsOfRows, type Store } from './temp-store.ts'

/** Rows that must not be there, by what is wrong with them. */
const NEVER: Readonly<Record<string, string>> = {
  'a blob that nothing needs': `SELECT id FROM blob
    WHERE NOT EXISTS (SELECT 1 FROM checkpoint_blob WHERE blob_id = blob.id)
      AND NOT EXISTS (SELECT 1 FROM blob AS delta WHERE delta.base_id = blob.id)`,
  'a pack without a blob': `SELECT path FROM pack
    WHERE NOT EXISTS (SELECT 1 FROM blob WHERE pack_id = pack.id)`,
  'a delta without a depth, or a depth without a base': `SELECT id FROM blob
    WHERE (base_id IS NULL) <> (depth = 0)`,
  'a delta that is to be applied to one as deep as itself': `SELECT blob.id FROM blob
    JOIN blob AS base ON base.id = blob.base_id WHERE base.depth >= blob.depth`,
  'a blob in the pack of another operation': `SELECT blob.id FROM blob
    JOIN pack ON pack.id = pack_id WHERE pack.operation_id <> blob.operation_id`,
  'a checkpoint without a state': `SELECT id FROM checkpoint WHERE NOT EXISTS
    (SELECT 1 FROM checkpoint_blob WHERE checkpoint_id = checkpoint.id AND name = 'state')`,
}

export function expectTidy(store: Store): void {
  const { db, layout } = store
  for (const [what, sql] of Object.entries(NEVER)) expect(db.prepare(sql).all(), what).toEqual([])
  expect(db.pragma('foreign_key_check')).toEqual([])
  expect(brokenSeals(db)).toEqual([])
  expect(listTrash(db)).toEqual([])
  const packs = filesOf(layout).filter((path) => path.startsWith('packs'))
  expect(packs, 'a file for each row, a row for each file').toEqual(packsOfRows(store))
  const inPacks = packs.reduce((sum, path) => sum + statSync(join(layout.root, path)).size, 0)
  const inline = db.prepare('SELECT coalesce(sum(octet_length(inline)), 0) FROM blob').pluck().get()
  expect(storedBytes(db), 'what is said to be stored').toBe(inPacks + Number(inline))
}

/** How many packs an operation has on the disk. */
export function packCount({ layout }: Store, operationId: string): number {
  return readdirSync(join(layout.packs, operationId)).length
}
