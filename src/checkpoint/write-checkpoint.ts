// The write protocol. A checkpoint is acknowledged when its row is committed; until then a crash leaves the previous
// ones untouched, and after that it always loads. Every step and what a crash after it leaves behind:
//
//   temporary file, fsync     an orphan file, removed by gc
//   rename, fsync directory   an orphan pack, removed by gc
//   rows, retention           rolled back with the transaction
//   COMMIT (FULL)             the new checkpoint; files in the trash table, unlinked at the next chance

import { join } from 'node:path'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import { sha256, type Json } from '../core/hash.ts'
import type { Layout } from '../core/layout.ts'
import type { CheckpointType, Overhead, Progress } from '../core/operation.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { recordOverhead } from '../store/attempt-table.ts'
import { dropUnneeded, insertBlob, LANES, moveBlob, type BlobRow } from '../store/blob-table.ts'
import {
  emptyTrash,
  insertCheckpoint,
  listCheckpoints,
  listTrash,
  removeCheckpoints,
} from '../store/checkpoint-table.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { endRunning } from '../store/end-running.ts'
import { findOperation, recordProgress, type Ending, type Fence } from '../store/operation-table.ts'
import { insertPack } from '../store/pack-table.ts'
import { packPath, unlinkIfPossible } from './durable-files.ts'
import { sealPack, type Keys } from './encryption.ts'
import { encodePack, PACK_FORMAT } from './pack.ts'
import { placeDurably } from './place-durably.ts'
import {
  planSave,
  rememberSave,
  type PlannedBlob,
  type SavePlace,
  type SaveRules,
} from './plan-save.ts'
import { encodeRecovery } from './recovery.ts'
import { judge, nextLane, type RetentionRule } from './retention.ts'
import { rememberRows, type SaveMemory } from './save-memory.ts'

export type Save = {
  readonly seq: number
  readonly type: CheckpointType
  readonly progress: Progress
  readonly summary: Json
  readonly metric: number | null
  readonly snapshot: Snapshot
  readonly stateVersion: number
  readonly overhead: Overhead
}

export type SaveContext = {
  readonly db: Sqlite
  readonly layout: Layout
  readonly keys: Keys
  readonly fence: Fence
  readonly retention: RetentionRule
  readonly rules: SaveRules
  readonly memory: SaveMemory
}

/**
 * Saves one checkpoint durably; when `ending` is given, the operation ends in the same transaction.
 * @returns the bytes that it has added to the disk
 * @throws OWNERSHIP_LOST when the operation has been taken over; system errors as they are
 */
