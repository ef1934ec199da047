// What the writer remembers from save to save, and nobody else needs: the rows of append-only parts, and the bytes of the
// last version of each other part, against which the next one may be stored as a delta. A writer that starts with nothing
// saves everything whole; so does the first save after a resume.

import type { Stream } from '../core/snapshot.ts'
import type { Lane } from '../store/blob-table.ts'
import type { DataKey } from './encryption.ts'
import type { Restored } from './read-checkpoint.ts'
import { openStreamLog, takeRows, type StreamLog } from './stream-log.ts'

export type SaveMemory = {
  readonly streams: Map<string, StreamLog>
  /** Of each lane, by the name of the part. */
  readonly bases: Readonly<Record<Lane, Map<string, Base>>>
  /** Of the checkpoint that the run was resumed from. */
  sealedBy: DataKey | null
}

/** The last acknowledged version of a part. */
export type Base = { readonly raw: Uint8Array; readonly sha256: string }

export function createSaveMemory(): SaveMemory {
  return { streams: new Map(), bases: { 0: new Map(), 1: new Map() }, sealedBy: null }
}

/** Takes the rows of a snapshot, whether or not its save will succeed: they are not sent again. */
export function rememberRows({ streams }: SaveMemory, taken: readonly Stream[]): void {
  for (const stream of taken) {
    const log = streams.get(stream.name)
    // What is told from its first row on is told anew: rows of another layout may be of another kind.
    if (log && stream.from > 0) takeRows(log, stream)
    else streams.set(stream.name, openStreamLog(stream))
  }
}

/** Takes over what a resumed run starts from. */
export function rememberRestored(
  memory: SaveMemory,
  lane: Lane,
  { snapshot, segments, sealedBy }: Restored,
): void {
  memory.sealedBy = sealedBy
  for (const stream of snapshot.streams) {
    const log = openStreamLog(stream)
    log.segments[lane] = segments.get(stream.name) ?? []
    memory.streams.set(stream.name, log)
  }
}
