// The write protocol. A checkpoint is acknowledged when its row is committed; until then a crash leaves the previous
// ones untouched, and after that it always loads. Every step and what a crash after it leaves behind:
//
//   temporary file, fsync     an orphan file, removed by gc
//   rename, fsync directory   an orphan pack, removed by gc
//   rows, retention           rolled back with the transaction
//   COMMIT (FULL)             the new checkpoint; files in the trash table, unlinked at the next chance
//
// A failed fsync is never repeated on the same file: the kernel may have dropped the pages and call them clean. The
// file is thrown away and written once more under a new name.

import { closeSync, fsyncSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import type { Layout } from '../core/layout.ts'
import type { CheckpointType, Overhead, Progress } from '../core/operation.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { recordOverhead } from '../store/attempt-table.ts'
import {
  emptyTrash,
  insertCheckpoint,
  listCheckpoints,
  listTrash,
  removeCheckpoints,
} from '../store/checkpoint-table.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import { endRunning } from '../store/end-running.ts'
import { recordProgress, type Ending, type Fence } from '../store/operation-table.ts'
import {
  makeDirectory,
  openExclusively,
  packPath,
  syncDirectory,
  temporaryName,
  unlinkIfPossible,
  unlinkIfThere,
  writeFully,
} from './durable-files.ts'
import { encodePack, PACK_FORMAT } from './pack.ts'
import { applyRetention, type RetentionRule } from './retention.ts'

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
  readonly fence: Fence
  readonly operationType: string
  readonly fingerprints: Readonly<Record<string, string>>
  readonly retention: RetentionRule
  /** State JSON up to this size stands in the database, above it in the pack. */
  readonly inlineLimitBytes: number
}

/**
 * Saves one checkpoint durably; when `ending` is given, the operation ends in the same transaction.
 * @returns the stored size in bytes
 * @throws OWNERSHIP_LOST when the operation has been taken over; system errors as they are
 */
export function writeCheckpoint(
  context: SaveContext,
  save: Save,
  nowMs: number,
  ending?: Ending,
): number {
  passPoint('save.begun')
  const { db, layout, fence } = context
  const stateJson = exactJson(save.snapshot.json)
  const stateBytes = Buffer.byteLength(stateJson)
  const isInline = stateBytes <= context.inlineLimitBytes
  const stateSha256 = sha256(stateJson)
  const file = encodePack({
    head: {
      operationId: fence.operationId,
      operationType: context.operationType,
      generation: fence.generation,
      seq: save.seq,
      type: save.type,
      cursor: save.progress.cursor,
      fingerprints: context.fingerprints,
      stateVersion: save.stateVersion,
      stateSha256,
      createdAtMs: nowMs,
    },
    arrays: save.snapshot.arrays,
    stateJson: isInline ? null : stateJson,
  })
  const path = packPath(fence.operationId, fence.generation, save.seq)
  placeDurably(join(layout.packs, path), `${fence.generation}-${save.seq}`, file)

  const sizeBytes = file.length + (isInline ? stateBytes : 0)
  const commit = (): void => {
    passPoint('save.in-transaction')
    if (!recordProgress(db, fence, save.seq, save.progress)) throw ownershipLost(fence)
    recordOverhead(db, fence, save.overhead)
    insertCheckpoint(db, {
      operationId: fence.operationId,
      seq: save.seq,
      generation: fence.generation,
      type: save.type,
      cursor: save.progress.cursor,
      summary: save.summary,
      metric: save.metric,
      format: PACK_FORMAT,
      stateJson: isInline ? stateJson : null,
      stateSha256,
      arrays: save.snapshot.arrays.map(({ name, data }) => ({ name, sizeBytes: data.byteLength })),
      packPath: path,
      packBytes: file.length,
      packSha256: sha256(file),
      sizeBytes,
      createdAtMs: nowMs,
    })
    passPoint('save.rows-inserted')
    const { remove } = applyRetention(listCheckpoints(db, fence.operationId), context.retention)
    removeCheckpoints(db, remove, nowMs)
    if (ending) endRunning(db, fence, ending, save.type)
    passPoint('save.before-commit')
  }
  try {
    inTransaction(db, commit)
  } catch (error) {
    // Whether a COMMIT that met an I/O error happened is unknown, so its pack stays; any other was rolled back.
    if (!systemCode(error)?.startsWith('SQLITE_IOERR')) unlinkIfPossible(join(layout.packs, path))
    throw error
  }
  afterCommit(() => {
    passPoint('save.after-commit')
    unlinkTrash(db, layout)
    passPoint('save.done')
  })
  return sizeBytes
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

/** The file, whole and durable under its name. A failed fsync is answered once with a fresh file. */
function placeDurably(path: string, label: string, file: Uint8Array): void {
  const directory = dirname(path)
  makeDirectory(directory)
  try {
    writeAndRename(path, join(directory, temporaryName(label)), file)
  } catch (error) {
    if (systemCode(error) !== 'EIO') throw error
    writeAndRename(path, join(directory, temporaryName(label)), file)
  }
  syncDirectory(directory)
  passPoint('save.after-dir-fsync')
}

function writeAndRename(path: string, temporary: string, file: Uint8Array): void {
  const fd = openExclusively(temporary)
  try {
    try {
      passPoint('save.temp-created')
      const half = file.length >>> 1
      writeFully(fd, file.subarray(0, half))
      passPoint('save.half-written')
      writeFully(fd, file.subarray(half))
      passPoint('save.written')
      passPoint('save.before-fsync')
      fsyncSync(fd)
      passPoint('save.after-fsync')
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
  } catch (error) {
    unlinkIfThere(temporary)
    throw error
  }
  passPoint('save.after-rename')
}
