// What makes two blobs the same: their kind, type, shape and bytes, and nothing of how or where they are stored.

import { sha256 } from '../core/hash.ts'
import type { Dtype } from '../core/snapshot.ts'
import type { BlobFacts, BlobKind } from '../store/blob-table.ts'

/** `sha256`, or where packs are encrypted one that tells nothing (encryption.ts). */
export type Hash = (...parts: readonly (Uint8Array | string)[]) => string

export function factsOf(
  kind: BlobKind,
  dtype: Dtype,
  shape: readonly number[],
  raw: Uint8Array,
  hash: Hash = sha256,
): BlobFacts {
  const identity = hash(`${kind} ${dtype} ${JSON.stringify(shape)}\n`, raw)
  return { sha256: identity, kind, dtype, shape, rawBytes: raw.length }
}
