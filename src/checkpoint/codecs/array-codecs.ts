// The codecs of planes, and which of them an array gets. A sample of it decides, because to encode everything in every
// way would take several times as long.

import { ELEMENT_BYTES, type Dtype } from '../../core/snapshot.ts'
import { joinPlanes, splitPlanes } from './byte-planes.ts'
import { decodeFrame, encodeFrame, planFrame, type Coding, type FramePlan } from './plane-frame.ts'

const SAMPLE_BYTES = 16384

/** Of the sample's size, at most, or the array is stored as it is: a gain below 3 % is not worth decoding. */
const WORTHWHILE = 0.97

/** Of what it takes without a base, at most: a chain of deltas is slower to read, and keeps its bases alive. */
export const DELTA_WORTHWHILE = 0.85

const CODINGS = {
  'planes-huff': ['huffman'],
  'planes-zstd': ['zstd'],
  'delta-isub': ['huffman', 'zstd'],
} as const satisfies Readonly<Record<string, readonly Coding[]>>

export type PlanesCodec = keyof typeof CODINGS

/** How an array is to be encoded. */
export type ArrayPlan = FramePlan & {
  readonly codec: PlanesCodec
  readonly dtype: Dtype
  readonly base: Uint8Array | null
}

/** @returns null when the array is best stored as it is */
export function planArray(
  raw: Uint8Array,
  dtype: Dtype,
  base: Uint8Array | null,
): ArrayPlan | null {
  const huffman = planPlanes('planes-huff', raw, dtype)
  const zstd = planPlanes('planes-zstd', raw, dtype)
  const alone = zstd.bytes < huffman.bytes ? zstd : huffman
  const sampleBytes = Math.min(raw.length, SAMPLE_BYTES)
  if (base?.length === raw.length) {
    const delta = planPlanes('delta-isub', raw, dtype, base)
    if (delta.bytes <= DELTA_WORTHWHILE * Math.min(alone.bytes, sampleBytes)) return delta
  }
  return alone.bytes <= WORTHWHILE * sampleBytes ? alone : null
}

/** How to encode an array by a certain codec. */
export function planPlanes(
  codec: PlanesCodec,
  raw: Uint8Array,
  dtype: Dtype,
  base: Uint8Array | null = null,
): ArrayPlan {
  const sample = splitPlanes(sampleOf(raw), dtype, base && sampleOf(base))
  return { ...planFrame(sample, ELEMENT_BYTES[dtype], CODINGS[codec]), codec, dtype, base }
}

export function encodeArray(raw: Uint8Array, { codings, dtype, base }: ArrayPlan): Uint8Array {
  return encodeFrame(splitPlanes(raw, dtype, base), codings)
}

/** @throws whatever comes up when the frame is damaged */
export function decodeArray(
  frame: Uint8Array,
  dtype: Dtype,
  rawBytes: number,
  base: Uint8Array | null,
): Uint8Array {
  const planeCount = ELEMENT_BYTES[dtype]
  return joinPlanes(decodeFrame(frame, planeCount, rawBytes / planeCount), dtype, base)
}

/** Whole words from the middle: the ends of an array are often unlike the rest. */
function sampleOf(raw: Uint8Array): Uint8Array {
  const from = Math.max(0, Math.floor((raw.length - SAMPLE_BYTES) / 16) * 8)
  return raw.subarray(from, from + SAMPLE_BYTES)
}
