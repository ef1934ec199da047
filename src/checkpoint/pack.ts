// A pack: the file that a save adds. It is a valid safetensors file that Python opens: a blob that is stored raw stands
// in it as the array that it is, any other as its encoded bytes. What each blob means stands as JSON under
// `__metadata__.ktrdr`, together with whose save it was; so the database could be made again from packs alone.

import { KtrdrError } from '../core/errors.ts'
import type { CheckpointType, Cursor } from '../core/operation.ts'
import { decodeSafetensors, encodeSafetensors, placesOfArrays } from '../core/safetensors.ts'
import { bytesOf, typedArrayFrom, type NamedArray } from '../core/snapshot.ts'
import type { BlobFacts } from '../store/blob-table.ts'

export const PACK_FORMAT = 2

export type PackHead = {
  readonly operationId: string
  readonly generation: number
  /** Of the save; of a compaction that of the newest checkpoint which it has rewritten. */
  readonly seq: number
  readonly type: CheckpointType | 'compaction'
  readonly cursor: Cursor
  readonly stateVersion: number
  readonly createdAtMs: number
}

export type PackedBlob = {
  /** As in the checkpoint, e.g. `model.layers.0.weight`. */
  readonly name: string
  readonly facts: BlobFacts
  readonly codec: string
  /** SHA-256 of the blob that a delta is to be applied to. */
  readonly base: string | null
  readonly depth: number
  readonly bytes: Uint8Array
}

export type Pack = {
  readonly head: PackHead
  readonly blobs: readonly PackedBlob[]
  /** What else is needed to make the rows of the save again, compressed; null = it is not here. */
  readonly recovery: Uint8Array | null
}

type Manifest = PackHead & {
  readonly format: number
  readonly blobs: readonly (BlobFacts & {
    readonly array: string
    readonly name: string
    readonly codec: string
    readonly base: string | null
    readonly depth: number
  })[]
}

const RECOVERY_ARRAY = 'ktrdr.recovery'

/** @returns the file, and where in it each blob lies, in the order of `blobs` */
export function encodePack({ head, blobs, recovery }: Pack): {
  file: Uint8Array
  offsets: number[]
} {
  const names = namesFor(blobs)
  const manifest: Manifest = {
    format: PACK_FORMAT,
    ...head,
    blobs: blobs.map(({ name, facts, codec, base, depth }, i) => ({
      array: names[i]!,
      name,
      ...facts,
      codec,
      base,
      depth,
    })),
  }
  const arrays = blobs.map((blob, i) => arrayOf(names[i]!, blob))
  if (recovery) arrays.push(bytesArray(RECOVERY_ARRAY, recovery))
  const file = encodeSafetensors({ metadata: { ktrdr: JSON.stringify(manifest) }, arrays })
  const places = placesOfArrays(file)
  return { file, offsets: names.map((name) => places.get(name)!.offset) }
}

/**
 * What a pack says of itself. The caller has compared the file with its hash, or compares each blob with its own.
 * @throws FORMAT_TOO_NEW, or CHECKPOINT_CORRUPT saying what does not fit
 */
export function decodePack(file: Uint8Array): Pack & { readonly offsets: readonly number[] } {
  const { metadata, arrays } = decodeSafetensors(file)
  const { format: _, blobs, ...head } = parseManifest(metadata['ktrdr'], PACK_FORMAT) as Manifest
  if (!Array.isArray(blobs) || !blobs.every(Boolean))
    throw corruptPack('its manifest is incomplete')
  const byName = new Map(arrays.map((array) => [array.name, bytesOf(array.data)]))
  const places = placesOfArrays(file)
  const packed = blobs.map(({ array, name, codec, base, depth, ...facts }) => {
    const bytes = byName.get(array)
    if (!bytes) throw corruptPack(`its manifest names ${array}, which it does not hold`)
    return { name, facts, codec, base, depth, bytes }
  })
  return {
    head,
    blobs: packed,
    recovery: byName.get(RECOVERY_ARRAY) ?? null,
    offsets: blobs.map(({ array }) => places.get(array)!.offset),
  }
}

/** A name once given is made different: segments of one part, and versions of it after a compaction, share theirs. */
function namesFor(blobs: readonly PackedBlob[]): string[] {
  const given = new Set<string>([RECOVERY_ARRAY])
  return blobs.map(({ name, facts }) => {
    const free = given.has(name) ? `${name}@${facts.sha256.slice(0, 16)}` : name
    given.add(free)
    return free
  })
}

function arrayOf(name: string, { facts, codec, bytes }: PackedBlob): NamedArray {
  const { kind, dtype, shape } = facts
  if (codec !== 'raw' || kind !== 'tensor') return bytesArray(name, bytes)
  return { name, dtype, shape, data: typedArrayFrom(dtype, bytes) }
}

function bytesArray(name: string, bytes: Uint8Array): NamedArray {
  return { name, dtype: 'U8', shape: [bytes.length], data: bytes }
}

/** The manifest of a pack of exactly this format. */
export function parseManifest(text: string | undefined, format: number): object {
  if (text === undefined) throw corruptPack('it has no manifest')
  let manifest: { readonly format?: unknown }
  try {
    manifest = (JSON.parse(text) ?? {}) as { format?: unknown }
  } catch (error) {
    throw corruptPack('its manifest is not JSON', error)
  }
  if (typeof manifest.format === 'number' && manifest.format > PACK_FORMAT)
    throw new KtrdrError(
      'FORMAT_TOO_NEW',
      `The pack has format ${manifest.format}; this ktrdr knows ${PACK_FORMAT}.`,
      { suggestions: ['Use the newer ktrdr that wrote it.'] },
    )
  if (manifest.format !== format) throw corruptPack(`it has format ${String(manifest.format)}`)
  return manifest
}

export function corruptPack(what: string, cause?: unknown): KtrdrError {
  return new KtrdrError('CHECKPOINT_CORRUPT', `The pack is damaged: ${what}.`, { cause })
}
