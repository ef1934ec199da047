// SQLite does not notice a bit that flips in the data of a row: `integrity_check` says ok, and another number is read.
// So a row of these tables carries a seal, the SHA-256 of its columns, renewed by whoever writes it and compared
// wherever the row decides something.

import { sha256 } from '../core/hash.ts'
import type { Sqlite } from '../runtime/sqlite.ts'

export const SEALED_TABLES = ['operation', 'attempt', 'checkpoint', 'bundle'] as const
export type SealedTable = (typeof SEALED_TABLES)[number]

type Row = { readonly seal: string } & Readonly<Record<string, unknown>>

/** Renews the seals of the rows that `where` selects; call it in the transaction that wrote them. */
export function seal(
  db: Sqlite,
  table: SealedTable,
  where: string,
  ...values: readonly (string | number)[]
): void {
  const write = db.prepare(
    `UPDATE ${table} SET seal = ? WHERE ${KEYS[table].join(' = ? AND ')} = ?`,
  )
  for (const row of db
    .prepare<unknown[], Row>(`SELECT * FROM ${table} WHERE ${where}`)
    .all(...values))
    write.run(sealOf(row), ...KEYS[table].map((key) => row[key]))
}

/**
 * Runs a write of one row and renews its seal. One that was broken before stays broken: whoever writes a column must not
 * vouch for the others.
 */
export function sealing<Result>(
  db: Sqlite,
  table: SealedTable,
  where: string,
  value: string | number,
  write: () => Result,
): Result {
  const before = db.prepare<unknown[], Row>(`SELECT * FROM ${table} WHERE ${where}`).get(value)
  const result = write()
  if (before && isSealed(before)) seal(db, table, where, value)
  return result
}

/** Whether a row, with all its columns, is as it was written. */
export function isSealed(row: Row): boolean {
  return row.seal === sealOf(row)
}

/** Rows that are not as they were written, by their keys. */
export function brokenSeals(db: Sqlite): { table: SealedTable; key: string }[] {
  const broken: { table: SealedTable; key: string }[] = []
  for (const table of SEALED_TABLES)
    for (const row of db.prepare<[], Row>(`SELECT * FROM ${table}`).iterate())
      if (!isSealed(row))
        broken.push({ table, key: KEYS[table].map((key) => String(row[key])).join(' ') })
  return broken
}

const KEYS: Readonly<Record<SealedTable, readonly string[]>> = {
  operation: ['id'],
  attempt: ['operation_id', 'number'],
  checkpoint: ['id'],
  bundle: ['id'],
}

/** By column name, so that it does not depend on the order in which the columns were added. */
function sealOf({ seal: _, ...columns }: Row): string {
  const entries = Object.entries(columns).filter(([, value]) => value !== null)
  return sha256(JSON.stringify(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))))
}
