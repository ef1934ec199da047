// Compaction: what the checkpoints of a lane need is written into one new pack, and the packs that it replaces go. Lanes
// stay apart, so that one damaged file still never spoils all.
// Deltas become whole, so that nothing older is needed to read them; packs of which less than half is still needed are
// given up. No checkpoint changes: a blob means the same wherever it lies. The order is that of a save:
//
//   pack under a temporary name, fsync, rename, fsync    an orphan, removed by gc
//   rows moved, old packs into the trash                 rolled back with the transaction
//   COMMIT                                               the new pack; old files unlinked at the next chance

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import { sha256 } from '../core/hash.ts'
import {
  dropUnneeded,
  findBlob,
  LANES,
  listBlobsOf,
  listParts,
  moveBlob,
  namesOfBlobs,
  storedBytes,
  type BlobRow,
  type Lane,
} from '../store/blob-table.ts'
import { listCheckpoints, renewDepths, type CheckpointRow } from '../store/checkpoint-table.ts'
import { inTransaction, type Sqlite } from '../store/database.ts'
import type { OperationRow } from '../store/operation-table.ts'
import { insertPack, isPackNamed, listPacks } from '../store/pack-table.ts'
import { encodeBytes } from './codecs/codec.ts'
import { compactedPackPath, unlinkIfPossible } from './durable-files.ts'
import { sealPack } from './encryption.ts'
import { encodePack, PACK_FORMAT, type PackedBlob } from './pack.ts'
import { placeDurably } from './place-durably.ts'
import type { SaveRules } from './plan-save.ts'
import { openBlobReader, type BlobReader, type Source } from './read-blobs.ts'
import { encodeRecovery } from './recovery.ts'
import { afterCommit, unlinkTrash } from './write-checkpoint.ts'

/** A pack of which less than this share is needed is given up. */
const LEAST_LIVE_SHARE = 0.5

export type Compaction = {
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** Blobs that were deltas and are whole now. */
  readonly deltas: number
  readonly packsRemoved: number
}

type Rewritten = PackedBlob & {
  readonly blob: BlobRow
  readonly baseId: number | null
  readonly isInline: boolean
}

/**
 * The caller holds the lock of the operation.
 * @param keepDeltas only gives up packs that are mostly unneeded
 * @throws CHECKPOINT_CORRUPT with nothing changed; system errors as they are
 */
export function compact(
  source: Source,
  operation: OperationRow,
  rules: Pick<SaveRules, 'codec' | 'inlineLimitBytes'>,
  options: { keepDeltas: boolean },
  nowMs: number,
): Compaction {
  passPoint('compact.begun')
  const { db } = source
  const bytesBefore = storedBytes(db, operation.id)
  const done = LANES.map((lane) => compactLane(source, operation, lane, rules, options, nowMs))
  return {
    bytesBefore,
    bytesAfter: storedBytes(db, operation.id),
    deltas: done.reduce((sum, { deltas }) => sum + deltas, 0),
    packsRemoved: done.reduce((sum, { packsRemoved }) => sum + packsRemoved, 0),
  }
}

function compactLane(
  source: Source,
  operation: OperationRow,
  lane: Lane,
  rules: Pick<SaveRules, 'codec' | 'inlineLimitBytes'>,
  { keepDeltas }: { keepDeltas: boolean },
  nowMs: number,
): Pick<Compaction, 'deltas' | 'packsRemoved'> {
  const { db, layout } = source
  const { id, generation } = operation
  const checkpoints = listCheckpoints(db, id).filter((checkpoint) => checkpoint.lane === lane)
  const { blobs, bytesGivenUp } = chooseBlobs(db, id, lane, keepDeltas)
  const unchanged = { deltas: 0, packsRemoved: 0 }
  const newest = checkpoints[0]
  if (blobs.length === 0 || !newest) return unchanged

  const reader = openBlobReader(source)
  const names = namesOfBlobs(db, id)
  const rewritten = blobs.map((blob) =>
    rewrite(db, reader, blob, names.get(blob.id) ?? 'base', rules, keepDeltas),
  )
  const recovery = encodeRecovery(operation, recoverable(db, reader, checkpoints))
  const key = source.keys.active ?? reader.sealedBy() // of all that was read, also for the record
  const packed = rewritten.filter(({ isInline }) => key !== null || !isInline)
  const { seq, cursor, stateVersion } = newest
  const pack = encodePack({
    head: {
      operationId: id,
      generation,
      seq,
      lane,
      type: 'compaction',
      cursor,
      stateVersion: stateVersion ?? 0,
      createdAtMs: nowMs,
    },
    blobs: packed,
    recovery,
  })
  const deltas = keepDeltas ? 0 : blobs.filter(({ baseId }) => baseId !== null).length
  if (deltas === 0 && pack.file.length >= bytesGivenUp) return unchanged

  const path = freePath(source, operation, seq)
  const file = key ? sealPack(pack.file, path, key) : pack.file
  if (packed.length > 0)
    placeDurably('compact', join(layout.packs, path), `${generation}-${seq}`, file)
  const offsets = new Map(packed.map((one, i) => [one, pack.offsets[i]!]))
  const packsBefore = listPacks(db, id).length
  const move = (): void => {
    passPoint('compact.in-transaction')
    const packId =
      packed.length === 0
        ? 0
        : insertPack(db, {
            operationId: id,
            path,
            sizeBytes: file.length,
            sha256: sha256(file),
            createdAtMs: nowMs,
          })
    for (const one of rewritten) {
      const { blob, codec, baseId, depth, bytes } = one
      const offset = offsets.get(one)
      moveBlob(
        db,
        blob.id,
        { codec, baseId, depth, sizeBytes: bytes.length },
        offset === undefined ? { inline: bytes } : { packId, offset },
      )
    }
    dropUnneeded(db, id, nowMs)
    renewDepths(db, id)
    passPoint('compact.before-commit')
  }
  try {
    inTransaction(db, move)
  } catch (error) {
    // As in a save: whether a COMMIT that met an I/O error happened is unknown.
    if (!systemCode(error)?.startsWith('SQLITE_IOERR')) unlinkIfPossible(join(layout.packs, path))
    throw error
  }
  afterCommit(() => {
    passPoint('compact.after-commit')
    unlinkTrash(db, layout)
    passPoint('compact.done')
  })
  const added = packed.length > 0 ? 1 : 0
  return { deltas, packsRemoved: packsBefore + added - listPacks(db, id).length }
}

