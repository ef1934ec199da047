// Reading back: every byte of a checkpoint is verified before any of it is used. The newest one that verifies wins;
// what does not is named, never silently skipped.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { sha256, type Json } from '../core/hash.ts'
import type { Layout } from '../core/layout.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { CheckpointRow } from '../store/checkpoint-table.ts'
import { decodePack } from './pack.ts'

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
}

export type LoadedCheckpoint = Restored & {
  readonly row: CheckpointRow
  /** Newer checkpoints that could not be used. */
  readonly damaged: readonly Damage[]
}

/**
 * The newest of `rows` (newest first) that verifies.
 * @param lastSeq number of the last acknowledged checkpoint of the operation
 * @throws CHECKPOINT_NOT_FOUND when there are no rows, CHECKPOINT_CORRUPT when none verifies
 */
export function loadNewestCheckpoint(
  layout: Layout,
  operationId: string,
  rows: readonly CheckpointRow[],
  lastSeq: number,
): LoadedCheckpoint {
  if (rows.length === 0) throw noCheckpoint(operationId)
  const damaged: Damage[] = []
  if (rows[0]!.seq < lastSeq)
    damaged.push({ seq: lastSeq, reason: 'it was acknowledged, but its row is gone', row: null })

  for (const row of rows) {
    try {
      return { row, ...loadCheckpoint(layout, row), damaged }
    } catch (error) {
      const reason = unusable(error, row)
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
function unusable(error: unknown, { packPath }: CheckpointRow): string | undefined {
  if (systemCode(error) === 'EIO') return `The artifact ${packPath} cannot be read (EIO).`
  return error instanceof KtrdrError && error.code === 'CHECKPOINT_CORRUPT'
    ? error.message
    : undefined
}

/** @throws CHECKPOINT_CORRUPT, FORMAT_TOO_NEW; system errors as they are */
export function loadCheckpoint(layout: Layout, row: CheckpointRow): Restored {
  const file = readPack(layout, row)
  if (sha256(file) !== row.packSha256)
    throw corrupt(`${row.packPath} is not the file that was saved.`)
  const pack = decodePack(file)
  const stateJson = row.stateJson ?? pack.stateJson
  if (stateJson === null) throw corrupt('The state is neither in the database nor in the pack.')
  if (sha256(stateJson) !== row.stateSha256 || row.stateSha256 !== pack.head.stateSha256)
    throw corrupt('The state is not the one that was saved.')
  const snapshot = { json: JSON.parse(stateJson) as Json, arrays: pack.arrays }
  return { snapshot, stateVersion: pack.head.stateVersion }
}

/** What is wrong with a checkpoint, or undefined when every byte verifies. */
export function findDamage(layout: Layout, row: CheckpointRow): string | undefined {
  try {
    loadCheckpoint(layout, row)
    return undefined
  } catch (error) {
    const reason = error instanceof KtrdrError ? error.message : unusable(error, row)
    if (reason === undefined) throw error
    return reason
  }
}

/** What says for certain that the file is not there; any other error says nothing of the file. */
const NO_FILE: Readonly<Record<string, string>> = {
  ENOENT: 'is missing',
  ENOTDIR: 'is missing',
  EISDIR: 'is a directory',
}

function readPack(layout: Layout, row: CheckpointRow): Uint8Array {
  if (row.packPath === '') throw corrupt('Its pack is not in the database any more.')
  let file: Uint8Array
  try {
    file = readFileSync(join(layout.packs, row.packPath))
  } catch (error) {
    const what = NO_FILE[systemCode(error) ?? '']
    if (what === undefined) throw error
    throw corrupt(`The artifact ${row.packPath} ${what}.`)
  }
  if (file.length === 0) throw corrupt(`The artifact ${row.packPath} is empty.`)
  if (file.length !== row.packBytes)
    throw corrupt(
      `The artifact ${row.packPath} has ${file.length} bytes instead of ${row.packBytes}.`,
    )
  return file
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
