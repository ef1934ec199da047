// The frame that planes are stored in: for each of them a byte that says how it is coded, its length as a little-endian
// u32, and its bytes. Each plane is coded as suits it, because they differ: exponents are worth coding, the low bytes
// of a mantissa are noise and shall cost no time. What suits it, a sample of the plane says.

import { huffman, zstd, type Compressor } from './compress.ts'

const HEAD_BYTES = 5

export type Coding = 'stored' | 'huffman' | 'zstd'

/** Their place is the byte in the frame. */
const CODINGS: readonly Coding[] = ['stored', 'huffman', 'zstd']

const COMPRESSORS: Readonly<Record<Coding, Compressor>> = {
  stored: { compress: (plane) => plane, expand: (plane) => plane },
  huffman,
  zstd,
}

export type FramePlan = {
  /** One a plane. */
  readonly codings: readonly Coding[]
  /** Size of the frame when the sample is all there is. */
  readonly bytes: number
}

/** For each of the `count` planes of a sample the best of `codings`, or to store it. */
export function planFrame(
  sample: Uint8Array,
  count: number,
  codings: readonly Exclude<Coding, 'stored'>[],
): FramePlan {
  const best = planesOf(sample, count).map((plane) => {
    let choice: { coding: Coding; bytes: number } = { coding: 'stored', bytes: plane.length }
    for (const coding of codings) {
      const bytes = coding === 'zstd' ? zstd.compress(plane).length : huffmanBytes(plane)
      if (bytes < choice.bytes) choice = { coding, bytes }
    }
    return choice
  })
  return {
    codings: best.map(({ coding }) => coding),
    bytes: best.reduce((sum, { bytes }) => sum + HEAD_BYTES + bytes, 0),
  }
}

/** About what Huffman coding comes to, at a tenth of its time: the entropy of the bytes, and a table of the codes. */
function huffmanBytes(plane: Uint8Array): number {
  const counts = new Uint32Array(256)
  for (let i = 0; i < plane.length; i++) counts[plane[i]!]!++
  let bits = 0
  let symbols = 0
  for (const count of counts)
    if (count > 0) {
      bits += count * Math.max(1, Math.log2(plane.length / count))
      symbols++
    }
  return bits / 8 + symbols / 2
}

export function encodeFrame(planes: Uint8Array, codings: readonly Coding[]): Uint8Array {
  const parts = planesOf(planes, codings.length).flatMap((plane, i) => {
    const { coding, bytes } = coded(plane, codings[i]!)
    const head = new Uint8Array(HEAD_BYTES)
    head[0] = CODINGS.indexOf(coding)
    new DataView(head.buffer).setUint32(1, bytes.length, true)
    return [head, bytes]
  })
  return joined(parts)
}

/**
 * The planes, one after the other.
 * @param count of planes
 * @param planeBytes of each
 * @throws anything, when the frame is damaged
 */
export function decodeFrame(frame: Uint8Array, count: number, planeBytes: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const planes: Uint8Array[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    const coding = CODINGS[view.getUint8(at)]
    const from = at + HEAD_BYTES
    at = from + view.getUint32(at + 1, true)
    if (!coding || at > frame.length) throw new RangeError('a plane is no plane')
    const plane = COMPRESSORS[coding].expand(frame.subarray(from, at), planeBytes)
    if (plane.length !== planeBytes) throw new RangeError('a plane has another length')
    planes.push(plane)
  }
  if (at !== frame.length) throw new RangeError('there is something behind the planes')
  return joined(planes)
}

/** The plane, coded unless it would grow. */
function coded(plane: Uint8Array, coding: Coding): { coding: Coding; bytes: Uint8Array } {
  const bytes = COMPRESSORS[coding].compress(plane)
  return bytes.length < plane.length ? { coding, bytes } : { coding: 'stored', bytes: plane }
}

function planesOf(planes: Uint8Array, count: number): Uint8Array[] {
  const length = planes.length / count
  return Array.from({ length: count }, (_, i) => planes.subarray(i * length, (i + 1) * length))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
