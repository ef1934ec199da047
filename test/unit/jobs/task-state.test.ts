import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packParcel, unpackParcel } from '../../../src/jobs/parcel.ts'
import { fromPlain, toJson, toPlain } from '../../../src/jobs/task-state.ts'

/** Through a parcel, as a snapshot goes. */
const through = (state: unknown): unknown => {
  const { user } = unpackParcel<{ user: unknown }>(packParcel({ user: toPlain(state) }))
  return fromPlain(user)
}

const leaves = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, undefined, null, true),
  fc.string(),
  fc.bigInt(),
  fc.date(),
  fc.float64Array(),
  fc.float32Array(),
  fc.int32Array(),
  fc.uint8Array(),
  fc.int8Array(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.uint8ClampedArray(),
  fc.bigUint64Array(),
)
const keys = fc.oneof(fc.string(), fc.constantFrom('$array', '=map', '=object', 'tensor', 'shape'))
const states = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    leaves,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(keys, tie('any'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(tie('any'), tie('any')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie('any'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
})).any

describe('the state of a task', () => {
  it('comes back bit for bit, whatever plain data it is', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(through(state)).toStrictEqual(state)
      }),
    )
  })

  it.each([
    ['-0', -0],
    ['a key of ours', { '=map': [1], $rows: 'x' }],
    ['what looks like a column', { column: new Float64Array(8), length: 2 }],
    ['what looks like a tensor', { tensor: new Float32Array(4), shape: [2, 2] }],
    ['a view of a part', new Int16Array(new ArrayBuffer(64), 8, 3)],
    ['a key called __proto__', JSON.parse('{"__proto__": {"a": 1}, "b": 2}')],
  ])('%s comes back', (_, state) => expect(through(state)).toStrictEqual(state))

  it.each([
    ['a function', { a: [{ f: () => 1 }] }, 'state.a.0.f is a function'],
    ['an instance', { model: new URL('file:///x') }, 'state.model is an instance of URL'],
    ['a promise', { p: Promise.resolve(1) }, 'state.p is an instance of Promise'],
    ['a symbol', [Symbol('x')], 'state.0 is a symbol'],
  ])('%s is refused by its place', (_, state, message) => {
    expect(() => toPlain(state)).toThrow(message)
  })

  it('that holds itself is refused, and what it holds twice is not', () => {
    const self: Record<string, unknown> = {}
    self['again'] = { self }
    expect(() => toPlain(self)).toThrow('state.again.self is a part of itself')
    const twice = { x: 1 }
    expect(through([twice, twice])).toEqual([twice, twice])
  })
})

describe('what a task has made, as JSON', () => {
  it('has lists for typed arrays and null for what is no number', () => {
    const made = {
      a: Float32Array.of(1, NaN),
      b: undefined,
      c: [undefined, -Infinity],
      d: new Date(0),
    }
    expect(toJson(made)).toEqual({ a: [1, null], c: [null, null], d: '1970-01-01T00:00:00.000Z' })
  })

  it('refuses what JSON cannot hold', () => {
    expect(() => toJson({ m: new Map() })).toThrow('result.m is an instance of Map')
    expect(() => toJson({ n: 1n })).toThrow('result.n is a bigint')
  })
})
