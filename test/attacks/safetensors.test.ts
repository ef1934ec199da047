import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSafetensors, encodeSafetensors } from '../../src/core/safetensors.ts'
import { KtrdrError } from '../../src/core/errors.ts'

const good = encodeSafetensors({
  metadata: { ktrdr: '{}' },
  arrays: [
    { name: 'u', dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
    { name: 'w', dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    { name: 'd', dtype: 'F64', shape: [1], data: Float64Array.of(-0) },
    { name: 'empty', dtype: 'F32', shape: [0], data: new Float32Array(0) },
  ],
})

function fileWith(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  )
  const file = new Uint8Array(8 + text.length + data.length)
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
  file.set(text, 8)
  file.set(data, 8 + text.length)
  return file
}
const entry = (dtype: string, shape: unknown, offsets: unknown): unknown => ({
  dtype,
  shape,
  data_offsets: offsets,
})

describe('a safetensors file', () => {
  it('comes back as it was written, data 8-aligned', () => {
    const { metadata, arrays } = decodeSafetensors(good)
    expect(metadata).toEqual({ ktrdr: '{}' })
    expect(arrays.map(({ name, shape }) => [name, shape])).toEqual([
      ['d', [1]],
      ['w', [2, 2]],
      ['empty', [0]],
      ['u', [3]],
    ])
    expect(arrays[0]!.data).toEqual(Float64Array.of(-0))
    expect(new DataView(good.buffer).getBigUint64(0, true) % 8n).toBe(0n)
  })

  it.each([
    ['nothing', new Uint8Array(0)],
    ['seven bytes', new Uint8Array(7)],
    ['a header of 2⁴⁸ bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0, 0x7b, 0x7d)],
    ['a header longer than the file', Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d)],
    ['no JSON', fileWith('{"a":')],
    ['invalid UTF-8', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff)],
    ['an array for a header', fileWith([])],
    ['metadata that is not text', fileWith({ __metadata__: { a: 1 } })],
    ['an unknown type', fileWith({ a: entry('BF16', [1], [0, 2]) }, new Uint8Array(2))],
    [
      'a type from the prototype',
      fileWith({ a: entry('constructor', [1], [0, 2]) }, new Uint8Array(2)),
    ],
    ['a negative size', fileWith({ a: entry('U8', [-1], [0, 1]) }, new Uint8Array(1))],
    ['a fractional size', fileWith({ a: entry('U8', [0.5], [0, 1]) }, new Uint8Array(1))],
    [
      'a size that overflows',
      fileWith({ a: entry('F32', [2 ** 31, 2 ** 31], [0, 4]) }, new Uint8Array(4)),
    ],
    ['backward offsets', fileWith({ a: entry('U8', [1], [1, 0]) }, new Uint8Array(1))],
    ['offsets outside the file', fileWith({ a: entry('U8', [9], [0, 9]) }, new Uint8Array(1))],
    [
      'overlapping arrays',
      fileWith({ a: entry('U8', [2], [0, 2]), b: entry('U8', [2], [1, 3]) }, new Uint8Array(3)),
    ],
    [
      'a hole',
      fileWith({ a: entry('U8', [1], [0, 1]), b: entry('U8', [1], [2, 3]) }, new Uint8Array(3)),
    ],
    ['bytes of no array', fileWith({ a: entry('U8', [1], [0, 1]) }, new Uint8Array(2))],
    [
      'a shape that disagrees with the bytes',
      fileWith({ a: entry('F32', [2], [0, 4]) }, new Uint8Array(4)),
    ],
  ])('is refused when it is %s', (_, file) => {
    expect(() => decodeSafetensors(file)).toThrow('This is no valid safetensors file')
  })

  it('never does anything but decode or refuse, whatever its bytes', () => {
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.nat(255),
        fc.nat(good.length),
        (at, value, length) => {
          const file = good.slice(0, length)
          if (at < file.length) file[at] = value
          try {
            decodeSafetensors(file)
          } catch (error) {
            expect(error).toBeInstanceOf(KtrdrError)
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})
