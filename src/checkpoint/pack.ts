// A pack: the one file of a checkpoint. It is a valid safetensors file that Python opens directly; what a checkpoint
// needs beyond tensors stands as JSON under `__metadata__.ktrdr`: format, operation, position, and for each array its
// codec and the SHA-256 of its dtype, shape and bytes. Format 1 knows the codec `raw` only.

import { KtrdrError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { CheckpointType, Cursor } from '../core/operation.ts'
import { decodeSafetensors, encodeSafetensors } from '../core/safetensors.ts'
import { bytesOf, type NamedArray } from '../core/snapshot.ts'

export const PACK_FORMAT = 1

/** The state, when it is too large to stand in the database. */
const STATE_ARRAY = 'state.json'

export type PackHead = {
  readonly operationId: string
  readonly operationType: string
  readonly generation: number
  readonly seq: number
  readonly type: CheckpointType
  readonly cursor: Cursor
  readonly fingerprints: Readonly<Record<string, string>>
  /** Version of the layout of the state, as its job counts. */
  readonly stateVersion: number
  readonly stateSha256: string
  readonly createdAtMs: number
}

type Manifest = PackHead & {
  readonly format: number
  readonly arrays: readonly {
    readonly name: string
    readonly codec: string
    readonly sha256: string
  }[]
}

export type Pack = {
  readonly head: PackHead
  readonly arrays: readonly NamedArray[]
  /** null = inline in the database. */
  readonly stateJson: string | null
}

export function encodePack({ head, arrays, stateJson }: Pack): Uint8Array {
  const stored = stateJson === null ? arrays : [...arrays, stateArray(stateJson)]
  const manifest: Manifest = {
    format: PACK_FORMAT,
    ...head,
    arrays: stored.map((array) => ({ name: array.name, codec: 'raw', sha256: identity(array) })),
  }
  return encodeSafetensors({ metadata: { ktrdr: JSON.stringify(manifest) }, arrays: stored })
}

/**
 * Decodes and verifies a pack.
 * @throws FORMAT_TOO_NEW, or CHECKPOINT_CORRUPT saying what does not fit
 */
export function decodePack(file: Uint8Array): Pack {
  const { metadata, arrays } = decodeSafetensors(file)
  const manifest = parseManifest(metadata['ktrdr'])
  const recorded = new Map(manifest.arrays.map((array) => [array.name, array]))
  if (recorded.size !== arrays.length)
    throw corrupt('its manifest names other arrays than it holds')
  for (const array of arrays) {
    const { name } = array
    const saved = recorded.get(name)
    if (!saved) throw corrupt(`its manifest does not name ${name}`)
    if (saved.codec !== 'raw')
      throw new KtrdrError('FORMAT_TOO_NEW', `The array ${name} uses the codec "${saved.codec}".`)
    if (saved.sha256 !== identity(array)) throw corrupt(`${name} is not the array that was saved`)
  }
  const { format: _, arrays: __, ...head } = manifest
  const state = arrays.find(({ name }) => name === STATE_ARRAY)
  return {
    head,
    arrays: arrays.filter((array) => array !== state),
    stateJson: state ? new TextDecoder().decode(bytesOf(state.data)) : null,
  }
}

/** What must not change between save and load: the bytes, and what they mean. */
function identity({ dtype, shape, data }: NamedArray): string {
  return sha256(`${dtype} ${JSON.stringify(shape)}\n`, bytesOf(data))
}

function stateArray(stateJson: string): NamedArray {
  const data = new TextEncoder().encode(stateJson)
  return { name: STATE_ARRAY, dtype: 'U8', shape: [data.length], data }
}

function parseManifest(text: string | undefined): Manifest {
  if (text === undefined) throw corrupt('it has no manifest')
  let manifest: Manifest
  try {
    manifest = (JSON.parse(text) ?? {}) as Manifest
  } catch (error) {
    throw corrupt('its manifest is not JSON', error)
  }
  if (manifest.format > PACK_FORMAT)
    throw new KtrdrError(
      'FORMAT_TOO_NEW',
      `The pack has format ${manifest.format}; this ktrdr knows ${PACK_FORMAT}.`,
      { suggestions: ['Use the newer ktrdr that wrote it.'] },
    )
  const { arrays, stateSha256, stateVersion } = manifest
  const isComplete =
    Array.isArray(arrays) &&
    arrays.every(Boolean) &&
    typeof stateSha256 === 'string' &&
    typeof stateVersion === 'number'
  if (!isComplete) throw corrupt('its manifest is incomplete')
  return manifest
}

function corrupt(what: string, cause?: unknown): KtrdrError {
  return new KtrdrError('CHECKPOINT_CORRUPT', `The pack is damaged: ${what}.`, { cause })
}
