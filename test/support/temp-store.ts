// A data directory for one test, and makers of what belongs into it. Everything goes when the test ends.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createSaveMemory } from '../../src/checkpoint/save-memory.ts'
import {
  writeCheckpoint,
  type Save,
  type SaveContext,
} from '../../src/checkpoint/write-checkpoint.ts'
import { NO_KEYS, type Keys } from '../../src/checkpoint/encryption.ts'
import type { Layout } from '../../src/core/layout.ts'
import type { Cursor, OperationStatus, Progress } from '../../src/core/operation.ts'
import { DEFAULT_RULES } from '../../src/operations/run-settings.ts'
import { takeApart } from '../../src/core/snapshot.ts'
import { insertAttempt } from '../../src/store/attempt-table.ts'
import { openDatabase, type Sqlite } from '../../src/store/database.ts'
import { endRunning } from '../../src/store/end-running.ts'
import {
  findOperation,
  insertOperation,
  type OperationRow,
} from '../../src/store/operation-table.ts'
import { listPacks } from '../../src/store/pack-table.ts'
import { tempDir } from './program.ts'
import { layoutOf } from '../../src/settings.ts'

export type Store = { readonly layout: Layout; readonly db: Sqlite; readonly keys: Keys }

export const CREATED_AT_MS = Date.UTC(2024, 11, 13, 14, 30, 22)

/** An operation id with a tail of its own. */
export function idOf(tail: string): string {
  return `op_training_20241213_143022_${tail.padStart(6, 'a')}`
}

export const ID = idOf('abc123')

export function tempLayout(root = tempDir()): Layout {
  return layoutOf(root, join(root, 'models'), false)
}

export function tempStore(): Store {
  const layout = tempLayout()
  return { layout, db: openTemporarily(layout.database), keys: NO_KEYS }
}

/** A store whose directory somebody else removes. */
export function storeIn(root: string): Store {
  mkdirSync(root, { recursive: true })
  const layout = tempLayout(root)
  return { layout, db: openDatabase(layout.database), keys: NO_KEYS }
}

/** A further connection to a database of this test. */
export function openTemporarily(path: string): Sqlite {
  const db = openDatabase(path)
  onTestFinished(() => {
    db.close()
  })
  return db
}

export function cursorAt(epoch: number, of = 100): Cursor {
  return { unit: 'epoch', at: epoch, of, within: null }
}

export function progressAt(epoch: number, of = 100): Progress {
  return { cursor: cursorAt(epoch, of), doneRatio: epoch / of, metrics: { trainLoss: 1 / epoch } }
}

/** Records an operation as running in its first attempt. */
export function startOne(db: Sqlite, id = ID, changes: Partial<OperationRow> = {}): string {
  insertOperation(db, {
    id,
    type: 'training',
    name: 'pullback',
    settings: { epochs: 100 },
    fingerprints: { strategy: 'f00d' },
    policy: { policy: null },
    progress: { cursor: cursorAt(0), doneRatio: 0, metrics: {} },
    createdAtMs: CREATED_AT_MS,
    ...changes,
  })
  insertAttempt(db, id, {
    pid: 4711,
    host: 'lab',
    program: 'ktrdr 0.1.0',
    overrides: {},
    resumedFrom: null,
    startedAtMs: CREATED_AT_MS,
  })
  return id
}

export function endOne(
  db: Sqlite,
  status: Extract<OperationStatus, 'completed' | 'failed' | 'cancelled'>,
  id = ID,
): void {
  const { generation } = operationOf(db, id)
  endRunning(db, { operationId: id, generation }, { status, endedAtMs: CREATED_AT_MS + 1 }, status)
}

export function operationOf(db: Sqlite, id = ID): OperationRow {
  const operation = findOperation(db, id)
  if (!operation) throw new Error(`${id} has no row`)
  return operation
}

/** Of an operation whose writer has just started. */
export function saveContext(store: Store, changes: Partial<SaveContext> = {}): SaveContext {
  return {
    ...store,
    fence: { operationId: ID, generation: 1 },
    retention: { keepLast: 100, keepBest: 0 },
    rules: DEFAULT_RULES,
    memory: createSaveMemory(),
    ...changes,
  }
}

/**
 * A state that differs in every part with `seed`, with a tensor, a column and figures that JSON is easily careless
 * with: checkpoints of two of them share nothing.
 */
export function stateOf(seed: number): object {
  return {
    epoch: seed,
    zero: -0,
    note: `state ${seed}`,
    model: { w: { tensor: Float32Array.of(seed, seed / 3, -0), shape: [3, 1] } },
    equity: { column: Float64Array.of(seed, seed / 7, 99), length: 2 },
  }
}

export function saveOf(seq: number, changes: Partial<Save> = {}): Save {
  return {
    seq,
    type: 'periodic',
    progress: progressAt(seq),
    summary: { trainLoss: 1 / seq },
    metric: null,
    snapshot: takeApart(stateOf(seq)),
    stateVersion: 1,
    overhead: { saves: seq, blockedMs: seq / 2, runningMs: seq * 1000 },
    ...changes,
  }
}

/** Checkpoints 1 … `count` of a running operation. */
export function saveMany(context: SaveContext, count: number): void {
  for (let seq = 1; seq <= count; seq++) writeCheckpoint(context, saveOf(seq), CREATED_AT_MS + seq)
}

/** A store with one operation that was saved `count` times and has ended, unless it is to be running. */
export function storeWithSaves(
  count: number,
  status: Parameters<typeof endOne>[1] | 'running' = 'cancelled',
): Store {
  const store = tempStore()
  startOne(store.db)
  saveMany(saveContext(store), count)
  if (status !== 'running') endOne(store.db, status)
  return store
}

/** Every file below the data directory but SQLite's own, by its path relative to it, in order. */
export function filesOf({ root }: Layout): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('ktrdr.db'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted()
}

/** The packs that rows name, as `filesOf` would. */
export function packsOfRows({ db }: Store): string[] {
  return listPacks(db)
    .map(({ path }) => join('packs', path))
    .toSorted()
}

/** Damages a file in one place; the same again heals it. */
export function flipByte(path: string, at: number, mask = 1): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= mask
  writeFileSync(path, bytes)
}
