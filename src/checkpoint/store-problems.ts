// What can be wrong with a store apart from the bytes of its checkpoints: the database itself, rows that are not as they
// were written, rows without sense, files that do not fit their rows. Reads only, and takes no lock: a running operation
// may change one thing or the other meanwhile, but never leaves a committed state in which one of these holds.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../core/layout.ts'
import { plantedIn, type Sqlite } from '../store/database.ts'
import { listPacks } from '../store/pack-table.ts'
import type { BrokenSeal } from '../store/row-seal.ts'

export type StoreProblem = {
  /** database: the file; seal: a row that was changed; rows: rows without sense; pack: a file. */
  readonly kind: 'database' | 'seal' | 'rows' | 'pack'
  /** Whose: an operation, or the database. */
  readonly subject: string
  readonly message: string
}

/** What SQLite says of its own file, and what in it is not ours. */
export function databaseProblems(db: Sqlite): StoreProblem[] {
  const answers = db.prepare<[], string>('PRAGMA integrity_check').pluck().all() as string[]
  const keys = db.prepare<[], { table: string }>('PRAGMA foreign_key_check').all()
  return [
    ...answers.filter((answer) => answer !== 'ok'),
    ...keys.map(({ table }) => `a row of ${table} names another one that is not there`),
    ...plantedIn(db).map(
      ({ type, name }) => `it has a ${type} ${JSON.stringify(name)}, which ktrdr did not make`,
    ),
  ].map((message) => ({ kind: 'database', subject: 'ktrdr.db', message }))
}

/** Rows that were changed behind our back. Those of checkpoints are found when the checkpoint is read. */
export function sealProblems(broken: readonly BrokenSeal[]): StoreProblem[] {
  return broken
    .filter(({ table }) => table !== 'checkpoint')
    .map(({ table, key }) => ({
      kind: 'seal',
      subject: key,
      message: `its row in the table ${table} is not as it was written`,
    }))
}

type Finding = { readonly id: string; readonly n: number }

const SENSELESS: readonly (readonly [sql: string, what: string])[] = [
  [
    `SELECT operation_id AS id, count(*) AS n FROM blob
     WHERE NOT EXISTS (SELECT 1 FROM checkpoint_blob WHERE blob_id = blob.id)
       AND NOT EXISTS (SELECT 1 FROM blob AS delta WHERE delta.base_id = blob.id)
     GROUP BY operation_id`,
    'parts that no checkpoint needs',
  ],
  [
    `SELECT operation_id AS id, count(*) AS n FROM pack
     WHERE NOT EXISTS (SELECT 1 FROM blob WHERE pack_id = pack.id) GROUP BY operation_id`,
    'packs in which nothing lies',
  ],
  [
    `SELECT operation_id AS id, count(*) AS n FROM checkpoint
     WHERE NOT EXISTS (SELECT 1 FROM checkpoint_blob WHERE checkpoint_id = checkpoint.id)
     GROUP BY operation_id`,
    'checkpoints without parts',
  ],
  [
    `SELECT delta.operation_id AS id, count(*) AS n
     FROM blob AS delta LEFT JOIN blob AS base ON base.id = delta.base_id
     WHERE (delta.base_id IS NULL AND delta.depth > 0) OR (delta.base_id IS NOT NULL
       AND (base.id IS NULL OR base.depth >= delta.depth OR base.operation_id <> delta.operation_id))
     GROUP BY delta.operation_id`,
    'deltas that lie deeper than they say',
  ],
]

/** Rows that no save, deletion or compaction can have left. */
export function rowProblems(db: Sqlite): StoreProblem[] {
  return SENSELESS.flatMap(([sql, what]) =>
    db
      .prepare<[], Finding>(sql)
      .all()
      .map(({ id, n }) => ({ kind: 'rows', subject: id, message: `${what}: ${n}` }) as const),
  )
}

/** Packs whose file is missing or has another size. What is in it is not read. */
export function packProblems(db: Sqlite, layout: Layout): StoreProblem[] {
  return listPacks(db).flatMap(({ operationId, path, sizeBytes }) => {
    const stat = statSync(join(layout.packs, path), { throwIfNoEntry: false })
    if (stat?.size === sizeBytes) return []
    const what = stat ? `has ${stat.size} bytes instead of ${sizeBytes}` : 'is missing'
    return [{ kind: 'pack', subject: operationId, message: `the pack ${path} ${what}` }]
  })
}
