// The schema, as a list that only grows: an entry that has been released is never edited. `user_version` counts the
// entries that a file has seen. Each runs in one transaction, so a kill leaves the old schema or the new one.

import { KtrdrError } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { backupDatabase } from './backup-database.ts'
import { seal, SEALED_TABLES } from './row-seal.ts'

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
    // A checkpoint of pack format 1 becomes one whose parts are its whole pack and, when it stood in the row, its state.
    name: 'content-addressed blobs; pins, tags, seals',
    sql: `
      CREATE TABLE blob (                   -- bytes that checkpoints of one operation share
        id INTEGER PRIMARY KEY,
        operation_id TEXT NOT NULL REFERENCES operation(id) ON DELETE RESTRICT,
        lane INTEGER NOT NULL,              -- of the checkpoints that share it
        sha256 TEXT NOT NULL,               -- of kind, dtype, shape and raw bytes
        kind TEXT NOT NULL,                 -- tensor, rows, json-rows, state; pack = a whole pack of format 1
        dtype TEXT NOT NULL,
        shape_json TEXT NOT NULL,
        raw_bytes INTEGER NOT NULL,
        codec TEXT NOT NULL,
        base_id INTEGER REFERENCES blob(id) ON DELETE RESTRICT,  -- of a delta: what it is to be applied to
        depth INTEGER NOT NULL,             -- deltas to apply until it can be read
        pack_id INTEGER REFERENCES pack(id) ON DELETE RESTRICT,
        offset INTEGER,                     -- in the pack file
        inline BLOB,
        size_bytes INTEGER NOT NULL,        -- as it is stored
        CHECK ((pack_id IS NULL) <> (inline IS NULL)),
        CHECK ((pack_id IS NULL) = (offset IS NULL)),
        UNIQUE (operation_id, lane, sha256)
      ) STRICT;
      CREATE INDEX blob_by_pack ON blob(pack_id);
      CREATE INDEX blob_by_base ON blob(base_id);

      ALTER TABLE checkpoint RENAME TO checkpoint_1;
      CREATE TABLE checkpoint (
        id INTEGER PRIMARY KEY,
        operation_id TEXT NOT NULL REFERENCES operation(id) ON DELETE RESTRICT,
        seq INTEGER NOT NULL,
        lane INTEGER NOT NULL,              -- 0, 1, 0, 1 …: those of different lanes share nothing
        generation INTEGER NOT NULL,
        type TEXT NOT NULL,                 -- periodic, best, cancellation, shutdown, failure
        cursor_json TEXT NOT NULL,
        summary_json TEXT NOT NULL,         -- what "checkpoints show" prints of the state
        metric REAL,                        -- lower is better; NULL when the job has none
        format INTEGER NOT NULL,
        state_version INTEGER,              -- NULL in format 1: it stands in the pack
        parts_sha256 TEXT NOT NULL,         -- of the list of its parts, see checkpoint-table.ts
        raw_bytes INTEGER NOT NULL,         -- all that it consists of, before any codec
        size_bytes INTEGER NOT NULL,        -- what its save has added to the disk
        depth INTEGER NOT NULL,             -- deltas to apply until all of it can be read
        created_at_ms INTEGER NOT NULL,
        damage TEXT,                        -- why it is no longer used; NULL = good
        superseded INTEGER NOT NULL DEFAULT 0,  -- 1 = a rollback has left it behind
        pinned INTEGER NOT NULL DEFAULT 0,
        tag TEXT,
        note TEXT,
        seal TEXT NOT NULL DEFAULT '',
        UNIQUE (operation_id, seq)
      ) STRICT;

      CREATE TABLE checkpoint_blob (
        checkpoint_id INTEGER NOT NULL REFERENCES checkpoint(id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        ord INTEGER NOT NULL,               -- 0, 1 … for the segments of an append-only part
        blob_id INTEGER NOT NULL REFERENCES blob(id) ON DELETE RESTRICT,
        PRIMARY KEY (checkpoint_id, name, ord)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX checkpoint_blob_by_blob ON checkpoint_blob(blob_id);

      INSERT INTO blob (operation_id, lane, sha256, kind, dtype, shape_json, raw_bytes, codec, depth, pack_id, offset, size_bytes)
        SELECT operation_id, 0, sha256, 'pack', 'U8', '[' || size_bytes || ']', size_bytes, 'raw', 0, id, 0, size_bytes
        FROM pack;
      INSERT OR IGNORE INTO blob (operation_id, lane, sha256, kind, dtype, shape_json, raw_bytes, codec, depth, inline, size_bytes)
        SELECT operation_id, 0, state_sha256, 'state', 'U8', '[' || octet_length(state_json) || ']',
          octet_length(state_json), 'raw', 0, CAST(state_json AS BLOB), octet_length(state_json)
        FROM checkpoint_1 WHERE state_json IS NOT NULL;
      INSERT INTO checkpoint (id, operation_id, seq, lane, generation, type, cursor_json, summary_json, metric, format,
          parts_sha256, raw_bytes, size_bytes, depth, created_at_ms, damage)
        SELECT id, operation_id, seq, 0, generation, type, cursor_json, summary_json, metric, format, '', size_bytes,
          size_bytes, 0, created_at_ms, damage
        FROM checkpoint_1;
      INSERT INTO checkpoint_blob (checkpoint_id, name, ord, blob_id)
        SELECT checkpoint_1.id, 'pack', 0, blob.id
        FROM checkpoint_1 JOIN blob ON blob.pack_id = checkpoint_1.pack_id;
      INSERT INTO checkpoint_blob (checkpoint_id, name, ord, blob_id)
        SELECT checkpoint_1.id, 'state', 0, blob.id
        FROM checkpoint_1 JOIN blob ON blob.operation_id = checkpoint_1.operation_id
          AND blob.sha256 = checkpoint_1.state_sha256 AND blob.kind = 'state'
        WHERE checkpoint_1.state_json IS NOT NULL;
      DROP TABLE checkpoint_1;

      ALTER TABLE pack ADD COLUMN verified_at_ms INTEGER;
      CREATE INDEX pack_by_operation ON pack(operation_id);
      ALTER TABLE operation ADD COLUMN seal TEXT NOT NULL DEFAULT '';
      ALTER TABLE attempt ADD COLUMN seal TEXT NOT NULL DEFAULT '';
      ALTER TABLE attempt ADD COLUMN saves INTEGER NOT NULL DEFAULT 0;   -- periodic ones
      ALTER TABLE attempt ADD COLUMN blocked_ms REAL NOT NULL DEFAULT 0; -- the work stood still for them
      ALTER TABLE attempt ADD COLUMN running_ms REAL NOT NULL DEFAULT 0; -- as of the last save or the end
      ALTER TABLE bundle ADD COLUMN seal TEXT NOT NULL DEFAULT '';

      CREATE TABLE housekeeping (           -- what is done from time to time, and when it was last
        task TEXT PRIMARY KEY,
        done_at_ms INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'retries know what they are retries of',
    sql: `
      ALTER TABLE operation ADD COLUMN retried_from TEXT;  -- an id, of an operation that may be gone
      CREATE INDEX operation_by_retried_from ON operation(retried_from) WHERE retried_from IS NOT NULL;
    `,
  },
  {
    name: 'phases of pipelines',
    sql: `
      CREATE TABLE phase (
        pipeline TEXT NOT NULL,             -- absolute path of the file
        name TEXT NOT NULL,                 -- of the pipeline
        phase TEXT NOT NULL,
        kind TEXT NOT NULL,
        fingerprint TEXT NOT NULL,          -- of the parts
        parts_json TEXT NOT NULL,           -- what the phase depends on, each with its hash
        operation_id TEXT,                  -- the operation that does it, if one does
        process_json TEXT,                  -- {pid, startedAt}: the command that does it
        status TEXT NOT NULL,               -- running, completed, failed, cancelled
        started_at_ms INTEGER NOT NULL,
        ended_at_ms INTEGER,
        outputs_json TEXT NOT NULL,         -- {name: {value, path, sha256, sizeBytes}}
        size_bytes INTEGER NOT NULL,        -- of the outputs
        error_json TEXT,
        PRIMARY KEY (pipeline, phase, fingerprint)
      ) STRICT, WITHOUT ROWID;
    `,
  },
]

export const SCHEMA_VERSION = MIGRATIONS.length

/** A database of an older schema is copied first (backup-database.ts). @throws FORMAT_TOO_NEW when a newer ktrdr has written the file */
export function migrate(db: Sqlite): void {
  if (versionOf(db) === SCHEMA_VERSION) return
  db.transaction(() => {
    const version = versionOf(db) // another process may have been faster
    if (version === SCHEMA_VERSION) return
    if (version > SCHEMA_VERSION)
      throw new KtrdrError(
        'FORMAT_TOO_NEW',
        `${db.name} was written by a newer ktrdr (schema ${version}, this one knows ${SCHEMA_VERSION}).`,
        { suggestions: ['Use the newer ktrdr, or another --data-dir.'] },
      )
    passPoint('migrate.begun')
    if (version > 0) backupDatabase(db, version)
    passPoint('migrate.backed-up')
    for (const { sql } of MIGRATIONS.slice(version)) {
      db.exec(sql)
      passPoint('migrate.entry-applied')
    }
    if (version > 0) sealAll(db) // a column that came or went belongs to what is sealed
    db.pragma(`user_version = ${SCHEMA_VERSION}`)
    passPoint('migrate.before-commit')
  }).immediate()
  passPoint('migrate.after-commit')
}

function sealAll(db: Sqlite): void {
  for (const table of SEALED_TABLES) seal(db, table, 'true')
}

/** How many entries a file has seen; 0 = it is new. */
export function versionOf(db: Sqlite): number {
  return Number(db.pragma('user_version', { simple: true }))
}
