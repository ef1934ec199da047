// Rows of `blob` and `checkpoint_blob`. A blob is known by the SHA-256 of what it means and is stored once in its lane of
// its operation, however many checkpoints consist of it: in a pack file, or inline. A delta names the blob that it is to be
// applied to. A blob goes when no checkpoint and no delta needs it any more, a pack when no blob lies in it.

import type { Dtype } from '../core/snapshot.ts'
import type { Sqlite } from '../runtime/sqlite.ts'
import { parseColumn } from './json-column.ts'
import { prepared, preparedValue } from './prepared.ts'

/**
 * tensor: an array; rows: a segment of a column, float64; json-rows: a segment of an append-only list, JSON text;
 * state: the JSON of all the rest; pack: a whole pack of format 1.
 */
export const BLOB_KINDS = ['tensor', 'rows', 'json-rows', 'state', 'pack'] as const
export type BlobKind = (typeof BLOB_KINDS)[number]

/**
 * Checkpoints take turns: those of one lane share blobs with each other and none with those of the other, so that one
 * damaged file never spoils all.
 */
export const LANES = [0, 1] as const
export type Lane = (typeof LANES)[number]

/** What a blob means, wherever and however it is stored. */
export type BlobFacts = {
  readonly sha256: string
  readonly kind: BlobKind
  readonly dtype: Dtype
  /** Of `json-rows` the number of rows. */
  readonly shape: readonly number[]
  readonly rawBytes: number
}

export type BlobPlace =
  | { readonly packId: number; readonly offset: number }
  | { readonly inline: Uint8Array }

export type StoredBlob = {
  readonly codec: string
  readonly baseId: number | null
  readonly depth: number
  readonly sizeBytes: number
}

export type BlobRow = BlobFacts &
  StoredBlob & {
    readonly id: number
    readonly operationId: string
    readonly lane: Lane
    /** null = inline. */
    readonly packId: number | null
    readonly offset: number
  }

/** A named part of a checkpoint: one blob, or the segments of an append-only part in their order. */
export type Part = { readonly name: string; readonly ord: number; readonly blob: BlobRow }

type RawBlob = {
  id: number
  operation_id: string
  lane: number
  sha256: string
  kind: string
  dtype: string
  shape_json: string
  raw_bytes: number
  codec: string
  base_id: number | null
  depth: number
  pack_id: number | null
  offset: number | null
  size_bytes: number
}

/** All but the inline bytes, which are read one by one. */
const COLUMNS = `blob.id, blob.operation_id, blob.lane, blob.sha256, blob.kind, blob.dtype, blob.shape_json, blob.raw_bytes,
  blob.codec, blob.base_id, blob.depth, blob.pack_id, blob.offset, blob.size_bytes`

export function insertBlob(
  db: Sqlite,
  { operationId, lane }: Pick<BlobRow, 'operationId' | 'lane'>,
  { sha256, kind, dtype, shape, rawBytes, codec, baseId, depth, sizeBytes }: BlobFacts & StoredBlob,
  place: BlobPlace,
): number {
  const { packId, offset, inline } = columnsOf(place)
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO blob (operation_id, lane, sha256, kind, dtype, shape_json, raw_bytes, codec, base_id, depth,
         pack_id, offset, inline, size_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      operationId,
      lane,
      sha256,
      kind,
      dtype,
      JSON.stringify(shape),
      rawBytes,
      codec,
      baseId,
      depth,
      packId,
      offset,
      inline,
      sizeBytes,
    )
  return Number(lastInsertRowid)
}

/** The same blob, stored in another way. */
export function moveBlob(
  db: Sqlite,
  id: number,
  { codec, baseId, depth, sizeBytes }: StoredBlob,
  place: BlobPlace,
): void {
  const { packId, offset, inline } = columnsOf(place)
  db.prepare(
    `UPDATE blob SET codec = ?, base_id = ?, depth = ?, pack_id = ?, offset = ?, inline = ?, size_bytes = ?
     WHERE id = ?`,
  ).run(codec, baseId, depth, packId, offset, inline, sizeBytes, id)
}

function columnsOf(place: BlobPlace) {
  return 'inline' in place
    ? { packId: null, offset: null, inline: place.inline }
    : { ...place, inline: null }
}

export function insertPart(
  db: Sqlite,
  checkpointId: number,
  name: string,
  ord: number,
  blobId: number,
): void {
  db.prepare(
    'INSERT INTO checkpoint_blob (checkpoint_id, name, ord, blob_id) VALUES (?, ?, ?, ?)',
  ).run(checkpointId, name, ord, blobId)
}

export function findBlob(db: Sqlite, id: number): BlobRow | undefined {
  const raw = db.prepare<[number], RawBlob>(`SELECT ${COLUMNS} FROM blob WHERE id = ?`).get(id)
  return raw && fromRaw(raw)
}

