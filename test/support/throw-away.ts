// What a kill leaves of a state: text and bytes, from which a new process builds it anew.

import { exactJson } from '../../src/core/hash.ts'
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
}

export function remainsOf(state: object): Remains {
  const { json, arrays } = takeApart(state)
  return {
    text: exactJson(json),
    arrays: arrays.map(({ name, dtype, shape, data }) => ({
      name,
      dtype,
      shape,
      bytes: bytesOf(data).slice(),
    })),
  }
}

export function rebuild<State extends object>({ text, arrays }: Remains): State {
  return putTogether<State>({
    json: JSON.parse(text),
    arrays: arrays.map(({ name, dtype, shape, bytes }) => ({
      name,
      dtype,
      shape,
      data: typedArrayFrom(dtype, bytes),
    })),
  })
}
