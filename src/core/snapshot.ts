// A snapshot is a state taken apart: JSON, typed arrays, and the new rows of its append-only parts. The codec walks
// the state itself, so a field cannot be forgotten; what it does not understand is an error, never an omission.
//
// Understood: null, booleans, finite numbers, strings, arrays, plain objects, typed arrays, and two tagged
// forms: a Tensor `{tensor, shape}` and a Column `{column, length}`, an append-only vector with spare room. A list
// that the job declares to be append-only (trades, the history) is a *stream* like a column: of both only the rows
// since the last snapshot are taken.

import { KtrdrError } from './errors.ts'
import { isPlain, type Json } from './hash.ts'

export type TypedArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array

/** A dense array with a shape, row-major. */
export type Tensor = { readonly tensor: Float32Array; readonly shape: readonly number[] }

/** A growing vector: `column[0 … length−1]` is filled, the rest is room. */
export type Column = { column: Float64Array; length: number }

export type Dtype = 'F64' | 'F32' | 'I32' | 'U32' | 'U8'

export type NamedArray = {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly data: TypedArray
}

/** Rows of an append-only part, from row `from` on; the earlier ones were in earlier snapshots. */
export type Stream = {
  readonly name: string
  readonly from: number
  readonly rows: Float64Array | readonly Json[]
}

export type Snapshot = {
  /** The state with each array replaced by `{"$array": name}` (or `$tensor`, `$column`, `$rows`). */
  readonly json: Json
  /** Views of the live state: copy them before the state moves on. */
  readonly arrays: readonly NamedArray[]
  /** Columns as views of the live state, lists as copies. */
  readonly streams: readonly Stream[]
}

export type TakeApartOptions = {
  /** Paths of lists to whose end the job only appends. */
  readonly appendOnly?: readonly string[]
  /** Paths of fields that are left out: whoever puts the state together computes them from the others. */
  readonly derived?: readonly string[]
  /** Rows of each stream that earlier snapshots hold. */
  readonly since?: ReadonlyMap<string, number>
}

export function dtypeOf(data: TypedArray): Dtype {
  if (data instanceof Float64Array) return 'F64'
  if (data instanceof Float32Array) return 'F32'
  if (data instanceof Int32Array) return 'I32'
  if (data instanceof Uint32Array) return 'U32'
  return 'U8'
}

/** A view of `length` elements at a byte offset that is a multiple of the element size. */
export function viewOf(
  dtype: Dtype,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
): TypedArray {
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer, offset, length)
    case 'F32':
      return new Float32Array(buffer, offset, length)
    case 'I32':
      return new Int32Array(buffer, offset, length)
    case 'U32':
      return new Uint32Array(buffer, offset, length)
    case 'U8':
      return new Uint8Array(buffer, offset, length)
  }
}

export const ELEMENT_BYTES: Readonly<Record<Dtype, number>> = {
  F64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  U8: 1,
}

/** A typed array of `dtype` over bytes that need not be aligned: they are copied. */
export function typedArrayFrom(dtype: Dtype, bytes: Uint8Array): TypedArray {
  const copy = new Uint8Array(bytes) // not slice(): that of a Buffer does not copy
  return viewOf(dtype, copy.buffer, 0, bytes.length / ELEMENT_BYTES[dtype])
}

