import { gzipSync, brotliCompressSync, deflateRawSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CODECS,
  decodeBytes,
  encodeBytes,
  type Codec,
  type CodecChoice,
} from '../../src/checkpoint/codecs/codec.ts'
import { systemCode } from '../../src/core/errors.ts'
import { exactJson } from '../../src/core/hash.ts'
import { bytesOf, type Dtype } from '../../src/core/snapshot.ts'
import { changed } from '../support/arrays.ts'

// Bytes that do not decode are refused, whatever they are: no crash, and no more memory than was asked for.

type Sample = {
  readonly codec: Codec
  readonly bytes: Uint8Array
  readonly dtype: Dtype
  readonly rawBytes: number
  readonly base: Uint8Array | null
}

const waves = bytesOf(Float32Array.from({ length: 3000 }, (_, i) => Math.fround(i % 50) / 7))
const text = (rows: number): Uint8Array =>
  new TextEncoder().encode(
    exactJson({ rows: Array.from({ length: rows }, (_, i) => ({ i, x: i / 7 })) }),
  )

function sample(
  raw: Uint8Array,
  dtype: Dtype,
  choice: CodecChoice,
  base: Uint8Array | null = null,
): Sample {
  const encoded = encodeBytes(raw, { dtype, isJson: dtype === 'U8', choice, base })
  return { ...encoded, dtype, rawBytes: raw.length, base }
}

const nearly = changed(waves, 1)
const SAMPLES: readonly Sample[] = [
  sample(waves, 'F32', 'raw'),
  sample(waves, 'F32', 'planes-huff'),
  sample(waves, 'F32', 'planes-zstd'),
  sample(
    nearly,
    'F32',
    'auto',
    waves.map((byte, i) => (i % 40 === 0 ? byte ^ 1 : nearly[i]!)),
  ),
  sample(text(81), 'U8', 'auto', text(80)),
  sample(waves, 'F32', 'gzip'),
  sample(waves, 'F32', 'brotli'),
]

function decode({ bytes, ...options }: Sample): Uint8Array {
  return decodeBytes(bytes, options)
}

const DAMAGED = expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' })

function frame(
  ...planes: readonly (readonly [coding: number, bytes: Uint8Array, length?: number])[]
): Uint8Array {
  return Buffer.concat(
    planes.flatMap(([coding, bytes, length = bytes.length]) => {
      const head = Buffer.alloc(5)
      head[0] = coding
      head.writeUInt32LE(length, 1)
      return [head, bytes]
    }),
  )
}

it('there is a sample of every codec', () => {
  expect(SAMPLES.map(({ codec }) => codec)).toEqual(CODECS)
})

it('an unknown codec is one of a newer ktrdr', () => {
  for (const codec of ['planes-lzma', '', '__proto__', 'toString'])
    expect(() => decodeBytes(waves, { codec, dtype: 'F32', rawBytes: 8, base: null })).toThrow(
      expect.objectContaining({ code: 'FORMAT_TOO_NEW' }),
    )
})

describe.each(SAMPLES)('bytes of the codec $codec', (good) => {
  it('are refused when they are cut off anywhere', () => {
    for (let length = 0; length < good.bytes.length; length += 1 + (length >> 5))
      expect(() => decode({ ...good, bytes: good.bytes.subarray(0, length) })).toThrow(DAMAGED)
  })

  it.each([0, 1, -1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 40, 2 ** 53, 2 ** 60])(
    'are refused when they shall make %d bytes',
    (rawBytes) => {
      expect(() => decode({ ...good, rawBytes })).toThrow(DAMAGED)
    },
  )

  it('make the right number of bytes or are refused, whatever is changed in them', () => {
    const changes = fc.array(fc.tuple(fc.nat(good.bytes.length - 1), fc.nat(255)), { maxLength: 3 })
    fc.assert(
      fc.property(changes, (bytes) => {
        const broken = { ...good, bytes: good.bytes.slice() }
        for (const [at, value] of bytes) broken.bytes[at] = value
        expect([broken.rawBytes, 'CHECKPOINT_CORRUPT']).toContain(outcomeOf(broken))
      }),
      { numRuns: 300 },
    )
  })

  it('are refused, or harmless, when they are anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(300), (bytes, rawBytes) => {
        const outcome = outcomeOf({ ...good, bytes, rawBytes })
        expect([rawBytes, 'CHECKPOINT_CORRUPT']).toContain(outcome)
      }),
      { numRuns: 300 },
    )
  })
})

