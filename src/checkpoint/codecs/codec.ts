// How bytes of a checkpoint are stored: each array, and each JSON document, by the codec that makes it smallest in
// little time. They come back as the very bytes they were; what is damaged comes back as an error. On one Node, the
// same bytes are always encoded the same.
//
//   raw           as they are
//   planes-huff   planes of bytes (byte-planes.ts), each stored or entropy coded (plane-frame.ts)
//   planes-zstd   the same with zstd
//   delta-isub    planes of the differences to the words of a base, either way
//   delta-json    a compressed patch (json-delta.ts) of the JSON of a base
//   gzip, brotli  of the bytes
//
// A base is what the same name stood for in an earlier checkpoint. Which one, and who keeps it, is not known here.

import { KtrdrError } from '../../core/errors.ts'
import { ELEMENT_BYTES, type Dtype } from '../../core/snapshot.ts'
import {
  decodeArray,
  DELTA_WORTHWHILE,
  encodeArray,
  planArray,
  planPlanes,
  type ArrayPlan,
} from './array-codecs.ts'
import { brotli, gzip } from './compress.ts'
import { decodeJsonDelta, encodeJsonDelta } from './json-codecs.ts'

export const CODECS = [
  'raw',
  'planes-huff',
  'planes-zstd',
  'delta-isub',
  'delta-json',
  'gzip',
  'brotli',
] as const
export type Codec = (typeof CODECS)[number]

/** What the setting `checkpoint.codec` may say. */
export const CODEC_CHOICES = [
  'auto',
  'raw',
  'planes-huff',
  'planes-zstd',
  'gzip',
  'brotli',
] as const
export type CodecChoice = (typeof CODEC_CHOICES)[number]

export type Encoded = { readonly codec: Codec; readonly bytes: Uint8Array }

export type EncodeOptions = {
  readonly dtype: Dtype
  /** Text that `exactJson` has written; `dtype` is U8 then. */
  readonly isJson: boolean
  readonly choice: CodecChoice
  /** The raw bytes of the version before. An array has use for one of the same dtype and length only. */
  readonly base: Uint8Array | null
}

export type DecodeOptions = {
  readonly codec: string
  readonly dtype: Dtype
  readonly rawBytes: number
  readonly base: Uint8Array | null
}

/** Below this many bytes there is nothing to gain, and every little compressor costs its start. */
const SMALL_BYTES = 512

/** Encodes `raw`. The codec `raw`, which is always at hand, gives `raw` itself: no copy. */
export function encodeBytes(raw: Uint8Array, options: EncodeOptions): Encoded {
  const encoded = encode(raw, { ...options, dtype: wordDtype(raw.length, options.dtype) })
  return encoded && encoded.bytes.length < raw.length ? encoded : { codec: 'raw', bytes: raw }
}

/** @returns null for `raw` */
function encode(raw: Uint8Array, { dtype, isJson, choice, base }: EncodeOptions): Encoded | null {
  switch (choice) {
    case 'raw':
      return null
    case 'gzip':
      return { codec: choice, bytes: gzip.compress(raw) }
    case 'brotli':
      return { codec: choice, bytes: brotli.compress(raw) }
    case 'planes-huff':
    case 'planes-zstd':
      return byPlan(raw, planPlanes(choice, raw, dtype))
    case 'auto':
      if (raw.length < SMALL_BYTES) return null
      return isJson ? encodeJson(raw, base) : byPlan(raw, planArray(raw, dtype, base))
  }
}

function byPlan(raw: Uint8Array, plan: ArrayPlan | null): Encoded | null {
  return plan && { codec: plan.codec, bytes: encodeArray(raw, plan) }
}

/** zstd makes JSON of 1 to 300 KB as small as brotli and gzip do, several times as fast (bench/checkpoint). */
function encodeJson(raw: Uint8Array, base: Uint8Array | null): Encoded {
  const alone = byPlan(raw, planPlanes('planes-zstd', raw, 'U8'))!
  const delta = base && encodeJsonDelta(raw, base)
  const aloneBytes = Math.min(alone.bytes.length, raw.length)
  const isWorthwhile = delta && delta.length <= DELTA_WORTHWHILE * aloneBytes
  return isWorthwhile ? { codec: 'delta-json', bytes: delta } : alone
}

/**
 * The bytes that were encoded.
 * @throws FORMAT_TOO_NEW for a codec that is not known; CHECKPOINT_CORRUPT for what does not decode to exactly `rawBytes`
 */
export function decodeBytes(encoded: Uint8Array, options: DecodeOptions): Uint8Array {
  const { codec, rawBytes } = options
  if (!isCodec(codec))
    throw new KtrdrError(
      'FORMAT_TOO_NEW',
      `The checkpoint uses the codec "${codec}", which this ktrdr does not know.`,
      {
        suggestions: ['Use the newer ktrdr that wrote it.'],
      },
    )
  try {
    const raw = decode(encoded, { ...options, codec })
    if (raw.length === rawBytes) return raw
    throw new RangeError(`They decode to ${raw.length} bytes.`)
  } catch (cause) {
    throw new KtrdrError(
      'CHECKPOINT_CORRUPT',
      `The checkpoint is damaged: ${encoded.length} bytes of the codec "${codec}" do not decode to ${rawBytes} bytes.`,
      { cause },
    )
  }
}

/** @throws whatever comes up when the bytes are damaged */
function decode(
  encoded: Uint8Array,
  { codec, dtype, rawBytes, base }: DecodeOptions & { readonly codec: Codec },
): Uint8Array {
  const words = wordDtype(rawBytes, dtype)
  switch (codec) {
    case 'raw':
      return encoded
    case 'planes-huff':
    case 'planes-zstd':
      return decodeArray(encoded, words, rawBytes, null)
    case 'delta-isub':
      if (base?.length !== rawBytes) throw new RangeError('Its base has another length.')
      return decodeArray(encoded, words, rawBytes, base)
    case 'delta-json':
      if (!base) throw new RangeError('It has no base.')
      return decodeJsonDelta(encoded, base, rawBytes)
    case 'gzip':
      return gzip.expand(encoded, rawBytes)
    case 'brotli':
      return brotli.expand(encoded, rawBytes)
  }
}

function isCodec(name: string): name is Codec {
  return (CODECS as readonly string[]).includes(name)
}

/** Bytes that are no whole number of words are taken as bytes. */
function wordDtype(bytes: number, dtype: Dtype): Dtype {
  return bytes % ELEMENT_BYTES[dtype] === 0 ? dtype : 'U8'
}
