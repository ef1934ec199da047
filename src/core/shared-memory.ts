// Plain data whose typed arrays lie in shared memory: threads that are given it hold the same copy.

import { isPlain } from './hash.ts'
import type { TypedArray } from './snapshot.ts'

/** A copy; what is neither an array, a Map nor a plain object stays what it is. */
export function inSharedMemory<T>(value: T): T {
  return share(value) as T
}

function share(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value)) return sharedCopy(value as TypedArray)
  if (Array.isArray(value)) return value.map(share)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, share(item)]))
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, share(item)]))
}

function sharedCopy(array: TypedArray): TypedArray {
  const { BYTES_PER_ELEMENT: bytes, length } = array
  const buffer = new SharedArrayBuffer(Math.max(bytes, length * bytes))
  const Kind = array.constructor as new (
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
  ) => TypedArray
  const copy = new Kind(buffer, 0, length)
  copy.set(array)
  return copy
}

/** Bytes of all typed arrays in plain data. */
export function sharedBytes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (ArrayBuffer.isView(value)) return value.byteLength
  const inner = value instanceof Map ? [...value.values()] : Object.values(value)
  return inner.reduce((sum: number, item) => sum + sharedBytes(item), 0)
}
