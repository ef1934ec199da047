import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { permutation, philox, randomStream } from '../../../src/core/rng.ts'

describe('philox4x32-10', () => {
  // Reference: known-answer tests of the Random123 library (D. E. Shaw Research, kat_vectors).
  it.each([
    [
      [0, 0, 0, 0, 0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published words for %j', (input, words) => {
    const out = new Uint32Array(4)
    philox(out, ...(input as [number, number, number, number, number, number]))
    expect([...out]).toEqual(words)
  })
})

describe('random streams', () => {
  it('are pure functions of seed, purpose and coordinates', () => {
    const draw = (...of: Parameters<typeof randomStream>): number[] => {
      const stream = randomStream(...of)
      return Array.from({ length: 9 }, stream.nextUint32)
    }
    const base = draw(42, 'shuffle', 3, 1)
    expect(draw(42, 'shuffle', 3, 1)).toEqual(base)
    for (const other of [
      draw(43, 'shuffle', 3, 1),
      draw(42 + 2 ** 32, 'shuffle', 3, 1),
      draw(42, 'init', 3, 1),
      draw(42, 'shuffle', 4, 1),
      draw(42, 'shuffle', 3, 2),
    ])
      expect(other).not.toEqual(base)
  })
  it('nextUnit is a float32 in [0, 1) with mean ½', () => {
    const stream = randomStream(1, 'init')
    let sum = 0
    for (let i = 0; i < 20_000; i++) {
      const u = stream.nextUnit()
      expect(u >= 0 && u < 1 && Math.fround(u) === u).toBe(true)
      sum += u
    }
    expect(Math.abs(sum / 20_000 - 0.5)).toBeLessThan(0.01)
  })
})

describe('permutation', () => {
  it('holds every number once', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(), (n, seed) => {
        const order = permutation(n, randomStream(seed, 'shuffle'))
        expect([...order].toSorted((a, b) => a - b)).toEqual([...order.keys()])
      }),
    )
  })
  it('is uniform: each of the 6 orders of 3 comes up about equally often', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 6000; seed++) {
      const key = permutation(3, randomStream(seed, 'shuffle')).join('')
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const [order, count] of counts) expect(Math.abs(count - 1000), order).toBeLessThan(150)
  })
})