it.each(SAMPLES.filter(({ base }) => base))(
  'bytes of the codec $codec are refused without their base, or with one of another length',
  (good) => {
    for (const base of [null, good.base!.subarray(1), new Uint8Array(0)])
      expect(() => decode({ ...good, base })).toThrow(DAMAGED)
  },
)

/** Length of what it decodes to, or the code of the error. */
function outcomeOf(broken: Sample): number | string | undefined {
  try {
    return decode(broken).length
  } catch (error) {
    return systemCode(error)
  }
}

describe('a small stream that would inflate to 64 MB', () => {
  const zeros = new Uint8Array(1 << 26)
  const bombs = {
    gzip: gzipSync(zeros),
    brotli: brotliCompressSync(zeros, { params: { 1: 1 } }),
    deflate: deflateRawSync(zeros),
    zstd: zstdCompressSync(zeros),
  }
  it.each<[string, Codec, Uint8Array, Uint8Array | null]>([
    ['gzip', 'gzip', bombs.gzip, null],
    ['brotli', 'brotli', bombs.brotli, null],
    ['a plane of deflate', 'planes-huff', frame([1, bombs.deflate]), null],
    ['a plane of zstd', 'planes-zstd', frame([2, bombs.zstd]), null],
    ['a delta', 'delta-isub', frame([2, bombs.zstd]), new Uint8Array(1000)],
    ['a patch', 'delta-json', bombs.zstd, text(5)],
  ])('is stopped at the size that was asked for: %s', (_, codec, bytes, base) => {
    const before = process.memoryUsage().arrayBuffers
    const options = { codec, dtype: 'U8', rawBytes: 1000, base } as const
    expect(() => decodeBytes(bytes, options)).toThrow(DAMAGED)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6)
  })
})

describe('a frame of planes', () => {
  const plane = new Uint8Array(8)
  const planes = [0, 0, 0, 0].map(() => [0, plane] as const)
  const decodeFrame = (bytes: Uint8Array): Uint8Array =>
    decodeBytes(bytes, { codec: 'planes-huff', dtype: 'F32', rawBytes: 32, base: null })

  it('of four planes is four bytes a word', () => {
    expect(decodeFrame(frame(...planes))).toEqual(new Uint8Array(32))
  })

  it.each([
    ['has a plane too few', frame(...planes.slice(1))],
    ['has a plane too many', frame(...planes, [0, plane])],
    ['has a plane too long', frame([0, new Uint8Array(9)], ...planes.slice(1))],
    ['has a plane too short', frame([0, new Uint8Array(7)], ...planes.slice(1))],
    [
      'has planes of unequal lengths',
      frame([0, new Uint8Array(9)], [0, new Uint8Array(7)], ...planes.slice(2)),
    ],
    ['has an unknown coding', frame([3, plane], ...planes.slice(1))],
    ['claims 4 GiB for a plane', frame([0, plane, 0xffffffff], ...planes.slice(1))],
    ['ends in the head of a plane', frame(...planes).subarray(0, 15)],
  ])('is refused when it %s', (_, bytes) => {
    expect(() => decodeFrame(bytes)).toThrow(DAMAGED)
  })
})

describe('a patch', () => {
  const decodePatch = (patch: string): Uint8Array =>
    decodeBytes(zstdCompressSync(patch), {
      codec: 'delta-json',
      dtype: 'U8',
      rawBytes: 500_000,
      base: text(5),
    })

  it.each([
    ['no JSON', '[[}'],
    ['a number that JSON cannot hold', '[1e999]'],
    ['deeper than the stack', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['of another length', '[1]'],
    ['for the prototype', '[{"__proto__":[{"polluted":[1]},[]]},[]]'],
  ])('is refused when it is %s', (_, patch) => {
    expect(() => decodePatch(patch)).toThrow(DAMAGED)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})
