// What a checkpoint consists of, part by part: where each lies, how it is encoded, and whether it is as it was saved.

import { KtrdrError } from '../core/errors.ts'
import { listParts, type Part } from '../store/blob-table.ts'
import { findPack } from '../store/pack-table.ts'
import { openBlobReader, type Source } from './read-blobs.ts'

export type InspectedPart = Part & {
  /** Of the pack, relative to the packs directory; null = in the database. */
  readonly path: string | null
  /** What is wrong with it; null = every byte verifies. */
  readonly damage: string | null
}

/** Reads every part; system errors count as damage of it. */
export function inspectParts(source: Source, checkpointId: number): InspectedPart[] {
  const reader = openBlobReader(source)
  return listParts(source.db, checkpointId).map((part) => {
    const { packId } = part.blob
    const path = packId === null ? null : (findPack(source.db, packId)?.path ?? 'unknown')
    try {
      reader.read(part.blob)
      return { ...part, path, damage: null }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const reason =
        error instanceof KtrdrError ? error.message : `It cannot be read (${error.message}).`
      return { ...part, path, damage: reason }
    }
  })
}
