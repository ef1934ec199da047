// What the writer knows of an append-only part (equity, trades, the history): all of its rows, and the segments in which
// earlier saves have stored them. A save stores the rows that have come since as one new segment. When there are too
// many segments, the young ones are merged, as in a log-structured merge tree, so that a row is rewritten only
// a few times however often the run saves.

import { invariant } from '../core/errors.ts'
import { exactJson, type Json } from '../core/hash.ts'
import { appendTo, bytesOf, emptyColumn, type Column, type Stream } from '../core/snapshot.ts'
import type { BlobFacts } from '../store/blob-table.ts'
import { factsOf, type Hash } from './identity.ts'

const MAX_SEGMENTS = 64

/** Rows `from` … `to` − 1, stored as the blob of these facts. */
export type Segment = { readonly from: number; readonly to: number; readonly facts: BlobFacts }

export type StreamLog = {
  /** Of a column its numbers, of a list the JSON of each row. */
  readonly rows: Column | string[]
  /** As the last acknowledged save has stored them. */
  segments: readonly Segment[]
}

/** @param segments as the checkpoint that is resumed from has stored its rows */
export function openStreamLog({ rows }: Stream, segments: readonly Segment[] = []): StreamLog {
  const log: StreamLog = { rows: rows instanceof Float64Array ? emptyColumn() : [], segments }
  append(log, rows)
  return log
}

/** Takes over the rows of a snapshot; what it says from row `from` on replaces what was known. */
export function takeRows(log: StreamLog, { name, from, rows }: Stream): void {
  invariant(from <= log.rows.length, `rows of ${name} before row ${from} were never told`)
  log.rows.length = from
  log.segments = log.segments.filter(({ to }) => to <= from)
  append(log, rows)
}

function append({ rows: known }: StreamLog, rows: Stream['rows']): void {
  if (Array.isArray(known)) for (const row of rows as readonly Json[]) known.push(exactJson(row))
  else for (const row of rows as Float64Array) appendTo(known, row)
}

/** All rows in segments: those that are stored already as they are, and what is new. An empty part has an empty one. */
export function cutSegments(log: StreamLog, hash: Hash): Segment[] {
  const stored = log.segments.filter(({ from, to }) => to > from)
  const start = stored.at(-1)?.to ?? 0
  const end = log.rows.length
  const isNew = end > start || stored.length === 0
  const cuts: Cut[] = isNew ? [...stored, { from: start, to: end }] : stored
  return mergeYoung(cuts).map(({ from, to, facts }) => ({
    from,
    to,
    facts: facts ?? factsOfRows(log, from, to, hash),
  }))
}

type Cut = { readonly from: number; readonly to: number; readonly facts?: BlobFacts }

/** Merges from the first segment on that is smaller than all behind it together. */
function mergeYoung(cuts: readonly Cut[]): readonly Cut[] {
  if (cuts.length <= MAX_SEGMENTS) return cuts
  const end = cuts.at(-1)!.to
  const first = cuts.findIndex(({ from, to }) => to - from < end - to)
  return first === -1 ? cuts : [...cuts.slice(0, first), { from: cuts[first]!.from, to: end }]
}

function factsOfRows(log: StreamLog, from: number, to: number, hash: Hash): BlobFacts {
  const raw = bytesOfRows(log, { from, to })
  return Array.isArray(log.rows)
    ? factsOf('json-rows', 'U8', [to - from], raw, hash)
    : factsOf('rows', 'F64', [to - from], raw, hash)
}

export function bytesOfRows(
  { rows }: StreamLog,
  { from, to }: { readonly from: number; readonly to: number },
): Uint8Array {
  return Array.isArray(rows)
    ? new TextEncoder().encode(`[${rows.slice(from, to).join(',')}]`)
    : bytesOf(rows.column.subarray(from, to))
}
