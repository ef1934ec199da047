// What a pack carries so that the database could be made again from packs alone (`ktrdr doctor --rebuild`): the record
// of the operation, that of the checkpoint, and those of its parts that stand in the database. Large ones are left out:
// a checkpoint that consists of them cannot come back without the database.

import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type { Json } from '../core/hash.ts'
import type { Progress } from '../core/operation.ts'
import type { BlobFacts } from '../store/blob-table.ts'
import type { Sqlite } from '../store/database.ts'
import { findOperation, type OperationRow } from '../store/operation-table.ts'
import type { SavePlan } from './plan-save.ts'
import type { Save } from './write-checkpoint.ts'

/** Parts in the database are carried up to this many bytes in all, before compression. */
const MAX_CARRIED_BYTES = 256 * 1024

export type Recovery = {
  readonly operation: Pick<
    OperationRow,
    'id' | 'type' | 'name' | 'settings' | 'fingerprints' | 'policy' | 'createdAtMs'
  >
  readonly progress: Progress
  readonly summary: Json
  readonly metric: number | null
  readonly parts: readonly {
    readonly name: string
    readonly ord: number
    readonly sha256: string
  }[]
  /** JSON as it is, other bytes in base64. */
  readonly carried: readonly { readonly facts: BlobFacts; readonly text: string }[]
}

export function encodeRecovery(
  db: Sqlite,
  operationId: string,
  { progress, summary, metric }: Save,
  { parts }: SavePlan,
): Uint8Array {
  const { id, type, name, settings, fingerprints, policy, createdAtMs } = findOperation(
    db,
    operationId,
  )!
  const others = parts.filter(({ facts }) => facts.kind !== 'tensor')
  const size = others.reduce((sum, { facts }) => sum + facts.rawBytes, 0)
  const carried = size > MAX_CARRIED_BYTES ? [] : others
  const recovery: Recovery = {
    operation: { id, type, name, settings, fingerprints, policy, createdAtMs },
    progress,
    summary,
    metric,
    parts: parts.map(({ name: part, ord, facts }) => ({ name: part, ord, sha256: facts.sha256 })),
    carried: carried.map(({ facts, raw }) => ({
      facts,
      text: Buffer.from(raw()).toString(facts.kind === 'rows' ? 'base64' : 'utf8'),
    })),
  }
  return brotliCompressSync(JSON.stringify(recovery), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 4 },
  })
}

/** @throws when it is damaged: the caller has compared the pack with its hash, or reports what it finds */
export function decodeRecovery(bytes: Uint8Array): Recovery {
  return JSON.parse(brotliDecompressSync(bytes).toString()) as Recovery
}