export function writeCheckpoint(
  context: SaveContext,
  save: Save,
  nowMs: number,
  ending?: Ending,
): number {
  rememberRows(context.memory, save.snapshot.streams) // first of all: they are sent only once
  passPoint('save.begun')
  const { db, layout, fence, memory } = context
  const keys = { ...context.keys, active: context.keys.active ?? memory.sealedBy }
  const rules = withinRetention(context.rules, context.retention)
  const { operationId, generation } = fence
  const { seq, type, progress, stateVersion, summary, metric } = save
  const earlier = listCheckpoints(db, operationId)
  const lane = nextLane(earlier, { seq, metric, createdAtMs: nowMs }, context.retention)
  const place = { operationId, lane }
  const { cursor } = progress
  const record = { generation, seq, lane, type, cursor, stateVersion, createdAtMs: nowMs }
  const plan = planSave(
    { db, layout, keys },
    place,
    save.snapshot,
    memory,
    rules,
    type !== 'periodic',
  )
  const packed = plan.blobs.filter(({ isInline }) => !isInline)
  const path = packPath(operationId, generation, seq)
  const plain =
    packed.length === 0
      ? null
      : encodePack({
          head: { operationId, ...record },
          blobs: packed.map((blob) => ({ ...blob, base: blob.base?.sha256 ?? null })),
          recovery: encodeRecovery({ ...findOperation(db, operationId)!, progress }, [
            { ...record, summary, metric, parts: plan.parts },
          ]),
        })
  const { active } = keys
  const pack = plain && {
    ...plain,
    file: active ? sealPack(plain.file, path, active) : plain.file,
  }
  if (pack) placeDurably('save', join(layout.packs, path), `${generation}-${seq}`, pack.file)

  const inlineBytes = plan.blobs
    .filter(({ isInline }) => isInline)
    .reduce((sum, { bytes }) => sum + bytes.length, 0)
  const sizeBytes = (pack?.file.length ?? 0) + inlineBytes
  const commit = (): void => {
    passPoint('save.in-transaction')
    if (!recordProgress(db, fence, seq, progress)) throw ownershipLost(fence)
    recordOverhead(db, fence, save.overhead)
    const packId =
      pack &&
      insertPack(db, {
        operationId,
        path,
        sizeBytes: pack.file.length,
        sha256: sha256(pack.file),
        createdAtMs: nowMs,
      })
    const places = new Map(
      packed.map((blob, i) => [blob, { packId: packId!, offset: pack!.offsets[i]! }]),
    )
    const stored = new Map<string, { readonly id: number; readonly depth: number }>(plan.known)
    for (const blob of plan.blobs) {
      const where = places.get(blob) ?? { inline: blob.bytes }
      stored.set(blob.facts.sha256, storeBlob(db, place, blob, where))
    }
    const parts = plan.parts.map(({ name, ord, facts }) => ({
      name,
      ord,
      facts,
      blobId: stored.get(facts.sha256)!.id,
    }))
    insertCheckpoint(
      db,
      {
        operationId,
        ...record,
        summary,
        metric,
        format: PACK_FORMAT,
        rawBytes: parts.reduce((sum, { facts }) => sum + facts.rawBytes, 0),
        sizeBytes,
        depth: Math.max(...parts.map(({ facts }) => stored.get(facts.sha256)!.depth)),
      },
      parts,
    )
    passPoint('save.rows-inserted')
    const verdicts = judge(listCheckpoints(db, operationId), context.retention, null)
    const expired = verdicts.filter(({ isKept }) => !isKept).map(({ checkpoint }) => checkpoint)
    removeCheckpoints(db, expired, nowMs)
    dropUnneeded(db, operationId, nowMs) // a blob that was stored anew may have been the last in its pack
    if (ending) endRunning(db, fence, ending, type)
    passPoint('save.before-commit')
  }
  try {
    inTransaction(db, commit)
  } catch (error) {
    // Whether a COMMIT that met an I/O error happened is unknown, so its pack stays; any other was rolled back.
    if (pack && !systemCode(error)?.startsWith('SQLITE_IOERR'))
      unlinkIfPossible(join(layout.packs, path))
    throw error
  }
  rememberSave(memory, lane, plan, rules)
  afterCommit(() => {
    passPoint('save.after-commit')
    unlinkTrash(db, layout)
    passPoint('save.done')
  })
  return sizeBytes
}

/**
 * A delta keeps its base on the disk after the checkpoint of that base has been removed. Chains of a third of what is kept
 * of a lane are the longest that take less room than no deltas at all (docs/decisions/0014): of the last three there are
 * none.
 */
function withinRetention(rules: SaveRules, { keepLast, maxVersions }: RetentionRule): SaveRules {
  const kept = Math.min(keepLast, maxVersions || Infinity)
  return {
    ...rules,
    maxDepth: Math.min(rules.maxDepth, Math.floor((kept - 1) / (3 * LANES.length))),
  }
}

function storeBlob(
  db: Sqlite,
  place: SavePlace,
  { facts, codec, base, depth, bytes, replaces }: PlannedBlob,
  where: Parameters<typeof insertBlob>[3],
): Pick<BlobRow, 'id' | 'depth'> {
  const encoding = { codec, baseId: base?.id ?? null, depth, sizeBytes: bytes.length }
  if (!replaces) return { id: insertBlob(db, place, { ...facts, ...encoding }, where), depth }
  moveBlob(db, replaces.id, encoding, where)
  return { id: replaces.id, depth }
}

/** Tidying up behind a COMMIT. What was committed is done: whatever goes wrong here does not take it back. */
export function afterCommit(tidyUp: () => void): void {
  try {
    tidyUp()
  } catch {
    // The next save or gc finds what is left.
  }
}

export function ownershipLost({ operationId, generation }: Fence): KtrdrError {
  return new KtrdrError(
    'OWNERSHIP_LOST',
    `${operationId} was taken over by another process (this one held generation ${generation}).`,
    { suggestions: [`ktrdr operations show ${operationId}`] },
  )
}

/**
 * Unlinks what durable commits have put into the trash. The rows go lazily, in a transaction of their own: a crash
 * in between only repeats an unlink. Best effort: what fails now is tried again at the next save or by gc.
 */
export function unlinkTrash(db: Sqlite, layout: Layout): void {
  const paths = listTrash(db)
  if (paths.length === 0) return
  const gone = paths.filter((path) => unlinkIfPossible(join(layout.packs, path)))
  passPoint('save.after-unlink')
  inTransaction(db, () => emptyTrash(db, gone))
}
