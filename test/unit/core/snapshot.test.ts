import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactJson, type Json } from '../../../src/core/hash.ts'
import {
  appendTo,
  bytesOf,
  emptyColumn,
  filled,
  putTogether,
  takeApart,
  typedArrayFrom,
  type Snapshot,
} from '../../../src/core/snapshot.ts'

/** Through text and raw bytes, as a checkpoint does it. */
function throughDisk({ json, arrays, streams }: Snapshot): Snapshot {
  return {
    json: JSON.parse(exactJson(json)),
    arrays: arrays.map((array) => ({
      ...array,
      data: typedArrayFrom(array.dtype, bytesOf(array.data).slice()),
    })),
    streams: streams.map(({ rows, ...stream }) => ({
      ...stream,
      rows:
        rows instanceof Float64Array
          ? rows.slice()
          : (JSON.parse(exactJson(rows as Json[])) as Json[]),
    })),
  }
}

const anyState = fc.object({
  key: fc
    .string({ minLength: 1 })
    .filter((key) => !/^\$|\./.test(key) && !['__proto__', 'constructor'].includes(key)),
  values: [
    fc.constant(null),
    fc.boolean(),
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(-0),
    fc.float64Array().map((data) => data),
    fc.float32Array(),
    fc.int32Array(),
    fc.uint32Array(),
    fc.uint8Array(),
  ],
  maxDepth: 3,
})

describe('a state taken apart and put together', () => {
  it('is the same, bit for bit (−0 and NaN inside arrays included)', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const back = putTogether<object>(throughDisk(takeApart(state)))
        expect(back).toStrictEqual(state)
        expect(JSON.stringify(back), 'and prints the same').toBe(JSON.stringify(state))
      }),
    )
  })

  it('keeps shapes of tensors and only the filled part of columns', () => {
    const column = emptyColumn(4)
    for (let i = 0; i < 9; i++) appendTo(column, i / 2)
    const state = {
      w: { tensor: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] },
      equity: column,
    }
    const snapshot = takeApart(state)
    expect(snapshot.arrays.map(({ name, shape }) => [name, shape])).toEqual([['w', [2, 3]]])
    expect(snapshot.streams.map(({ name, from, rows }) => [name, from, rows.length])).toEqual([
      ['equity', 0, 9],
    ])
    const back = putTogether<typeof state>(throughDisk(snapshot))
    expect(back.w).toEqual(state.w)
    expect(filled(back.equity)).toEqual(filled(column))
    appendTo(back.equity, 7)
    expect(filled(back.equity)[9], 'a restored column goes on growing').toBe(7)
  })

  it.each([
    ['loss', { loss: NaN }],
    ['a.b', { a: { b: Infinity } }],
    ['f', { f: () => 1 }],
    ['m', { m: new Map() }],
    ['u', { u: undefined }],
    ['n', { n: 1n }],
    ['a.$array', { a: { $array: 'b' } }],
  ])('refuses what no checkpoint can hold, naming the field %s', (path, state) => {
    expect(() => takeApart(state)).toThrow(`The state field ${path} is`)
  })
})

describe('exact JSON', () => {
  it('keeps −0 and the order of keys', () => {
    expect(exactJson({ b: [1, -0], a: { d: null, c: 'x' } })).toBe(
      '{"b":[1,-0],"a":{"d":null,"c":"x"}}',
    )
  })
  it('refuses numbers that JSON would turn into null', () => {
    expect(() => exactJson({ a: [NaN] })).toThrow('$.a[0] is NaN')
  })
})
