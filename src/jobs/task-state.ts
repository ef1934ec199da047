// States of users' tasks as plain data that a checkpoint can hold, and back. Beyond what `takeApart` knows, users keep
// NaN and Infinity, dates, maps, sets, big integers and typed arrays of every kind; each is wrapped in an object with one
// key that begins with "=", and so is every object of theirs with such a key.

import { KtrdrError } from '../core/errors.ts'
import { isPlain, type Json } from '../core/hash.ts'

type Wrapped = Readonly<Record<string, unknown>>

const NATIVE = [Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array]
const OTHER = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  BigInt64Array,
  BigUint64Array,
} as const

/** @throws USAGE naming the part that cannot be saved */
export function toPlain(value: unknown, path = 'state', seen: object[] = []): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : { '=number': String(value) }
  if (value === undefined) return { '=undefined': true }
  if (typeof value === 'bigint') return { '=bigint': String(value) }
  if (typeof value !== 'object') throw notPlain(path, `a ${typeof value}`)
  if (NATIVE.some((type) => value.constructor === type)) return value
  if (seen.includes(value)) throw notPlain(path, 'a part of itself')
  const inside = (part: unknown, key: string): unknown =>
    toPlain(part, `${path}.${key}`, [...seen, value])
  if (Array.isArray(value)) return value.map((item, i) => inside(item, String(i)))
  if (value instanceof Date) return { '=date': toPlain(value.getTime(), path) }
  if (value instanceof Map)
    return { '=map': [...value].map((pair, i) => pair.map((part) => inside(part, String(i)))) }
  if (value instanceof Set) return { '=set': [...value].map((item, i) => inside(item, String(i))) }
  const kind = Object.keys(OTHER).find((name) => value.constructor.name === name)
  if (kind !== undefined) {
    const { buffer, byteOffset, byteLength } = value as Uint16Array
    return { '=array': kind, bytes: new Uint8Array(buffer, byteOffset, byteLength) }
  }
  if (!isPlain(value)) throw notPlain(path, `an instance of ${value.constructor.name}`)
  const plain = Object.entries(value).map(([key, part]) => [key, inside(part, key)] as const)
  // A checkpoint keeps "$" for its own tags, and takes these two for forms of its own.
  return plain.some(([key]) => /^([=$]|column$|tensor$)/.test(key))
    ? { '=object': plain.map(([key, part]) => [key, part]) }
    : Object.fromEntries(plain)
}

/** The inverse of `toPlain`. */
export function fromPlain(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(fromPlain)
  const entries = Object.entries(value)
  const [tag, content] = entries[0] ?? ['', undefined]
  switch (tag) {
    case '=number':
      return Number(content)
    case '=undefined':
      return undefined
    case '=bigint':
      return BigInt(content as string)
    case '=date':
      return new Date(fromPlain(content) as number)
    case '=map':
      return new Map(fromPlain(content) as [unknown, unknown][])
    case '=set':
      return new Set(fromPlain(content) as unknown[])
    case '=array': {
      const bytes = (value as Wrapped)['bytes'] as Uint8Array
      return new OTHER[content as keyof typeof OTHER](bytes.slice().buffer)
    }
    case '=object':
      return Object.fromEntries(fromPlain(content) as [string, unknown][])
    default:
      return Object.fromEntries(entries.map(([key, part]) => [key, fromPlain(part)]))
  }
}

/**
 * What a task has made, as JSON: typed arrays become lists, what has no number (NaN, Infinity, undefined) null.
 * @throws USAGE naming the part that JSON cannot hold
 */
export function toJson(value: unknown, path = 'result'): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (value === undefined) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object') throw notPlain(path, `a ${typeof value}`)
  if (value instanceof Date) return value.toJSON()
  const list =
    ArrayBuffer.isView(value) && !(value instanceof DataView)
      ? Array.from(value as Uint8Array)
      : value
  if (Array.isArray(list)) return list.map((item, i) => toJson(item, `${path}.${i}`))
  if (!isPlain(list)) throw notPlain(path, `an instance of ${value.constructor.name}`)
  return Object.fromEntries(
    Object.entries(list)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, toJson(part, `${path}.${key}`)]),
  )
}

function notPlain(path: string, what: string): KtrdrError {
  return new KtrdrError('USAGE', `${path} is ${what}, which cannot be saved.`, {
    suggestions: ['Keep plain values and typed arrays, and make the rest from them.'],
  })
}
