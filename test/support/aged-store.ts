// Stores whose checkpoints have ages, written by the real writer.

import { NO_KEYS } from '../../src/checkpoint/encryption.ts'
import { createSaveMemory } from '../../src/checkpoint/save-memory.ts'
import type { RetentionRule } from '../../src/checkpoint/retention.ts'
import { writeCheckpoint } from '../../src/checkpoint/write-checkpoint.ts'
import type { OperationStatus } from '../../src/core/operation.ts'
import { takeApart } from '../../src/core/snapshot.ts'
import { DEFAULT_RULES } from '../../src/operations/run-settings.ts'
import {
  listCheckpoints,
  markCheckpoint,
  type CheckpointMarks,
} from '../../src/store/checkpoint-table.ts'
import { inTransaction } from '../../src/store/database.ts'
import { endOne, operationOf, saveContext, saveOf, startOne, type Store } from './temp-store.ts'

export const DAY_MS = 86_400_000

export type Aged = {
  readonly id: string
  /** Of its checkpoints, oldest first. */
  readonly atMs: readonly number[]
  readonly status?: Extract<OperationStatus, 'completed' | 'failed' | 'cancelled'>
  readonly retention?: RetentionRule
}

/** An operation that has ended, with checkpoints of about 4 kB each that share nothing. */
export function addOperation(store: Store, { id, atMs, status, retention }: Aged): void {
  const rule = retention ?? { keepLast: 100, keepBest: 0 }
  startOne(store.db, id, {
    createdAtMs: atMs[0]!,
    policy: { retention: rule, rules: DEFAULT_RULES },
  })
  for (const [i, createdAtMs] of atMs.entries()) addCheckpoint(store, id, i + 1, createdAtMs)
  endOne(store.db, status ?? 'cancelled', id)
}

function addCheckpoint(store: Store, id: string, seq: number, createdAtMs: number): void {
  const { generation } = operationOf(store.db, id)
  const tensor = Float32Array.from({ length: 1000 }, (_, i) => seq + 1 / (i + 1))
  const context = saveContext(store, {
    fence: { operationId: id, generation },
    keys: NO_KEYS,
    rules: { ...DEFAULT_RULES, codec: 'raw', maxDepth: 0 },
    memory: createSaveMemory(),
  })
  const snapshot = takeApart({ epoch: seq, model: { w: { tensor, shape: [1000] } } })
  writeCheckpoint(context, saveOf(seq, { snapshot }), createdAtMs)
}

export function mark({ db }: Store, id: string, seq: number, marks: CheckpointMarks): void {
  const row = listCheckpoints(db, id).find((one) => one.seq === seq)!
  inTransaction(db, () => markCheckpoint(db, row.id, marks))
}

/** "aaaaa1@2", of all operations, in the order in which they were made. */
export function namesIn({ db }: Store): string[] {
  const sql = 'SELECT operation_id, seq FROM checkpoint ORDER BY id'
  const rows = db.prepare(sql).all() as { operation_id: string; seq: number }[]
  return rows.map(({ operation_id: id, seq }) => `${id.slice(-6)}@${seq}`)
}
