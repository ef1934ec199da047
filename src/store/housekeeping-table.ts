// Rows of `housekeeping`: what is done from time to time, and when it was last.

import type { Sqlite } from '../runtime/sqlite.ts'
import { inTransaction } from './database.ts'

export type HousekeepingTask = 'cleanup'

/** When it was last begun; undefined = never. */
export function lastDoneMs(db: Sqlite, task: HousekeepingTask): number | undefined {
  const sql = 'SELECT done_at_ms FROM housekeeping WHERE task = ?'
  return db.prepare<[string], number>(sql).pluck().get(task) as number | undefined
}

/**
 * Takes on a task that is due: of several processes one gets it. A clock that has gone back makes it due.
 * @returns whether the caller is to do it
 */
export function takeOn(
  db: Sqlite,
  task: HousekeepingTask,
  intervalMs: number,
  nowMs: number,
): boolean {
  const isDue = (): boolean => {
    const lastMs = lastDoneMs(db, task)
    return lastMs === undefined || nowMs - lastMs >= intervalMs || nowMs < lastMs
  }
  if (!isDue()) return false
  return inTransaction(db, () => {
    if (!isDue()) return false // another process was faster
    const sql = 'INSERT OR REPLACE INTO housekeeping (task, done_at_ms) VALUES (?, ?)'
    db.prepare(sql).run(task, nowMs)
    return true
  })
}

/**
 * When the newest operation or checkpoint was made, but of one operation; undefined = there is none. Ends are not
 * looked at: recovery may just have recorded one by a clock that is wrong.
 */
export function newestRowMs(db: Sqlite, exceptOperationId = ''): number | undefined {
  const sql = `SELECT max(at) FROM (
    SELECT created_at_ms AS at FROM operation WHERE id <> @id
    UNION ALL SELECT created_at_ms FROM checkpoint WHERE operation_id <> @id)`
  const newest = db.prepare(sql).pluck().get({ id: exceptOperationId }) as number | null
  return newest ?? undefined
}
