// What a save has to store: the parts of the snapshot, less those whose bytes the operation has already, each in the
// encoding that pays. A save relies on nothing that it has not just read back: what it would share with earlier saves,
// or base a delta on, is compared with its hash first, and stored anew when it is damaged.

import { exactJson, sha256 } from '../core/hash.ts'
import { bytesOf, type Snapshot } from '../core/snapshot.ts'
import { findBlobByContent, type BlobFacts, type BlobRow } from '../store/blob-table.ts'
import { encodeBytes, type CodecChoice } from './codecs/codec.ts'
import { keyedHash } from './encryption.ts'
import { factsOf } from './identity.ts'
import { openBlobReader, type Source } from './read-blobs.ts'
import type { SaveMemory } from './save-memory.ts'
import { bytesOfRows, cutSegments, type Segment } from './stream-log.ts'

export type SaveRules = {
  readonly codec: CodecChoice
  /** Longest chain of deltas; 0 = none. */
  readonly maxDepth: number
  /** Other parts than tensors stand in the database up to this encoded size, above it in the pack. */
  readonly inlineLimitBytes: number
}

/** A part of the checkpoint to be. */
export type PlannedPart = {
  readonly name: string
  readonly ord: number
  readonly facts: BlobFacts
  readonly raw: () => Uint8Array
}

/** A blob to store, or to store in another way. */
export type PlannedBlob = {
  readonly name: string
  readonly facts: BlobFacts
  readonly codec: string
  readonly base: BlobRow | null
  readonly depth: number
  readonly bytes: Uint8Array
  readonly isInline: boolean
  /** The row that it replaces, if the operation has this blob already. */
  readonly replaces: BlobRow | null
}

export type SavePlan = {
  readonly parts: readonly PlannedPart[]
  readonly blobs: readonly PlannedBlob[]
  /** Rows of blobs that are there already, by content. */
  readonly known: ReadonlyMap<string, BlobRow>
  /** As the streams are stored when this save is acknowledged. */
  readonly segments: ReadonlyMap<string, readonly Segment[]>
}

/**
 * @param memory has taken the rows of the snapshot already
 * @param isKeyframe whether all of it must be readable without deltas
 */
export function planSave(
  source: Source,
  operationId: string,
  { json, arrays }: Snapshot,
  memory: SaveMemory,
  rules: SaveRules,
  isKeyframe: boolean,
): SavePlan {
  const { streams, bases } = memory
  const hash = source.keys.active ? keyedHash(source.keys.active) : sha256
  const segments = new Map([...streams].map(([name, log]) => [name, cutSegments(log, hash)]))
  const state = new TextEncoder().encode(exactJson(json))
  const parts: PlannedPart[] = [
    ...arrays.map((array) => {
      const raw = bytesOf(array.data)
      const facts = factsOf('tensor', array.dtype, array.shape, raw, hash)
      return { name: array.name, ord: 0, facts, raw: () => raw }
    }),
    ...[...segments].flatMap(([name, cuts]) =>
      cuts.map((segment, ord) => ({
        name,
        ord,
        facts: segment.facts,
        raw: () => bytesOfRows(streams.get(name)!, segment),
      })),
    ),
    {
      name: STATE,
      ord: 0,
      facts: factsOf('state', 'U8', [state.length], state, hash),
      raw: () => state,
    },
  ]
  const reader = openBlobReader(source)
  const isGood = (blob: BlobRow): boolean => {
    try {
      reader.read(blob)
      return true
    } catch {
      return false
    }
  }
  const known = new Map<string, BlobRow>()
  const blobs: PlannedBlob[] = []
  const planned = new Set<string>()
  for (const { name, facts, raw } of parts) {
    if (planned.has(facts.sha256)) continue
    planned.add(facts.sha256)
    const existing = findBlobByContent(source.db, operationId, facts.sha256)
    if (existing) known.set(facts.sha256, existing)
    if (existing && !(isKeyframe && existing.depth > 0) && isGood(existing)) continue
    const base = bases.get(name)
    const baseRow =
      base && !isKeyframe && !existing
        ? findBlobByContent(source.db, operationId, base.sha256)
        : undefined
    const isBaseUsable = baseRow !== undefined && baseRow.depth < rules.maxDepth && isGood(baseRow)
    const { codec, bytes } = encodeBytes(raw(), {
      dtype: facts.dtype,
      isJson: facts.kind === 'state' || facts.kind === 'json-rows',
      choice: rules.codec,
      base: isBaseUsable ? base!.raw : null,
    })
    const isDelta = codec.startsWith('delta-')
    blobs.push({
      name,
      facts,
      codec,
      base: isDelta ? baseRow! : null,
      depth: isDelta ? baseRow!.depth + 1 : 0,
      bytes,
      isInline:
        facts.kind !== 'tensor' && !source.keys.active && bytes.length <= rules.inlineLimitBytes,
      replaces: existing ?? null,
    })
  }
  return { parts, blobs, known, segments }
}

/** The name of the part that holds the JSON of the state. */
export const STATE = 'state'

/** What the writer remembers when the save has been acknowledged. */
export function rememberSave(
  { streams, bases }: SaveMemory,
  { parts, segments }: SavePlan,
  { maxDepth }: SaveRules,
): void {
  for (const [name, cuts] of segments) streams.get(name)!.segments = cuts
  if (maxDepth === 0) return
  for (const { name, facts, raw } of parts)
    if (!segments.has(name)) bases.set(name, { raw: raw().slice(), sha256: facts.sha256 })
}
