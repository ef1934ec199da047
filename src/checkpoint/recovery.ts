// What a pack carries so that the database could be made again from packs alone (`ktrdr doctor --rebuild`): the record
// of the operation, those of the checkpoints that the pack was written for, and those of their parts that stand in the
// database. Large ones are left out: a checkpoint that consists of them cannot come back without the database.

import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type { BlobFacts } from '../store/blob-table.ts'
import type { CheckpointRow } from '../store/checkpoint-table.ts'
import type { OperationRow } from '../store/operation-table.ts'
import type { PlannedPart } from './plan-save.ts'

/** Parts of a checkpoint in the database are carried up to this many bytes in all, before compression. */
const MAX_CARRIED_BYTES = 256 * 1024

export type RecoveredOperation = Pick<
  OperationRow,
  'id' | 'type' | 'name' | 'settings' | 'fingerprints' | 'policy' | 'progress' | 'createdAtMs'
>

/** A checkpoint as it was saved: without what was said of it later. */
type SavedFacts = Pick<
  CheckpointRow,
  'seq' | 'lane' | 'generation' | 'type' | 'cursor' | 'summary' | 'metric' | 'createdAtMs'
> & { readonly stateVersion: number }

export type RecoveredCheckpoint = SavedFacts & {
  readonly parts: readonly {
    readonly name: string
    readonly ord: number
    readonly sha256: string
  }[]
}

export type Recovery = {
  readonly operation: RecoveredOperation
  readonly checkpoints: readonly RecoveredCheckpoint[]
  /** JSON as it is, other bytes in base64. */
  readonly carried: readonly { readonly facts: BlobFacts; readonly text: string }[]
}

export function encodeRecovery(
  { id, type, name, settings, fingerprints, policy, progress, createdAtMs }: RecoveredOperation,
  checkpoints: readonly (SavedFacts & { readonly parts: readonly PlannedPart[] })[],
): Uint8Array {
  const carried = new Map<string, PlannedPart>()
  for (const { parts } of checkpoints) {
    const others = parts.filter(({ facts }) => facts.kind !== 'tensor')
    const size = others.reduce((sum, { facts }) => sum + facts.rawBytes, 0)
    if (size <= MAX_CARRIED_BYTES) for (const part of others) carried.set(part.facts.sha256, part)
  }
  const recovery: Recovery = {
    operation: { id, type, name, settings, fingerprints, policy, progress, createdAtMs },
    checkpoints: checkpoints.map((checkpoint) => ({
      ...savedFacts(checkpoint),
      parts: checkpoint.parts.map(({ name: part, ord, facts: { sha256 } }) => ({
        name: part,
        ord,
        sha256,
      })),
    })),
    carried: [...carried.values()].map(({ facts, raw }) => ({
      facts,
      text: Buffer.from(raw()).toString(encodingOf(facts)),
    })),
  }
  return brotliCompressSync(JSON.stringify(recovery), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 4 },
  })
}

function savedFacts(checkpoint: SavedFacts): SavedFacts {
  const { generation, seq, lane, type, cursor, stateVersion, createdAtMs } = checkpoint
  const { summary, metric } = checkpoint
  return { generation, seq, lane, type, cursor, stateVersion, createdAtMs, summary, metric }
}

/** The bytes of a part that is carried. */
export function carriedBytes({ facts, text }: Recovery['carried'][number]): Uint8Array {
  return Buffer.from(text, encodingOf(facts))
}

function encodingOf({ kind }: BlobFacts): 'base64' | 'utf8' {
  return kind === 'rows' ? 'base64' : 'utf8'
}

/** @throws when it is damaged: the caller has compared the pack with its hash, or reports what it finds */
export function decodeRecovery(bytes: Uint8Array): Recovery {
  return JSON.parse(brotliDecompressSync(bytes).toString()) as Recovery
}
