// Statements that are run for row after row. Preparing one takes ten times as long as running it, and each holds memory of
// SQLite until it happens to be collected: a hundred thousand of them held gigabytes.

import type { Sqlite } from '../runtime/sqlite.ts'

type Statement<Bind extends unknown[], Row> = ReturnType<typeof prepareOnce<Bind, Row>>
type Kept = Map<string, Statement<unknown[], unknown>>

const rows = new WeakMap<Sqlite, Kept>()
const values = new WeakMap<Sqlite, Kept>()

/** Prepared once for each connection. Run it to its end (`all`, `get`, `run`), never `iterate` it: it may be in use already. */
export function prepared<Bind extends unknown[], Row>(db: Sqlite, sql: string) {
  return kept(rows, db, sql, () => prepareOnce<Bind, Row>(db, sql))
}

/** The same for a statement of which only the first column is wanted. */
export function preparedValue<Bind extends unknown[], Value>(db: Sqlite, sql: string) {
  return kept(values, db, sql, () => prepareOnce<Bind, Value>(db, sql).pluck())
}

function prepareOnce<Bind extends unknown[], Row>(db: Sqlite, sql: string) {
  return db.prepare<Bind, Row>(sql)
}

function kept<Bind extends unknown[], Row>(
  of: WeakMap<Sqlite, Kept>,
  db: Sqlite,
  sql: string,
  prepare: () => Statement<Bind, Row>,
): Statement<Bind, Row> {
  let statements = of.get(db)
  if (!statements) of.set(db, (statements = new Map()))
  let statement = statements.get(sql)
  if (!statement) statements.set(sql, (statement = prepare() as Statement<unknown[], unknown>))
  return statement as Statement<Bind, Row>
}