export function bytesOf(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

export function emptyColumn(capacity = 1024): Column {
  return { column: new Float64Array(capacity), length: 0 }
}

export function appendTo(column: Column, value: number): void {
  reserve(column, 1)
  column.column[column.length++] = value
}

/** Makes room for `count` more values. */
export function reserve(column: Column, count: number): void {
  const needed = column.length + count
  if (needed <= column.column.length) return
  const grown = new Float64Array(Math.max(1024, column.length * 2, needed))
  grown.set(column.column)
  column.column = grown
}

/** The filled part of a column. */
export function filled(column: Column): Float64Array {
  return column.column.subarray(0, column.length)
}

/**
 * Takes `state` apart.
 * @throws INVARIANT naming the field that has no codec, the append-only part that has become shorter, or the derived
 *   field that is not there
 */
export function takeApart(
  state: object,
  { appendOnly = [], derived = [], since = new Map() }: TakeApartOptions = {},
): Snapshot {
  const arrays: NamedArray[] = []
  const streams: Stream[] = []
  const names = new Set<string>()
  const leftOut = new Set<string>()

  const claim = (name: string): string => {
    if (names.has(name))
      throw new KtrdrError('INVARIANT', `Two arrays of the state are called ${name}.`)
    names.add(name)
    return name
  }
  const add = (name: string, data: TypedArray, shape: readonly number[]): string => {
    arrays.push({ name: claim(name), dtype: dtypeOf(data), shape, data })
    return name
  }
  const addStream = <Rows extends Stream['rows']>(
    name: string,
    length: number,
    rowsFrom: (from: number) => Rows,
  ): string => {
    const from = since.get(name) ?? 0
    if (from > length)
      throw new KtrdrError(
        'INVARIANT',
        `The state field ${name} had ${from} rows and has ${length}: it is not append-only.`,
      )
    streams.push({ name: claim(name), from, rows: rowsFrom(from) })
    return name
  }
  const walk = (value: unknown, path: string): Json => {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
    if (typeof value === 'number') {
      if (Number.isFinite(value)) return value
      throw noCodec(path, String(value))
    }
    if (typeof value !== 'object') throw noCodec(path, typeof value)
    if (isTypedArray(value)) return { $array: add(path, value, [value.length]) }
    if (Array.isArray(value) && appendOnly.includes(path)) {
      const rowsFrom = (from: number): Json[] => {
        const others = arrays.length + streams.length
        const rows = value.slice(from).map((row, i) => walk(row, join(path, String(from + i))))
        if (arrays.length + streams.length > others) throw noCodec(path, 'a list with arrays in it')
        return rows
      }
      return { $rows: addStream(path, value.length, rowsFrom) }
    }
    if (Array.isArray(value))
      return Array.from(value, (item, i) => walk(item, join(path, String(i))))
    if (!isPlain(value)) throw noCodec(path, value.constructor.name)
    if (isTensor(value)) return { $tensor: add(path, value.tensor, value.shape) }
    if (isColumn(value))
      return {
        $column: addStream(path, value.length, (from) => filled(value).subarray(from)),
      }
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const itemPath = join(path, key)
        if (key.startsWith('$')) throw noCodec(itemPath, 'named like a tag')
        if (!derived.includes(itemPath)) return [[key, walk(item, itemPath)]]
        leftOut.add(itemPath)
        return []
      }),
    )
  }
  const json = walk(state, '')
  const missing = derived.find((path) => !leftOut.has(path))
  if (missing !== undefined)
    throw new KtrdrError('INVARIANT', `The state has no field ${missing}, which is to be left out.`)
  return { json, arrays, streams }
}

/**
 * The inverse of `takeApart`: `putTogether(takeApart(state))` equals `state`, bit for bit.
 * @param snapshot with all rows of its streams
 */
export function putTogether<State extends object>(snapshot: Snapshot): State {
  const arrays = new Map(snapshot.arrays.map((array) => [array.name, array]))
  const streams = new Map(snapshot.streams.map((stream) => [stream.name, stream.rows]))
  const find = (name: unknown): NamedArray => {
    const array = arrays.get(String(name))
    if (!array)
      throw new KtrdrError('CHECKPOINT_CORRUPT', `The checkpoint lacks the array ${String(name)}.`)
    return array
  }
  const build = (json: Json): unknown => {
    if (json === null || typeof json !== 'object') return json
    if (Array.isArray(json)) return json.map(build)
    const value = json as { readonly [key: string]: Json }
    if ('$array' in value) return find(value['$array']).data
    if ('$tensor' in value) {
      const array = find(value['$tensor'])
      return { tensor: array.data, shape: array.shape }
    }
    if ('$column' in value) {
      const name = String(value['$column'])
      const column = streams.get(name) ?? find(name).data // an array in packs of format 1
      return { column, length: column.length }
    }
    if ('$rows' in value) {
      const rows = streams.get(String(value['$rows']))
      if (!rows)
        throw new KtrdrError(
          'CHECKPOINT_CORRUPT',
          `The checkpoint lacks the rows ${String(value['$rows'])}.`,
        )
      return rows
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, build(item)]))
  }
  return build(snapshot.json) as State
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function isTypedArray(value: object): value is TypedArray {
  return (
    value instanceof Float64Array ||
    value instanceof Float32Array ||
    value instanceof Int32Array ||
    value instanceof Uint32Array ||
    value instanceof Uint8Array
  )
}

function isTensor(value: Record<string, unknown>): value is Tensor {
  return value['tensor'] instanceof Float32Array && hasOnly(value, 'tensor', 'shape')
}

function isColumn(value: Record<string, unknown>): value is Column {
  return value['column'] instanceof Float64Array && hasOnly(value, 'column', 'length')
}

/** Whatever has a further key is an object like any other: nothing of it is lost. */
function hasOnly(value: object, ...keys: readonly string[]): boolean {
  return Object.keys(value).length === keys.length && keys.every((key) => key in value)
}

function noCodec(path: string, what: string): KtrdrError {
  return new KtrdrError(
    'INVARIANT',
    `The state field ${path} is ${what}, which no checkpoint can hold.`,
  )
}
