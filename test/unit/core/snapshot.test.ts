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

describe('a derived field', () => {
  const state = { at: { epoch: 2, step: 7 }, w: Float32Array.of(1), rows: [1, 2] }

  it('is left out, whatever it holds, and nothing else is', () => {
    const { json, arrays } = takeApart(state, { derived: ['at.step', 'w'] })
    expect(json).toEqual({ at: { epoch: 2 }, rows: [1, 2] })
    expect(arrays).toEqual([])
  })

  it.each(['step', 'at.steps', 'rows.0'])('that is not there is an error: %s', (path) =>
    expect(() => takeApart(state, { derived: [path] })).toThrow(
      expect.objectContaining({
        code: 'INVARIANT',
        message: `The state has no field ${path}, which is to be left out.`,
      }),
    ),
  )
})

describe('an append-only part', () => {
  const column = emptyColumn(4)
  for (let i = 0; i < 5; i++) appendTo(column, i / 2)
  const state = { equity: column, log: { trades: [{ at: 1 }, { at: 2 }, { at: 3 }] } }
  const appendOnly = ['log.trades']

  it('gives its rows as a stream, a column by itself and a list when it is declared', () => {
    const { json, streams, arrays } = takeApart(state, { appendOnly })
    expect(json).toEqual({
      equity: { $column: 'equity' },
      log: { trades: { $rows: 'log.trades' } },
    })
    expect(streams).toEqual([
      { name: 'equity', from: 0, rows: filled(column) },
      { name: 'log.trades', from: 0, rows: state.log.trades },
    ])
    expect(arrays).toEqual([])
    expect(takeApart(state).json).toMatchObject({ log: state.log })
  })

  it('gives only the rows since the last snapshot, none when there are none', () => {
    const since = new Map([
      ['equity', 3],
      ['log.trades', 3],
    ])
    expect(takeApart(state, { appendOnly, since }).streams).toEqual([
      { name: 'equity', from: 3, rows: Float64Array.of(1.5, 2) },
      { name: 'log.trades', from: 3, rows: [] },
    ])
  })

  it.each([
    ['equity', 'equity', 6],
    ['a list', 'log.trades', 4],
  ])('that has become shorter is an error: %s', (_, name, rows) =>
    expect(() => takeApart(state, { appendOnly, since: new Map([[name, rows]]) })).toThrow(
      expect.objectContaining({
        code: 'INVARIANT',
        message: `The state field ${name} had ${rows} rows and has ${rows - 1}: it is not append-only.`,
      }),
    ),
  )

  it.each([
    ['an array', Float32Array.of(1)],
    ['a tensor', { tensor: Float32Array.of(1), shape: [1] }],
    ['a column', emptyColumn(1)],
  ])('is an error when a row of it holds %s: a segment is text', (_, value) =>
    expect(() => takeApart({ rows: [1, { deep: value }] }, { appendOnly: ['rows'] })).toThrow(
      expect.objectContaining({
        code: 'INVARIANT',
        message: 'The state field rows is a list with arrays in it, which no checkpoint can hold.',
      }),
    ),
  )

  it('is put together from all its rows, as it was, and goes on growing', () => {
    const back = putTogether<typeof state>(throughDisk(takeApart(state, { appendOnly })))
    expect(filled(back.equity)).toEqual(filled(column))
    expect(back.log).toEqual(state.log)
    appendTo(back.equity, 9)
    back.log.trades.push({ at: 4 })
    expect(filled(back.equity)).toHaveLength(6)
  })

  it('whose rows are missing is not put together', () => {
    const { json, arrays } = takeApart(state, { appendOnly })
    expect(() => putTogether({ json, arrays, streams: [] })).toThrow(
      expect.objectContaining({
        code: 'CHECKPOINT_CORRUPT',
        message: expect.stringContaining('lacks the'),
      }),
    )
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
