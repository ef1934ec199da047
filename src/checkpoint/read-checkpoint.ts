// Reading back: every byte of a checkpoint is verified before any of it is used. The newest one that verifies wins;
// what does not is named, never silently skipped.

import { KtrdrError, systemCode } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import { typedArrayFrom, type NamedArray, type Snapshot, type Stream } from '../core/snapshot.ts'
import { listParts, type Part } from '../store/blob-table.ts'
import { partsSha256, type CheckpointRow } from '../store/checkpoint-table.ts'
import { PACK_FORMAT } from './pack.ts'
import { decodePackFormat1 } from './pack-format-1.ts'
import { openBlobReader, type BlobReader, type Source } from './read-blobs.ts'
import type { Segment } from './stream-log.ts'

export type Damage = {
  readonly seq: number
  readonly reason: string
  /** The row to mark; null when it is gone, or when the disk may yet give the file back. */
  readonly row: CheckpointRow | null
}

export type Restored = {
  readonly snapshot: Snapshot
  /** Version of the layout of the state, as its job counts. */
  readonly stateVersion: number
  /** How the rows of its streams are stored. */
  readonly segments: ReadonlyMap<string, readonly Segment[]>
}

export type LoadedCheckpoint = Restored & {
  readonly row: CheckpointRow
  /** Newer checkpoints that could not be used. */
  readonly damaged: readonly Damage[]
}

/**
 * The newest of `rows` (newest first) that verifies and that no rollback has left behind.
 * @param lastSeq number of the last acknowledged checkpoint of the operation
 * @throws CHECKPOINT_NOT_FOUND when there are no rows, CHECKPOINT_CORRUPT when none verifies
 */
export function loadNewestCheckpoint(
  source: Source,
  operationId: string,
  rows: readonly CheckpointRow[],
  lastSeq: number,
): LoadedCheckpoint {
  if (rows.every(({ isSuperseded }) => isSuperseded)) throw noCheckpoint(operationId)
  const damaged: Damage[] = []
  if (rows[0]!.seq < lastSeq)
    damaged.push({ seq: lastSeq, reason: 'it was acknowledged, but its row is gone', row: null })

  for (const row of rows) {
    if (row.isSuperseded) continue
    try {
      return { row, ...loadCheckpoint(source, row), damaged }
    } catch (error) {
      const reason = unusable(error)
      if (reason === undefined) throw error
      damaged.push({ seq: row.seq, reason, row: systemCode(error) === 'EIO' ? null : row })
    }
  }
  throw new KtrdrError(
    'CHECKPOINT_CORRUPT',
    `No checkpoint of ${operationId} can be used: ${damaged.map(({ seq, reason }) => `#${seq}: ${reason}`).join(' ')}`,
    {
      suggestions: [`ktrdr checkpoints show ${operationId}`],
      details: { operationId, damaged: damaged.map(({ seq, reason }) => ({ seq, reason })) },
    },
  )
}

/** Why an older checkpoint must do, or undefined when it is no matter of this one (no permission, no memory). */
function unusable(error: unknown): string | undefined {
  if (systemCode(error) === 'EIO') {
    const { artifact } = error as { artifact?: string }
    return `The artifact ${artifact ?? 'in the database'} cannot be read (EIO).`
  }
  return error instanceof KtrdrError && error.code === 'CHECKPOINT_CORRUPT'
    ? error.message
    : undefined
}

/** @throws CHECKPOINT_CORRUPT, FORMAT_TOO_NEW; system errors as they are */
export function loadCheckpoint(source: Source, row: CheckpointRow): Restored {
  if (row.format > PACK_FORMAT)
    throw new KtrdrError(
      'FORMAT_TOO_NEW',
      `The checkpoint has format ${row.format}; this ktrdr knows ${PACK_FORMAT}.`,
      { suggestions: ['Use the newer ktrdr that wrote it.'] },
    )
  if (!row.isSealed) throw corrupt('Its row in the database is not as it was written.')
  const parts = listParts(source.db, row.id)
  const reader = openBlobReader(source)
  if (row.format === 1) return loadFormat1(parts, reader)
  if (partsSha256(parts) !== row.partsSha256)
    throw corrupt('The list of its parts is not the one that was saved.')

  let json: Json | undefined
  const arrays: NamedArray[] = []
  const streams = new Map<string, Stream['rows'][]>()
  const segments = new Map<string, Segment[]>()
  for (const { name, blob } of parts) {
    const raw = reader.read(blob)
    const { kind, dtype, shape } = blob
    if (kind === 'tensor') arrays.push({ name, dtype, shape, data: typedArrayFrom(dtype, raw) })
    else if (kind === 'state') json = JSON.parse(textOf(raw)) as Json
    else {
      const rows = kind === 'rows' ? typedArrayFrom('F64', raw) : JSON.parse(textOf(raw))
      streams.set(name, [...(streams.get(name) ?? []), rows as Stream['rows']])
      const stored = segments.get(name) ?? []
      const from = stored.at(-1)?.to ?? 0
      segments.set(name, [...stored, { from, to: from + shape[0]!, facts: blob }])
    }
  }
  if (json === undefined) throw corrupt('It has no state.')
  const whole = [...streams].map(([name, pieces]) => ({ name, from: 0, rows: joined(pieces) }))
  return {
    snapshot: { json, arrays, streams: whole },
    stateVersion: row.stateVersion ?? 0,
    segments,
  }
}

function joined(pieces: readonly Stream['rows'][]): Stream['rows'] {
  if (!(pieces[0] instanceof Float64Array)) return (pieces as readonly Json[][]).flat()
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const column = new Float64Array(length)
  let at = 0
  for (const piece of pieces as readonly Float64Array[]) {
    column.set(piece, at)
    at += piece.length
  }
  return column
}

function loadFormat1(parts: readonly Part[], reader: BlobReader): Restored {
  const bytesOfPart = (kind: string): Uint8Array | undefined => {
    const part = parts.find(({ blob }) => blob.kind === kind)
    return part && reader.read(part.blob)
  }
  const file = bytesOfPart('pack')
  if (!file) throw corrupt('Its pack is not in the database any more.')
  const pack = decodePackFormat1(file)
  const inline = bytesOfPart('state')
  const stateJson = inline ? textOf(inline) : pack.stateJson
  if (stateJson === null) throw corrupt('The state is neither in the database nor in the pack.')
  if (sha256(stateJson) !== pack.stateSha256)
    throw corrupt('The state is not the one that was saved.')
  return {
    snapshot: { json: JSON.parse(stateJson) as Json, arrays: pack.arrays, streams: [] },
    stateVersion: pack.stateVersion,
    segments: new Map(),
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** What is wrong with a checkpoint, or undefined when every byte verifies. */
export function findDamage(source: Source, row: CheckpointRow): string | undefined {
  try {
    loadCheckpoint(source, row)
    return undefined
  } catch (error) {
    const reason = error instanceof KtrdrError ? error.message : unusable(error)
    if (reason === undefined) throw error
    return reason
  }
}

function corrupt(message: string): KtrdrError {
  return new KtrdrError('CHECKPOINT_CORRUPT', message)
}

export function noCheckpoint(operationId: string): KtrdrError {
  const possibleReasons = [
    'it ended before its first save',
    'its checkpoints were deleted',
    'it ran with --no-checkpoints',
  ]
  return new KtrdrError(
    'CHECKPOINT_NOT_FOUND',
    `${operationId} has no checkpoint. Either ${possibleReasons.join(', or ')}.`,
    {
      suggestions: [`ktrdr operations show ${operationId}`],
      details: { operationId, possibleReasons },
    },
  )
}
