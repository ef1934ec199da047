import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CODEC_CHOICES,
  CODECS,
  decodeBytes,
  encodeBytes,
  type Codec,
  type EncodeOptions,
} from '../../src/checkpoint/codecs/codec.ts'
import { exactJson } from '../../src/core/hash.ts'
import { ELEMENT_BYTES } from '../../src/core/snapshot.ts'
import { arraysOf, changed, DTYPES } from '../support/arrays.ts'

// What every codec promises.

const met = new Set<Codec>()

function brokenPromises(raw: Uint8Array, options: EncodeOptions): string[] {
  const before = raw.slice()
  const { codec, bytes } = encodeBytes(raw, options)
  met.add(codec)
  const { dtype, base } = options
  const decoded = decodeBytes(bytes, { codec, dtype, rawBytes: raw.length, base })
  const again = encodeBytes(raw, options)
  const promises = {
    'gives back the very bytes': Buffer.compare(decoded, before) === 0,
    'takes no more room than raw': bytes.length <= raw.length,
    'leaves its input as it was': Buffer.compare(raw, before) === 0,
    'encodes the same again': again.codec === codec && Buffer.compare(again.bytes, bytes) === 0,
  }
  return Object.entries(promises).flatMap(([promise, isKept]) =>
    isKept ? [] : [`${codec} ${promise}`],
  )
}

const bytesOfText = (text: string): Uint8Array => new TextEncoder().encode(text)

describe.each(CODEC_CHOICES)('the codec %s', (choice) => {
  it.each(DTYPES)('gives back arrays of %s of any length and any bits', (dtype) => {
    const bases = fc.constantFrom('none', 'same length', 'shorter')
    fc.assert(
      fc.property(arraysOf(dtype, 200), fc.integer(), bases, (raw, seed, kind) => {
        const other = changed(raw, seed)
        const base = { none: null, 'same length': other, shorter: other.subarray(1) }[kind]
        expect(brokenPromises(raw, { dtype, isJson: false, choice, base })).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it.each(DTYPES)('gives back long arrays of %s', (dtype) => {
    const words = 40_003
    const smooth = new Uint8Array(
      Float64Array.from({ length: words }, (_, i) => Math.fround(i % 1000) / 7).buffer,
    ).subarray(0, words * ELEMENT_BYTES[dtype])
    for (const base of [null, changed(smooth, 1)])
      expect(brokenPromises(smooth, { dtype, isJson: false, choice, base })).toEqual([])
  })

  it('gives back weights, with those of a step before and none', () => {
    const weights = (scale: number): Uint8Array =>
      new Uint8Array(Float32Array.from({ length: 5000 }, (_, i) => scale * Math.sin(i)).buffer)
    for (const base of [null, weights(1 - 1e-6)])
      expect(brokenPromises(weights(1), { dtype: 'F32', isJson: false, choice, base })).toEqual([])
  })

  it('takes bytes that are no whole words', () => {
    const raw = new Uint8Array(1001).fill(7)
    for (const base of [null, changed(raw, 3)])
      expect(brokenPromises(raw, { dtype: 'F64', isJson: false, choice, base })).toEqual([])
  })

  it('gives back JSON, with any base and none', () => {
    const items = fc.jsonValue({ maxDepth: 4 }).map((value) => exactJson(value))
    const listOf = (item: string, count: number): string =>
      `[${Array.from({ length: count }, () => item).join(',')}]`
    const bases = fc.oneof(fc.constant(null), fc.nat(400), items, fc.string())
    fc.assert(
      fc.property(items, fc.nat(400), bases, (item, count, baseOrCount) => {
        const base = typeof baseOrCount === 'number' ? listOf(item, baseOrCount) : baseOrCount
        const options = {
          dtype: 'U8',
          isJson: true,
          choice,
          base: base === null ? null : bytesOfText(base),
        } as const
        expect(brokenPromises(bytesOfText(listOf(item, count)), options)).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('gives back the JSON of a history, with the shorter history and none', () => {
    const history = (rows: number): Uint8Array =>
      bytesOfText(
        exactJson(Array.from({ length: rows }, (_, i) => ({ epoch: i, loss: 1 / (i + 3) }))),
      )
    for (const base of [null, history(190)])
      expect(brokenPromises(history(200), { dtype: 'U8', isJson: true, choice, base })).toEqual([])
  })
})

it('every codec was among them', () => {
  expect(CODECS.filter((codec) => !met.has(codec))).toEqual([])
})
