// Names to complete what is being typed: a few of the newest, found by their beginning. They work on a database of any
// schema that has these columns.

import type { Sqlite } from '../runtime/sqlite.ts'

/** A name, and what tells it from others. */
export type Named = { readonly name: string; readonly meaning: string }

const LIMIT = 100

/** Ids that begin with `typed`, or, by their last six characters, tails that do. */
export function operationsBeginning(db: Sqlite, typed: string): Named[] {
  const find = (column: string): Named[] =>
    db
      .prepare<[string, string], Named>(
        `SELECT ${column} AS name, name || ' ' || status AS meaning FROM operation
         WHERE substr(${column}, 1, length(?)) = ? ORDER BY created_at_ms DESC, id DESC LIMIT ${LIMIT}`,
      )
      .all(typed, typed)
  const whole = find('id')
  return whole.length > 0 ? whole : find('substr(id, -6)')
}

/** `ID@NUMBER` and `ID@TAG` of one operation; while no @ is typed, ids that have checkpoints. */
export function checkpointsBeginning(db: Sqlite, typed: string): Named[] {
  const [id, version] = typed.split(/@(.*)/s)
  if (version === undefined) {
    const has = db.prepare(
      'SELECT 1 FROM checkpoint JOIN operation ON operation.id = operation_id WHERE operation_id = ? OR substr(operation_id, -6) = ?',
    )
    return operationsBeginning(db, typed).filter(({ name }) => has.get(name, name) !== undefined)
  }
  const rows = db
    .prepare<[string, string], { seq: number; type: string; tag: string | null }>(
      `SELECT seq, type, tag FROM checkpoint WHERE operation_id = ? OR substr(operation_id, -6) = ?
       ORDER BY seq DESC LIMIT ${LIMIT}`,
    )
    .all(id!, id!)
  return rows.flatMap(({ seq, type, tag }) => [
    { name: `${id}@${seq}`, meaning: type },
    ...(tag === null ? [] : [{ name: `${id}@${tag}`, meaning: `#${seq}` }]),
  ])
}

/** `NAME` and, once that is typed, `NAME@VERSION` and `NAME/SYMBOL_TIMEFRAME@VERSION`. */
export function modelsBeginning(db: Sqlite, typed: string): Named[] {
  const rows = db
    .prepare<{ typed: string }, { name: string; variant: string; version: number }>(
      `SELECT name, variant, version FROM bundle WHERE kind = 'model' AND
         (substr(name, 1, length(@typed)) = @typed OR substr(@typed, 1, length(name)) = name)
       ORDER BY created_at_ms DESC LIMIT ${LIMIT}`,
    )
    .all({ typed })
  const spelled = rows.flatMap(({ name, variant, version }) => {
    if (typed.includes('/')) return [{ name: `${name}/${variant}@${version}`, meaning: '' }]
    if (typed.includes('@')) return [{ name: `${name}@${version}`, meaning: variant }]
    return [{ name, meaning: variant }]
  })
  const seen = new Set<string>()
  return spelled.filter(({ name }) => {
    const isNew = name.startsWith(typed) && !seen.has(name)
    seen.add(name)
    return isNew
  })
}
