import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeBytes,
  encodeBytes,
  CODEC_CHOICES,
  type EncodeOptions,
} from '../../src/checkpoint/codecs/codec.ts'
import { exactJson } from '../../src/core/hash.ts'
import { ELEMENT_BYTES } from '../../src/core/snapshot.ts'
import { arraysOf, changed, DTYPES } from '../support/arrays.ts'

// What every codec promises: the very bytes come back, whatever they are; and they never take more room than raw ones.

function expectRoundTrip(raw: Uint8Array, options: EncodeOptions): void {
  const before = raw.slice()
  const { codec, bytes } = encodeBytes(raw, options)
  expect(bytes.length, 'never larger than raw').toBeLessThanOrEqual(raw.length)
  const { dtype, base } = options
  const decoded = decodeBytes(bytes, { codec, dtype, rawBytes: raw.length, base })
  expect(Buffer.compare(decoded, before), `${codec} gives back the bytes`).toBe(0)
  expect(Buffer.compare(raw, before), 'the input stays as it was').toBe(0)
  expect(encodeBytes(raw, options), 'encoded the same again').toEqual({ codec, bytes })
}

describe.each(CODEC_CHOICES)('the codec %s', (choice) => {
  it.each(DTYPES)('gives back arrays of %s of any length and any bits', (dtype) => {
    const bases = fc.constantFrom('none', 'same length', 'shorter')
    fc.assert(
      fc.property(arraysOf(dtype, 200), fc.integer(), bases, (raw, seed, kind) => {
        const other = changed(raw, seed)
        const base = { none: null, 'same length': other, shorter: other.subarray(1) }[kind]
        expectRoundTrip(raw, { dtype, isJson: false, choice, base })
      }),
      { numRuns: 60 },
    )
  })

  it.each(DTYPES)('gives back long arrays of %s', (dtype) => {
    const words = 40_003
    const smooth = new Uint8Array(
      Float64Array.from({ length: words }, (_, i) => Math.fround(i % 1000) / 7).buffer,
    ).subarray(0, words * ELEMENT_BYTES[dtype])
    expectRoundTrip(smooth, { dtype, isJson: false, choice, base: null })
    expectRoundTrip(smooth, { dtype, isJson: false, choice, base: changed(smooth, 1) })
  })

  it('takes bytes that are no whole words', () => {
    const raw = new Uint8Array(1001).fill(7)
    expectRoundTrip(raw, { dtype: 'F64', isJson: false, choice, base: changed(raw, 3) })
  })

  it('gives back JSON, with any base and none', () => {
    const documents = fc.jsonValue({ maxDepth: 4 }).map((value) => exactJson(value))
    const texts = fc.oneof(documents, fc.string())
    fc.assert(
      fc.property(documents, fc.option(texts), fc.nat(400), (json, base, repeats) => {
        const text = `[${Array(repeats + 1)
          .fill(json)
          .join(',')}]`
        expectRoundTrip(new TextEncoder().encode(text), {
          dtype: 'U8',
          isJson: true,
          choice,
          base: base === null ? null : new TextEncoder().encode(base),
        })
      }),
      { numRuns: 40 },
    )
  })
})
