// A state on its way from one thread to another, or into a checkpoint within the state of a queue: taken apart, its
// arrays copied, so that nobody who holds it sees what the worker does next.

import { exactJson, type Json } from '../core/hash.ts'
import { putTogether, takeApart, type NamedArray, type TypedArray } from '../core/snapshot.ts'

export type Parcel = {
  /** Exact JSON of the state, with a tag in the place of each array. */
  readonly json: string
  readonly arrays: Readonly<Record<string, ParcelArray>>
}

type ParcelArray = Pick<NamedArray, 'dtype' | 'data'> & { readonly shape: readonly number[] }

/** @throws INVARIANT naming the part of the state that has no codec */
export function packParcel(state: object): Parcel {
  const { json, arrays, streams } = takeApart(state)
  const columns = streams.map(({ name, rows }): NamedArray => {
    const data = rows as Float64Array // no list was declared to be append-only
    return { name, dtype: 'F64', shape: [data.length], data }
  })
  return {
    json: exactJson(json),
    arrays: Object.fromEntries(
      [...arrays, ...columns].map(({ name, dtype, shape, data }) => [
        name,
        { dtype, shape, data: data.slice() },
      ]),
    ),
  }
}

export function unpackParcel<State extends object>({ json, arrays }: Parcel): State {
  return putTogether({
    json: JSON.parse(json) as Json,
    arrays: Object.entries(arrays).map(([name, array]) => ({
      name,
      ...array,
      data: array.data.slice(), // whoever goes on from it may write into it
    })),
    streams: [],
  })
}

export function parcelBytes({ json, arrays }: Parcel): number {
  const lengths = Object.values(arrays).map(({ data }) => data.byteLength)
  return lengths.reduce((sum, length) => sum + length, json.length)
}

/** The memory of a parcel that is handed over for good. */
export function parcelBuffers({ arrays }: Parcel): ArrayBuffer[] {
  return Object.values(arrays).map(({ data }: { data: TypedArray }) => data.buffer as ArrayBuffer)
}
