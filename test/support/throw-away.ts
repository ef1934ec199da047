// What a kill leaves of a state: text and bytes, from which a new process builds it anew.

import { exactJson, type Json } from '../../src/core/hash.ts'
import {
  bytesOf,
  putTogether,
  takeApart,
  typedArrayFrom,
  type Dtype,
} from '../../src/core/snapshot.ts'

export type Remains = {
  readonly text: string
  readonly arrays: readonly {
    readonly name: string
    readonly dtype: Dtype
    readonly shape: readonly number[]
    readonly bytes: Uint8Array
  }[]
  /** Of a column its bytes, of a list its text. */
  readonly streams: readonly { readonly name: string; readonly rows: Uint8Array | string }[]
}

/** @param appendOnly as the job of the state declares it */
export function remainsOf(state: object, appendOnly: readonly string[] = []): Remains {
  const { json, arrays, streams } = takeApart(state, { appendOnly })
  return {
    text: exactJson(json),
    arrays: arrays.map(({ name, dtype, shape, data }) => ({
      name,
      dtype,
      shape,
      bytes: bytesOf(data).slice(),
    })),
    streams: streams.map(({ name, rows }) => ({
      name,
      rows: rows instanceof Float64Array ? bytesOf(rows).slice() : exactJson(rows as Json[]),
    })),
  }
}

export function rebuild<State extends object>({ text, arrays, streams }: Remains): State {
  return putTogether<State>({
    json: JSON.parse(text),
    arrays: arrays.map(({ name, dtype, shape, bytes }) => ({
      name,
      dtype,
      shape,
      data: typedArrayFrom(dtype, bytes),
    })),
    streams: streams.map(({ name, rows }) => ({
      name,
      from: 0,
      rows: typeof rows === 'string' ? JSON.parse(rows) : typedArrayFrom('F64', rows),
    })),
  })
}
