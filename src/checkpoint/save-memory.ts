// What the writer remembers from save to save, and nobody else needs: the rows of append-only parts, and the bytes of the
// last version of each other part, against which the next one may be stored as a delta. A writer that starts with nothing
// saves everything whole; so does the first save after a resume.

import type { Stream } from '../core/snapshot.ts'
import { openStreamLog, takeRows, type Segment, type StreamLog } from './stream-log.ts'

export type SaveMemory = {
  readonly streams: Map<string, StreamLog>
  readonly bases: Map<string, Base>
}

/** The last acknowledged version of a part. */
export type Base = { readonly raw: Uint8Array; readonly sha256: string }

export function createSaveMemory(): SaveMemory {
  return { streams: new Map(), bases: new Map() }
}

/** Takes the rows of a snapshot, whether or not its save will succeed: they are not sent again. */
export function rememberRows({ streams }: SaveMemory, taken: readonly Stream[]): void {
  for (const stream of taken) {
    const log = streams.get(stream.name)
    if (log) takeRows(log, stream)
    else streams.set(stream.name, openStreamLog(stream))
  }
}

/** Takes over what a resumed run starts from. */
export function rememberRestored(
  memory: SaveMemory,
  streams: readonly Stream[],
  segments: ReadonlyMap<string, readonly Segment[]>,
): void {
  for (const stream of streams)
    memory.streams.set(stream.name, openStreamLog(stream, segments.get(stream.name)))
}
