// The safetensors container (github.com/huggingface/safetensors, "Format"): 8 bytes little-endian header length N,
// N bytes of JSON {name: {dtype, shape, data_offsets: [begin, end]}, "__metadata__": {string: string}}, then the
// data without holes, row-major, little-endian. Ours pads the header with spaces so that data is 8-aligned, and puts
// wide elements first. The reader trusts nothing: sizes, order, overlaps and names are checked before any is used.

import { KtrdrError } from './errors.ts'
import {
  bytesOf,
  ELEMENT_BYTES,
  typedArrayFrom,
  viewOf,
  type Dtype,
  type NamedArray,
} from './snapshot.ts'

export type SafetensorsFile = {
  readonly metadata: Readonly<Record<string, string>>
  readonly arrays: readonly NamedArray[]
}

/** The format's own cap. */
const MAX_HEADER_BYTES = 100_000_000

/** The file in parts that follow one another: its header, then views of the arrays. */
export function safetensorsParts({ metadata, arrays }: SafetensorsFile): Uint8Array[] {
  const ordered = arrays.toSorted((a, b) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype])
  const header: Record<string, unknown> = { __metadata__: metadata }
  let end = 0
  for (const { name, dtype, shape, data } of ordered) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] }
    end += data.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const headerBytes = Math.ceil(text.length / 8) * 8
  const head = new Uint8Array(8 + headerBytes)
  new DataView(head.buffer).setBigUint64(0, BigInt(headerBytes), true)
  head.set(text, 8)
  head.fill(0x20, 8 + text.length)
  return [head, ...ordered.map(({ data }) => bytesOf(data))]
}

export function encodeSafetensors(content: SafetensorsFile): Uint8Array {
  const parts = safetensorsParts(content)
  const file = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0))
  let at = 0
  for (const part of parts) {
    file.set(part, at)
    at += part.length
  }
  return file
}

/** The strings in the header; the data is not touched. */
export function metadataOf(file: Uint8Array): Readonly<Record<string, string>> {
  return readHeader(file).metadata
}

/** Where in the file the bytes of each array lie. */
export function placesOfArrays(file: Uint8Array): Map<string, { offset: number; length: number }> {
  const { entries, dataOffset } = readHeader(file)
  return new Map(
    entries.map(([name, { begin, end }]) => [
      name,
      { offset: dataOffset + begin, length: end - begin },
    ]),
  )
}

/** @throws CHECKPOINT_CORRUPT saying what is wrong; the arrays are copies */
export function decodeSafetensors(file: Uint8Array): SafetensorsFile {
  const { metadata, entries, dataOffset } = readHeader(file)
  const data = file.subarray(dataOffset)
  const arrays = entries.map(([name, { dtype, shape, begin, end }]) => ({
    name,
    dtype,
    shape,
    data: typedArrayFrom(dtype, data.subarray(begin, end)),
  }))
  return { metadata, arrays }
}

/**
 * As `decodeSafetensors`, but the arrays are views of the file: for one in a buffer of its own, as it is written here.
 * @throws RangeError when an array is not aligned
 */
export function viewSafetensors(file: Uint8Array): SafetensorsFile {
  const { metadata, entries, dataOffset } = readHeader(file)
  const arrays = entries.map(([name, { dtype, shape, begin, end }]) => ({
    name,
    dtype,
    shape,
    data: viewOf(
      dtype,
      file.buffer,
      file.byteOffset + dataOffset + begin,
      (end - begin) / ELEMENT_BYTES[dtype],
    ),
  }))
  return { metadata, arrays }
}

/** The entries in the order of their data, which they cover without holes and overlaps. */
function readHeader(file: Uint8Array): {
  metadata: Record<string, string>
  entries: [string, Entry][]
  dataOffset: number
} {
  if (file.length < 8) throw corrupt(`it has ${file.length} bytes`)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const claimed = view.getBigUint64(0, true)
  if (claimed > BigInt(Math.min(MAX_HEADER_BYTES, file.length - 8)))
    throw corrupt(`its header claims ${claimed} bytes`)
  const headerBytes = Number(claimed)
  const header = parseHeader(file.subarray(8, 8 + headerBytes))
  const dataOffset = 8 + headerBytes
  const dataBytes = file.length - dataOffset

  const entries = [...header.entries()].toSorted(([, a], [, b]) => a.begin - b.begin)
  let end = 0
  for (const [name, { dtype, shape, begin, end: entryEnd }] of entries) {
    const bytes = shape.reduce((product, n) => product * n, ELEMENT_BYTES[dtype])
    if (begin !== end || entryEnd - begin !== bytes || entryEnd > dataBytes)
      throw corrupt(`the array ${name} does not fit its place`)
    end = entryEnd
  }
  if (end !== dataBytes) throw corrupt(`${dataBytes - end} bytes belong to no array`)
  return { metadata: header.metadata, entries, dataOffset }
}

type Entry = {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

function parseHeader(bytes: Uint8Array): Map<string, Entry> & { metadata: Record<string, string> } {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw corrupt('its header is not JSON', error)
  }
  if (!isObject(json)) throw corrupt('its header is not an object')
  const metadata: Record<string, string> = {}
  const entries = new Map<string, Entry>()
  for (const [name, value] of Object.entries(json)) {
    if (!isObject(value)) throw corrupt(`the entry ${name} is not an object`)
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') throw corrupt(`the metadata ${key} is not a string`)
        metadata[key] = text
      }
    } else entries.set(name, parseEntry(name, value))
  }
  return Object.assign(entries, { metadata })
}

function parseEntry(name: string, value: Record<string, unknown>): Entry {
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string' || !(dtype in ELEMENT_BYTES))
    throw corrupt(`the array ${name} has the unknown type ${String(dtype)}`)
  if (!isSizes(shape)) throw corrupt(`the array ${name} has no valid shape`)
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!)
    throw corrupt(`the array ${name} has no valid offsets`)
  return { dtype: dtype as Dtype, shape, begin: offsets[0]!, end: offsets[1]! }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function corrupt(what: string, cause?: unknown): KtrdrError {
  return new KtrdrError('CHECKPOINT_CORRUPT', `This is no valid safetensors file: ${what}.`, {
    cause,
  })
}
