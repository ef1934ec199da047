import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyIdOf, keyedHash, sealPack, unsealPack } from '../../../src/checkpoint/encryption.ts'
import { encodeSafetensors } from '../../../src/core/safetensors.ts'

const KEY = { id: 'a1', secret: new Uint8Array(32).fill(7) }
const KEYS = { active: KEY, all: [KEY] }
const NAME = 'op_training_20241213_143022_abc123/1-3.safetensors'

const aFile = (bytes: Uint8Array): Uint8Array =>
  encodeSafetensors({
    metadata: { note: 'secret strategy' },
    arrays: [{ name: 'w', dtype: 'U8', shape: [bytes.length], data: bytes }],
  })

describe('a sealed pack', () => {
  it('opens to the very bytes, with its key and under its name', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const plain = aFile(bytes)
        const sealed = sealPack(plain, NAME, KEY)
        expect(keyIdOf(sealed)).toBe('a1')
        expect(new Uint8Array(unsealPack(sealed, NAME, KEYS))).toEqual(plain)
      }),
      { numRuns: 50 },
    )
  })

  it('shows nothing of what it holds, and is never twice the same', () => {
    const plain = aFile(Uint8Array.from({ length: 64 }, (_, i) => i))
    const [one, two] = [sealPack(plain, NAME, KEY), sealPack(plain, NAME, KEY)]
    expect(Buffer.from(one!).includes('secret strategy')).toBe(false)
    expect(Buffer.from(one!).includes(Buffer.from(plain.subarray(-64)))).toBe(false)
    expect(one).not.toEqual(two)
  })

  it('with any one bit flipped is refused, or is not taken for a sealed one of this key', () => {
    const plain = aFile(Uint8Array.of(1, 2, 3))
    const sealed = sealPack(plain, NAME, KEY)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const damaged = sealed.slice()
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      let opened: Uint8Array | undefined
      try {
        opened = unsealPack(damaged, NAME, KEYS)
      } catch {
        continue
      }
      // Padding and names in the header are no secret and no content: what comes out is right, or is the file itself.
      const isHarmless = Buffer.from(opened).equals(plain) || opened === damaged
      expect(isHarmless, `bit ${bit}`).toBe(true)
    }
  })

  it('under the name of another pack is refused: two files cannot be swapped', () => {
    const sealed = sealPack(aFile(Uint8Array.of(1)), NAME, KEY)
    expect(() => unsealPack(sealed, NAME.replace('1-3', '1-2'), KEYS)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }),
    )
  })

  it('without its key asks for it, whatever other keys are at hand', () => {
    const sealed = sealPack(aFile(Uint8Array.of(1)), NAME, KEY)
    const other = { id: 'b2', secret: KEY.secret }
    expect(() => unsealPack(sealed, NAME, { active: null, all: [other] })).toThrow(
      expect.objectContaining({ code: 'KEY_REQUIRED', exitCode: 6 }),
    )
  })
})

it('a file that was never sealed is itself', () => {
  const file = aFile(Uint8Array.of(5))
  expect(unsealPack(file, NAME, { active: null, all: [] })).toBe(file)
})

it('hashes under two keys tell nothing of each other', () => {
  const [a, b] = [KEY, { id: 'b', secret: new Uint8Array(32).fill(8) }].map(keyedHash)
  expect(a!('x')).not.toBe(b!('x'))
  expect(a!('x', 'y')).toBe(a!('xy'))
})
