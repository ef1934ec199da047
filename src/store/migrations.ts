// The schema, as a list that only grows: an entry that has been released is never edited. `user_version` counts the
// entries that a file has seen. Each runs in one transaction, so a kill leaves the old schema or the new one.

import { KtrdrError } from '../core/errors.ts'
import type { Sqlite } from '../runtime/sqlite.ts'

type Migration = { readonly name: string; readonly sql: string }

const MIGRATIONS: readonly Migration[] = [
  {
    name: 'operations, attempts, checkpoints, packs, bundles',
    sql: `
      CREATE TABLE operation (
        id TEXT PRIMARY KEY,
        type TEXT NOT NULL,
        name TEXT NOT NULL,                 -- what a list shows: the strategy
        status TEXT NOT NULL,
        generation INTEGER NOT NULL,        -- fencing token: +1 at each start and each recovery
        settings_json TEXT NOT NULL,        -- all that a resume starts from, resolved
        fingerprints_json TEXT NOT NULL,    -- what must not have changed for a resume
        policy_json TEXT NOT NULL,          -- when to save, what to keep
        progress_json TEXT NOT NULL,        -- as of the last save or the end
        last_seq INTEGER NOT NULL,          -- number of the last acknowledged checkpoint, 0 = none yet
        error_json TEXT,
        result_json TEXT,
        cancel_requested_at_ms INTEGER,
        cancel_reason TEXT,
        created_at_ms INTEGER NOT NULL,
        ended_at_ms INTEGER
      ) STRICT;
      CREATE INDEX operation_by_status ON operation(status);

      CREATE TABLE attempt (
        operation_id TEXT NOT NULL REFERENCES operation(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        pid INTEGER NOT NULL,
        host TEXT NOT NULL,
        program TEXT NOT NULL,              -- versions of ktrdr and Node
        overrides_json TEXT NOT NULL,       -- what this start changed, e.g. {"epochs":200}
        resumed_from_json TEXT,             -- {seq, type, createdAtMs, cursor}; NULL for the first start
        started_at_ms INTEGER NOT NULL,
        ended_at_ms INTEGER,
        outcome TEXT,                       -- completed, cancelled, failed
        reason TEXT,
        PRIMARY KEY (operation_id, number)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE pack (
        id INTEGER PRIMARY KEY,
        operation_id TEXT NOT NULL REFERENCES operation(id) ON DELETE RESTRICT,
        path TEXT NOT NULL UNIQUE,          -- relative to the packs directory
        size_bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE checkpoint (
        id INTEGER PRIMARY KEY,
        operation_id TEXT NOT NULL REFERENCES operation(id) ON DELETE RESTRICT,
        seq INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        type TEXT NOT NULL,                 -- periodic, cancellation, shutdown, failure
        cursor_json TEXT NOT NULL,
        summary_json TEXT NOT NULL,         -- what "checkpoints show" prints of the state
        metric REAL,                        -- lower is better; NULL when the job has none
        format INTEGER NOT NULL,
        state_json TEXT,                    -- NULL when it is in the pack
        state_sha256 TEXT NOT NULL,
        arrays_json TEXT NOT NULL,          -- [{name, sizeBytes}] for lists
        pack_id INTEGER NOT NULL REFERENCES pack(id) ON DELETE RESTRICT,
        size_bytes INTEGER NOT NULL,        -- pack and inline state
        created_at_ms INTEGER NOT NULL,
        damage TEXT,                        -- why it is no longer used; NULL = good
        UNIQUE (operation_id, seq)
      ) STRICT;
      CREATE INDEX checkpoint_by_pack ON checkpoint(pack_id);

      CREATE TABLE trash (                  -- unreferenced by a durable commit, unlink pending
        path TEXT PRIMARY KEY,
        since_ms INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE bundle (                 -- a published directory: a model or a backtest result
        id INTEGER PRIMARY KEY,
        operation_id TEXT NOT NULL REFERENCES operation(id) ON DELETE RESTRICT,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,                 -- strategy
        variant TEXT NOT NULL,              -- <symbol>_<timeframe>
        version INTEGER NOT NULL,
        path TEXT NOT NULL,                 -- relative to the directory of its kind
        sha256 TEXT NOT NULL,               -- of its manifest, which holds the hashes of its files
        size_bytes INTEGER NOT NULL,
        created_at_ms INTEGER NOT NULL,
        UNIQUE (kind, name, variant, version)
      ) STRICT;
    `,
  },
  {
    name: 'what saving has cost an attempt',
    sql: `
      ALTER TABLE attempt ADD COLUMN saves INTEGER NOT NULL DEFAULT 0;   -- periodic ones
      ALTER TABLE attempt ADD COLUMN blocked_ms REAL NOT NULL DEFAULT 0; -- the work stood still for them
      ALTER TABLE attempt ADD COLUMN running_ms REAL NOT NULL DEFAULT 0; -- as of the last save or the end
    `,
  },
]

export const SCHEMA_VERSION = MIGRATIONS.length

/** @throws FORMAT_TOO_NEW when a newer ktrdr has written the file */
export function migrate(db: Sqlite): void {
  if (versionOf(db) === SCHEMA_VERSION) return
  db.transaction(() => {
    const version = versionOf(db) // another process may have been faster
    if (version > SCHEMA_VERSION)
      throw new KtrdrError(
        'FORMAT_TOO_NEW',
        `${db.name} was written by a newer ktrdr (schema ${version}, this one knows ${SCHEMA_VERSION}).`,
        { suggestions: ['Use the newer ktrdr, or another --data-dir.'] },
      )
    for (const { sql } of MIGRATIONS.slice(version)) db.exec(sql)
    db.pragma(`user_version = ${SCHEMA_VERSION}`)
  }).immediate()
}

function versionOf(db: Sqlite): number {
  return Number(db.pragma('user_version', { simple: true }))
}
