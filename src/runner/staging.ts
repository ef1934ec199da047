// Snapshots travel from the job to the writer through shared memory: one copy into a buffer that stays warm between
// saves (a fresh one would cost twelve times as much in page faults). Only descriptions are posted.

import { bytesOf, viewOf, type Dtype, type NamedArray, type Snapshot } from '../core/snapshot.ts'
import type { Json } from '../core/hash.ts'

export type StagedSnapshot = {
  readonly json: Json
  readonly buffer: SharedArrayBuffer
  readonly arrays: readonly StagedArray[]
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
    stage: ({ json, arrays }) => {
      const total = arrays.reduce((sum, { data }) => sum + aligned(data.byteLength), 0)
      if (total > buffer.byteLength) buffer = new SharedArrayBuffer(Math.ceil(total * 1.25))
      const bytes = new Uint8Array(buffer)
      let offset = 0
      const staged = arrays.map(({ name, dtype, shape, data }) => {
        bytes.set(bytesOf(data), offset)
        const array = { name, dtype, shape, offset, length: data.length }
        offset += aligned(data.byteLength)
        return array
      })
      return { json, buffer, arrays: staged }
    },
  }
}

/** The snapshot as the writer sees it: views of the shared buffer. */
export function unstage({ json, buffer, arrays }: StagedSnapshot): Snapshot {
  return {
    json,
    arrays: arrays.map(({ name, dtype, shape, offset, length }): NamedArray => ({
      name,
      dtype,
      shape,
      data: viewOf(dtype, buffer, offset, length),
    })),
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
