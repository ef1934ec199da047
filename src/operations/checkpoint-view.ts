// Checkpoints as they are shown, in `--json` as on the screen. Keys may be added, never removed.

import type { Json } from '../core/hash.ts'
import type { Cursor, OperationStatus } from '../core/operation.ts'
import { packPath } from '../checkpoint/durable-files.ts'
import { inspectParts, type InspectedPart } from '../checkpoint/inspect-checkpoint.ts'
import type { Source } from '../checkpoint/read-blobs.ts'
import { findDamage } from '../checkpoint/read-checkpoint.ts'
import type { CheckpointRow } from '../store/checkpoint-table.ts'
import type { OperationRow } from '../store/operation-table.ts'
import { isResumable } from './states.ts'

export type CheckpointView = {
  readonly operationId: string
  readonly seq: number
  readonly type: string
  readonly unit: string
  readonly at: number
  readonly of: number
  readonly within: Cursor['within']
  readonly createdAt: string
  readonly ageMs: number
  /** What its save has added to the disk. */
  readonly sizeBytes: number
  /** All that it consists of, before any codec. */
  readonly rawBytes: number
  /** Deltas to apply until all of it can be read. */
  readonly depth: number
  /** Why it cannot be used; null = good as far as is known. */
  readonly damage: string | null
  readonly pinned: boolean
  readonly tag: string | null
  readonly note: string | null
  /** A rollback has left it behind. */
  readonly superseded: boolean
}

/** A named part of a checkpoint: model, optimizer, best, equity, state … */
export type ArtifactView = {
  readonly name: string
  readonly sizeBytes: number
  readonly storedBytes: number
  readonly codecs: readonly string[]
  /** Pack files, relative to the packs directory, or `database`. */
  readonly places: readonly string[]
  /** What is wrong with it; null = every byte verifies. */
  readonly damage: string | null
}

export type CheckpointDetails = CheckpointView & {
  readonly operationType: string
  readonly operationStatus: OperationStatus
  readonly resumable: boolean
  /** What the job says of its state, e.g. trainLoss. */
  readonly state: Json
  readonly artifacts: readonly ArtifactView[]
  /** Of the pack that its save has written; null = it needed none, or nothing lies there any more. */
  readonly path: string | null
}

export function viewCheckpoint(row: CheckpointRow, nowMs: number): CheckpointView {
  const { unit, at, of, within } = row.cursor
  return {
    operationId: row.operationId,
    seq: row.seq,
    type: row.type,
    unit,
    at,
    of,
    within,
    createdAt: new Date(row.createdAtMs).toISOString(),
    ageMs: nowMs - row.createdAtMs,
    sizeBytes: row.sizeBytes,
    rawBytes: row.rawBytes,
    depth: row.depth,
    damage: row.damage,
    pinned: row.isPinned,
    tag: row.tag,
    note: row.note,
    superseded: row.isSuperseded,
  }
}

/** Reads every part: what it says of its integrity is true at this moment. */
export function viewCheckpointDetails(
  source: Source,
  row: CheckpointRow,
  operation: OperationRow,
  nowMs: number,
): CheckpointDetails {
  const parts = inspectParts(source, row.id)
  const own = packPath(row.operationId, row.generation, row.seq)
  return {
    ...viewCheckpoint(row, nowMs),
    damage: findDamage(source, row) ?? null,
    operationType: operation.type,
    operationStatus: operation.status,
    resumable: isResumable(operation),
    state: row.summary,
    artifacts: artifactsOf(parts),
    path: parts.some(({ path }) => path === own) ? own : null,
  }
}

/** Parts by the field of the state that they belong to. */
function artifactsOf(parts: readonly InspectedPart[]): ArtifactView[] {
  const groups = Map.groupBy(parts, ({ name }) => name.split('.')[0]!)
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)
  return [...groups].map(([name, group]) => ({
    name,
    sizeBytes: sum(group.map(({ blob }) => blob.rawBytes)),
    storedBytes: sum(group.map(({ blob }) => blob.sizeBytes)),
    codecs: [...new Set(group.map(({ blob }) => blob.codec))].toSorted(),
    places: [...new Set(group.map(({ path }) => path ?? 'database'))].toSorted(),
    damage: group.find(({ damage }) => damage !== null)?.damage ?? null,
  }))
}
