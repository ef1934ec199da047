// Packs of format 1, which ktrdr wrote until blobs came: one file holds a whole checkpoint, every array raw, the state
// too when it was too large for its row. Read only.

import { KtrdrError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { decodeSafetensors } from '../core/safetensors.ts'
import { bytesOf, type NamedArray } from '../core/snapshot.ts'
import { corruptPack, parseManifest } from './pack.ts'

const STATE_ARRAY = 'state.json'

type Manifest = {
  readonly stateVersion: number
  readonly stateSha256: string
  readonly arrays: readonly {
    readonly name: string
    readonly codec: string
    readonly sha256: string
  }[]
}

export type PackFormat1 = {
  readonly arrays: readonly NamedArray[]
  /** null = in the database. */
  readonly stateJson: string | null
  readonly stateVersion: number
  /** Of the text of the state, wherever it stands. */
  readonly stateSha256: string
}

/**
 * Decodes and verifies a pack.
 * @throws FORMAT_TOO_NEW, or CHECKPOINT_CORRUPT saying what does not fit
 */
export function decodePackFormat1(file: Uint8Array): PackFormat1 {
  const { metadata, arrays } = decodeSafetensors(file)
  const manifest = manifestOf(metadata['ktrdr'])
  const recorded = new Map(manifest.arrays.map((array) => [array.name, array]))
  if (recorded.size !== arrays.length)
    throw corruptPack('its manifest names other arrays than it holds')
  for (const array of arrays) {
    const { name } = array
    const saved = recorded.get(name)
    if (!saved) throw corruptPack(`its manifest does not name ${name}`)
    if (saved.codec !== 'raw')
      throw new KtrdrError('FORMAT_TOO_NEW', `The array ${name} uses the codec "${saved.codec}".`)
    if (saved.sha256 !== identity(array))
      throw corruptPack(`${name} is not the array that was saved`)
  }
  const state = arrays.find(({ name }) => name === STATE_ARRAY)
  return {
    arrays: arrays.filter((array) => array !== state),
    stateJson: state ? new TextDecoder().decode(bytesOf(state.data)) : null,
    stateVersion: manifest.stateVersion,
    stateSha256: manifest.stateSha256,
  }
}

function identity({ dtype, shape, data }: NamedArray): string {
  return sha256(`${dtype} ${JSON.stringify(shape)}\n`, bytesOf(data))
}

function manifestOf(text: string | undefined): Manifest {
  const manifest = parseManifest(text, 1) as Partial<Manifest>
  const { arrays, stateSha256, stateVersion } = manifest
  const isComplete =
    Array.isArray(arrays) &&
    arrays.every(Boolean) &&
    typeof stateSha256 === 'string' &&
    typeof stateVersion === 'number'
  if (!isComplete) throw corruptPack('its manifest is incomplete')
  return manifest as Manifest
}
