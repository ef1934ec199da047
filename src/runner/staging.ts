// Snapshots travel from the job to the writer through shared memory: one copy into a buffer that stays warm between
// saves (a fresh one would cost twelve times as much in page faults). Only descriptions are posted.

import {
  bytesOf,
  viewOf,
  type Dtype,
  type NamedArray,
  type Snapshot,
  type Stream,
  type TypedArray,
} from '../core/snapshot.ts'
import type { Json } from '../core/hash.ts'

export type StagedSnapshot = {
  readonly json: Json
  readonly buffer: SharedArrayBuffer
  readonly arrays: readonly StagedArray[]
  /** Rows of lists as they are, those of columns by their place in the buffer. */
  readonly streams: readonly (Omit<Stream, 'rows'> & {
    readonly rows: readonly Json[] | { readonly offset: number; readonly length: number }
  })[]
}

type StagedArray = {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly offset: number
  readonly length: number
}

export type Staging = { readonly stage: (snapshot: Snapshot) => StagedSnapshot }

/** One buffer, reused: stage only when the writer has finished with the previous snapshot. */
export function createStaging(): Staging {
  let buffer = new SharedArrayBuffer(0)
  return {
    stage: ({ json, arrays, streams }) => {
      const columns = streams.flatMap(({ rows }) => (rows instanceof Float64Array ? [rows] : []))
      const total = [...arrays.map(({ data }) => data), ...columns].reduce(
        (sum, data) => sum + aligned(data.byteLength),
        0,
      )
      if (total > buffer.byteLength) buffer = new SharedArrayBuffer(Math.ceil(total * 1.25))
      const bytes = new Uint8Array(buffer)
      let end = 0
      const place = (data: TypedArray): { offset: number; length: number } => {
        const offset = end
        bytes.set(bytesOf(data), offset)
        end += aligned(data.byteLength)
        return { offset, length: data.length }
      }
      return {
        json,
        buffer,
        arrays: arrays.map(({ name, dtype, shape, data }) => ({
          name,
          dtype,
          shape,
          ...place(data),
        })),
        streams: streams.map(({ name, from, rows }) => ({
          name,
          from,
          rows: rows instanceof Float64Array ? place(rows) : rows,
        })),
      }
    },
  }
}

/** The snapshot as the writer sees it: views of the shared buffer. */
export function unstage({ json, buffer, arrays, streams }: StagedSnapshot): Snapshot {
  return {
    json,
    arrays: arrays.map(({ name, dtype, shape, offset, length }): NamedArray => ({
      name,
      dtype,
      shape,
      data: viewOf(dtype, buffer, offset, length),
    })),
    streams: streams.map(({ name, from, rows }) => ({
      name,
      from,
      rows: 'offset' in rows ? new Float64Array(buffer, rows.offset, rows.length) : rows,
    })),
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
