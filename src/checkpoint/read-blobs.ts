// Reads blobs back, wherever they lie and however they are encoded. A pack is read once and compared with its hash
// before anything in it is used; a blob is compared with its own after it was decoded.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { Layout } from '../core/layout.ts'
import { findBlob, inlineBytes, type BlobRow } from '../store/blob-table.ts'
import type { Sqlite } from '../store/database.ts'
import { findPack, type PackRow } from '../store/pack-table.ts'
import { decodeBytes } from './codecs/codec.ts'
import { hashesUnder, keyOf, unsealPack, type DataKey, type Keys } from './encryption.ts'
import { isBlob } from './identity.ts'

/** Where checkpoints are read from. */
export type Source = { readonly db: Sqlite; readonly layout: Layout; readonly keys: Keys }

export type BlobReader = {
  /** @throws CHECKPOINT_CORRUPT, FORMAT_TOO_NEW; system errors as they are */
  readonly read: (blob: BlobRow) => Uint8Array
  /** As they are stored: encoded, and not compared with anything but the hash of their pack. */
  readonly stored: (blob: BlobRow) => Uint8Array
  /** The key of the encrypted packs that were read so far; null = none was. */
  readonly sealedBy: () => DataKey | null
}

/** @param source with the packs that this reader has read so far; make a new one for each checkpoint */
export function openBlobReader(source: Source): BlobReader {
  const files = new Map<number, Uint8Array>()
  const hashes = hashesUnder(source.keys)
  let sealedBy: DataKey | null = null
  const fileOf = (packId: number): Uint8Array => {
    const known = files.get(packId)
    if (known) return known
    const pack = findPack(source.db, packId)
    if (!pack) throw corrupt('Its pack is not in the database any more.')
    const sealed = readPack(source.layout, pack)
    const file = unsealPack(sealed, pack.path, source.keys)
    if (file !== sealed) sealedBy = keyOf(sealed, source.keys)
    files.set(packId, file)
    return file
  }
  const stored = (blob: BlobRow): Uint8Array => {
    if (blob.packId !== null)
      return fileOf(blob.packId).subarray(blob.offset, blob.offset + blob.sizeBytes)
    return inlineBytes(source.db, blob.id) ?? corrupted('A part of it is gone from the database.')
  }
  const decode = (blob: BlobRow): Uint8Array => {
    const { codec, dtype, rawBytes } = blob
    return decodeBytes(stored(blob), { codec, dtype, rawBytes, base: baseOf(blob) })
  }
  const baseOf = ({ baseId, depth }: BlobRow): Uint8Array | null => {
    if (baseId === null) return null
    const base = findBlob(source.db, baseId)
    if (!base || base.depth >= depth) throw corrupt('A delta has lost what it is to be applied to.')
    return decode(base)
  }
  return {
    stored,
    sealedBy: () => sealedBy,
    read: (blob) => {
      const raw = decode(blob)
      if (!isBlob(blob, raw, hashes) && !isOfFormat1(blob, raw))
        throw corrupt('A part of it is not what was saved.')
      return raw
    },
  }
}

/** A pack of format 1 was compared with its own hash, and the state of that format is compared by its reader. */
function isOfFormat1({ kind, sha256: expected }: BlobRow, raw: Uint8Array): boolean {
  return (kind === 'pack' || kind === 'state') && sha256(raw) === expected
}

/** What says for certain that the file is not there; any other error says nothing of the file. */
const NO_FILE: Readonly<Record<string, string>> = {
  ENOENT: 'is missing',
  ENOTDIR: 'is missing',
  EISDIR: 'is a directory',
}

/** The file, every byte as it was written. @throws CHECKPOINT_CORRUPT; system errors as they are */
export function readPack(layout: Layout, pack: PackRow): Uint8Array {
  let file: Uint8Array
  try {
    file = readFileSync(join(layout.packs, pack.path))
  } catch (error) {
    const what = NO_FILE[systemCode(error) ?? '']
    if (what === undefined) throw Object.assign(error as Error, { artifact: pack.path })
    throw corrupt(`The artifact ${pack.path} ${what}.`)
  }
  if (file.length === 0) throw corrupt(`The artifact ${pack.path} is empty.`)
  if (file.length !== pack.sizeBytes)
    throw corrupt(
      `The artifact ${pack.path} has ${file.length} bytes instead of ${pack.sizeBytes}.`,
    )
  if (sha256(file) !== pack.sha256) throw corrupt(`${pack.path} is not the file that was saved.`)
  return file
}

function corrupt(message: string): KtrdrError {
  return new KtrdrError('CHECKPOINT_CORRUPT', message)
}

function corrupted(message: string): never {
  throw corrupt(message)
}
