import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { joinPlanes, splitPlanes } from '../../../../src/checkpoint/codecs/byte-planes.ts'
import { ELEMENT_BYTES } from '../../../../src/core/snapshot.ts'
import { enableWideSimd } from '../../../../src/runtime/wide-simd.ts'
import { arraysOf, bytesOfWords, changed, DTYPES, PATTERNS } from '../../../support/arrays.ts'
import { referencePlanes } from '../../../support/word-planes.ts'

// Reference: test/support/word-planes.ts, byte for byte.

/** More than two blocks of the kernel, and no whole number of groups. */
const LONG_WORDS = 3 * 16384 + 5

function noise(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Math.imul(i, 2654435761) >>> 13)
}

describe.each(DTYPES)('planes of %s', (dtype) => {
  it('are those of the reference, for every length and bit pattern', () => {
    fc.assert(
      fc.property(arraysOf(dtype, 70), fc.integer(), fc.boolean(), (raw, seed, hasBase) => {
        const base = hasBase ? changed(raw, seed) : null
        const planes = splitPlanes(raw, dtype, base)
        expect(planes).toEqual(referencePlanes(raw, dtype, base))
        expect(joinPlanes(planes, dtype, base)).toEqual(raw.slice())
      }),
    )
  })

  it('of every two special patterns come back, whichever is the base', () => {
    const words = PATTERNS.flatMap(() => PATTERNS)
    const bases = PATTERNS.flatMap((pattern) => PATTERNS.map(() => pattern))
    const [raw, base] = [bytesOfWords(words, dtype), bytesOfWords(bases, dtype)]
    const planes = splitPlanes(raw, dtype, base)
    expect(planes).toEqual(referencePlanes(raw, dtype, base))
    expect(joinPlanes(planes, dtype, base)).toEqual(raw.slice())
  })

  it.each([
    ['narrow', () => false],
    ['wide', enableWideSimd],
  ])('of a long array are the same on %s vectors, once V8 has optimized', async (_, prepare) => {
    prepare()
    vi.resetModules() // another kernel, which is compiled as V8 does it now
    const { joinPlanes: join, splitPlanes: split } =
      await import('../../../../src/checkpoint/codecs/byte-planes.ts')
    const raw = noise(LONG_WORDS * ELEMENT_BYTES[dtype])
    for (const base of [null, changed(raw, 2)]) {
      const expected = referencePlanes(raw, dtype, base)
      for (let round = 0; round < 20; round++) {
        const planes = split(raw, dtype, base)
        expect(Buffer.compare(planes, expected), `split, round ${round}`).toBe(0)
        expect(Buffer.compare(join(planes, dtype, base), raw), `join, round ${round}`).toBe(0)
      }
    }
  })
})