export function findBlobByContent(
  db: Sqlite,
  { operationId, lane }: Pick<BlobRow, 'operationId' | 'lane'>,
  sha256: string,
): BlobRow | undefined {
  const raw = db
    .prepare<[string, Lane, string], RawBlob>(
      `SELECT ${COLUMNS} FROM blob WHERE operation_id = ? AND lane = ? AND sha256 = ?`,
    )
    .get(operationId, lane, sha256)
  return raw && fromRaw(raw)
}

export function inlineBytes(db: Sqlite, blobId: number): Uint8Array | undefined {
  const bytes = db.prepare('SELECT inline FROM blob WHERE id = ?').pluck().get(blobId)
  return bytes instanceof Uint8Array ? bytes : undefined
}

/** The parts of a checkpoint, by name and order. */
export function listParts(db: Sqlite, checkpointId: number): Part[] {
  return db
    .prepare<[number], RawBlob & { name: string; ord: number }>(
      `SELECT checkpoint_blob.name, checkpoint_blob.ord, ${COLUMNS}
       FROM checkpoint_blob JOIN blob ON blob.id = checkpoint_blob.blob_id
       WHERE checkpoint_blob.checkpoint_id = ? ORDER BY checkpoint_blob.name, checkpoint_blob.ord`,
    )
    .all(checkpointId)
    .map((raw) => ({ name: raw.name, ord: raw.ord, blob: fromRaw(raw) }))
}

/** Names of the blobs of an operation in its checkpoints; those that only deltas need have none. */
export function namesOfBlobs(db: Sqlite, operationId: string): Map<number, string> {
  const rows = db
    .prepare<[string], { id: number; name: string }>(
      `SELECT blob_id AS id, min(checkpoint_blob.name) AS name
       FROM checkpoint_blob JOIN checkpoint ON checkpoint.id = checkpoint_id
       WHERE operation_id = ? GROUP BY blob_id`,
    )
    .all(operationId)
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Packs of which a checkpoint needs any byte, also as the base of a delta. */
export function packsNeededBy(db: Sqlite, checkpointId: number): number[] {
  return db
    .prepare<[number], number>(
      `WITH RECURSIVE needed (id) AS (
         SELECT blob_id FROM checkpoint_blob WHERE checkpoint_id = ?
         UNION SELECT base_id FROM needed JOIN blob USING (id) WHERE base_id IS NOT NULL)
       SELECT DISTINCT pack_id FROM needed JOIN blob USING (id) WHERE pack_id IS NOT NULL`,
    )
    .pluck()
    .all(checkpointId) as number[]
}

export function listBlobsOf(db: Sqlite, operationId: string): BlobRow[] {
  return db
    .prepare<[string], RawBlob>(`SELECT ${COLUMNS} FROM blob WHERE operation_id = ? ORDER BY id`)
    .all(operationId)
    .map(fromRaw)
}

/** Bytes that an operation, or all of them, has on the disk: pack files and inline blobs. */
export function storedBytes(db: Sqlite, operationId?: string): number {
  const where = operationId === undefined ? '' : 'AND operation_id = @operationId'
  const sql = `SELECT
    (SELECT coalesce(sum(size_bytes), 0) FROM pack WHERE true ${where}) +
    (SELECT coalesce(sum(size_bytes), 0) FROM blob WHERE pack_id IS NULL ${where})`
  return Number(preparedValue(db, sql).get(operationId === undefined ? {} : { operationId }))
}

/**
 * Drops the blobs of an operation that nothing needs any more, and puts packs in which none is left into the trash;
 * the caller unlinks after the commit.
 */
export function dropUnneeded(db: Sqlite, operationId: string, nowMs: number): void {
  const dropBlobs = prepared(
    db,
    `DELETE FROM blob WHERE operation_id = ?
       AND NOT EXISTS (SELECT 1 FROM checkpoint_blob WHERE blob_id = blob.id)
       AND NOT EXISTS (SELECT 1 FROM blob AS delta WHERE delta.base_id = blob.id)`,
  )
  while (dropBlobs.run(operationId).changes > 0); // a delta that goes may have been the last to need its base
  const isEmpty = 'NOT EXISTS (SELECT 1 FROM blob WHERE pack_id = pack.id)'
  prepared(
    db,
    `INSERT OR IGNORE INTO trash (path, since_ms) SELECT path, ? FROM pack WHERE operation_id = ? AND ${isEmpty}`,
  ).run(nowMs, operationId)
  prepared(db, `DELETE FROM pack WHERE operation_id = ? AND ${isEmpty}`).run(operationId)
}

function fromRaw(raw: RawBlob): BlobRow {
  return {
    id: raw.id,
    operationId: raw.operation_id,
    lane: raw.lane as Lane,
    sha256: raw.sha256,
    kind: raw.kind as BlobKind,
    dtype: raw.dtype as Dtype,
    shape: parseColumn<number[]>(raw.shape_json, []),
    rawBytes: raw.raw_bytes,
    codec: raw.codec,
    baseId: raw.base_id,
    depth: raw.depth,
    packId: raw.pack_id,
    offset: raw.offset ?? 0,
    sizeBytes: raw.size_bytes,
  }
}