/** Bytes in packs of an operation that nothing needs, and that giving those packs up would free. */
export function wastedBytes(db: Sqlite, operationId: string): number {
  return LANES.reduce<number>((sum, lane) => {
    const { blobs, bytesGivenUp } = chooseBlobs(db, operationId, lane, true)
    return sum + bytesGivenUp - blobs.reduce((kept, { sizeBytes }) => kept + sizeBytes, 0)
  }, 0)
}

/** The blobs to write anew, and the packs that are given up with that. Packs of format 1 stay: all of them is needed. */
function chooseBlobs(
  db: Sqlite,
  operationId: string,
  lane: Lane,
  keepDeltas: boolean,
): { blobs: BlobRow[]; bytesGivenUp: number } {
  const names = namesOfBlobs(db, operationId)
  const ofLane = listBlobsOf(db, operationId).filter((blob) => blob.lane === lane)
  const packs = new Set(ofLane.map(({ packId }) => packId))
  const needed = ofLane.filter(({ id }) => keepDeltas || names.has(id))
  const isWholed = ({ baseId }: BlobRow): boolean => !keepDeltas && baseId !== null
  const live = new Map<number, number>()
  for (const blob of needed)
    if (blob.packId !== null && !isWholed(blob))
      live.set(blob.packId, (live.get(blob.packId) ?? 0) + blob.sizeBytes)
  const givenUp = listPacks(db, operationId).filter(
    ({ id, sizeBytes }) => packs.has(id) && (live.get(id) ?? 0) < LEAST_LIVE_SHARE * sizeBytes,
  )
  const ids = new Set(givenUp.map(({ id }) => id))
  return {
    blobs: needed.filter(
      (blob) => isWholed(blob) || (blob.packId !== null && ids.has(blob.packId)),
    ),
    bytesGivenUp: givenUp.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

/** Every blob is read back and compared before what it is stored as is written anywhere else. */
function rewrite(
  db: Sqlite,
  reader: BlobReader,
  blob: BlobRow,
  name: string,
  { codec: choice, inlineLimitBytes }: Pick<SaveRules, 'codec' | 'inlineLimitBytes'>,
  keepDeltas: boolean,
): Rewritten {
  const { kind, dtype, baseId } = blob
  const raw = reader.read(blob)
  const isKept = keepDeltas || baseId === null
  const { codec, bytes } = isKept
    ? { codec: blob.codec, bytes: reader.stored(blob) }
    : encodeBytes(raw, {
        dtype,
        isJson: kind === 'state' || kind === 'json-rows',
        choice,
        base: null,
      })
  const base = isKept && baseId !== null ? findBlob(db, baseId) : undefined
  return {
    name,
    facts: factsAlone(blob),
    blob,
    codec,
    base: base?.sha256 ?? null,
    baseId: base?.id ?? null,
    depth: base ? blob.depth : 0,
    bytes,
    isInline: kind !== 'tensor' && bytes.length <= inlineLimitBytes,
  }
}

/** What the new pack says of the checkpoints whose own packs may go. */
function recoverable(
  db: Sqlite,
  reader: BlobReader,
  checkpoints: readonly CheckpointRow[],
): Parameters<typeof encodeRecovery>[1] {
  return checkpoints
    .filter(({ format, damage, isSealed }) => format === PACK_FORMAT && !damage && isSealed)
    .map((row) => ({
      ...row,
      stateVersion: row.stateVersion!,
      parts: listParts(db, row.id).map(({ name, ord, blob }) => ({
        name,
        ord,
        facts: factsAlone(blob),
        raw: () => reader.read(blob),
      })),
    }))
}

function factsAlone({ sha256: of, kind, dtype, shape, rawBytes }: BlobRow): PackedBlob['facts'] {
  return { sha256: of, kind, dtype, shape, rawBytes }
}

/** A name that no pack has, nor a file that a crash has left. */
function freePath({ db, layout }: Source, { id, generation }: OperationRow, seq: number): string {
  for (let n = 1; ; n++) {
    const path = compactedPackPath(id, generation, seq, n)
    if (!isPackNamed(db, path) && !existsSync(join(layout.packs, path))) return path
  }
}
