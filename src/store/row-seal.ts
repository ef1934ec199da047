// SQLite does not notice a bit that flips in the data of a row: `integrity_check` says ok, and another number is read.
// So a row of these tables carries a seal, the SHA-256 of its columns, renewed by whoever writes it and compared
// wherever the row decides something.

import { sha256 } from '../core/hash.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { prepared } from './prepared.ts'

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
  const write = prepared(
    db,
    `UPDATE ${table} SET seal = ? WHERE ${KEYS[table].join(' = ? AND ')} = ?`,
  )
  for (const row of rowsWhere(db, table, where, values))
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
  const [before] = rowsWhere(db, table, where, [value])
  const result = write()
  if (before && isSealed(before)) seal(db, table, where, value)
  return result
}

function rowsWhere(
  db: Sqlite,
  table: SealedTable,
  where: string,
  values: readonly (string | number)[],
): Row[] {
  return prepared<unknown[], Row>(db, `SELECT * FROM ${table} WHERE ${where}`).all(...values)
}

/** Whether a row, with all its columns, is as it was written. */
export function isSealed(row: Row): boolean {
  return row.seal === sealOf(row)
}

export type BrokenSeal = { readonly table: SealedTable; readonly key: string }

/** Rows that are not as they were written, by their keys. */
export function brokenSeals(db: Sqlite): BrokenSeal[] {
  const broken: BrokenSeal[] = []
  for (const table of SEALED_TABLES) {
    const all = db.prepare<[], Row>(`SELECT * FROM ${table}`)
    const columns = all.columns().map(({ name }) => name)
    const sealed = sealedColumns(columns)
    for (const row of all.iterate())
      if (row.seal !== sealOf(row, sealed))
        broken.push({ table, key: KEYS[table].map((key) => String(row[key])).join(' ') })
  }
  return broken
}

const KEYS: Readonly<Record<SealedTable, readonly string[]>> = {
  operation: ['id'],
  attempt: ['operation_id', 'number'],
  checkpoint: ['id'],
  bundle: ['id'],
}

/** Of the JSON of [column, value] pairs, those that are NULL left out. */
function sealOf(row: Row, columns = sealedColumns(Object.keys(row))): string {
  const pairs: string[] = []
  for (const column of columns) {
    const value = row[column]
    if (value !== null) pairs.push(`["${column}",${JSON.stringify(value)}]`)
  }
  return sha256(`[${pairs.join(',')}]`)
}

/** In an order that does not depend on the one in which the columns were added. */
function sealedColumns(columns: readonly string[]): string[] {
  return columns.filter((column) => column !== 'seal').toSorted()
}
