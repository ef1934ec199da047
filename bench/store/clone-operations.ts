// A data directory as years of use leave one: rows of operations that really ran, again and again under ids of their own.
// What lies in packs is not copied: of a stopped run's checkpoints each copy has the rows, with a few bytes in the database.

import type { Sqlite } from '../../src/store/database.ts'
import { inTransaction } from '../../src/store/database.ts'
import { seal } from '../../src/store/row-seal.ts'

const AT_ONCE = 5000
const APART_MS = 600_000

/** @param originals ids; the copies take turns */
export function cloneOperations(db: Sqlite, originals: readonly string[], count: number): void {
  const insertAs = (table: string, skipped: readonly string[], changes: Record<string, string>) => {
    const columns = (db.pragma(`table_info(${table})`) as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => !skipped.includes(name))
    const values = columns.map((name) => changes[name] ?? name)
    return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${table}`
  }
  const as = { operation_id: '@id' }
  const operation = db.prepare(
    `${insertAs('operation', [], { id: '@id', created_at_ms: '@atMs' })} WHERE id = @original`,
  )
  const attempt = db.prepare(
    `${insertAs('attempt', [], { ...as, started_at_ms: '@atMs' })} WHERE operation_id = @original`,
  )
  const checkpoint = db.prepare(
    `${insertAs('checkpoint', ['id'], { ...as, created_at_ms: '@atMs' })} WHERE operation_id = @original`,
  )
  const blob = db.prepare(
    `INSERT INTO blob (operation_id, lane, sha256, kind, dtype, shape_json, raw_bytes, codec, depth, inline, size_bytes)
     VALUES (@id, 0, @id, 'state', 'U8', '[2]', 2, 'raw', 0, x'7b7d', 2)`,
  )
  const part = db.prepare(
    `INSERT INTO checkpoint_blob (checkpoint_id, name, ord, blob_id)
     SELECT id, 'state', 0, @blobId FROM checkpoint WHERE operation_id = @id`,
  )
  const firstMs = Date.UTC(2024, 0, 1)
  const copy = (i: number): void => {
    const original = originals[i % originals.length]!
    const atMs = firstMs + i * APART_MS
    const [date, time] = new Date(atMs).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/)
    const [, type] = original.split('_')
    const id = `op_${type}_${date}_${time}_${i.toString(36).padStart(6, 'a')}`
    operation.run({ id, original, atMs })
    attempt.run({ id, original, atMs })
    if (checkpoint.run({ id, original, atMs }).changes > 0)
      part.run({ id, blobId: blob.run({ id }).lastInsertRowid })
    seal(db, 'operation', 'id = ?', id)
    seal(db, 'attempt', 'operation_id = ?', id)
    seal(db, 'checkpoint', 'operation_id = ?', id)
  }
  for (let from = 0; from < count; from += AT_ONCE)
    inTransaction(db, () => {
      for (let i = from; i < Math.min(count, from + AT_ONCE); i++) copy(i)
    })
}
