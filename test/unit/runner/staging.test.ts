import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/core/hash.ts'
import { bytesOf, putTogether, takeApart } from '../../../src/core/snapshot.ts'
import { createStaging, unstage } from '../../../src/runner/staging.ts'
import { stateOf } from '../../support/temp-store.ts'

const anyState = fc.record(
  {
    n: fc.integer(),
    f64: fc.float64Array(),
    f32: fc.float32Array(),
    i32: fc.int32Array(),
    u32: fc.uint32Array(),
    u8: fc.uint8Array(),
    last: fc.float64Array({ maxLength: 2 }),
  },
  { noNullPrototype: true },
)

describe('a staged snapshot', () => {
  it('is unstaged as it was, bit for bit, for all states in a row', () => {
    const staging = createStaging()
    fc.assert(
      fc.property(anyState, (state) => {
        const snapshot = takeApart(state)
        const staged = structuredClone(staging.stage(snapshot)) // as it crosses to the writer
        const back = unstage(staged)
        expect(putTogether(back)).toStrictEqual(state)
        expect(back.arrays.map(({ data }) => sha256(bytesOf(data)))).toEqual(
          snapshot.arrays.map(({ data }) => sha256(bytesOf(data))),
        )
      }),
    )
  })

  it('is a copy: the state may move on', () => {
    const x = Float64Array.of(1, 2, 3)
    const staged = createStaging().stage(takeApart({ x }))
    x.fill(9)
    expect(unstage(staged).arrays[0]!.data).toEqual(Float64Array.of(1, 2, 3))
  })

  it('may be empty', () => {
    const snapshot = takeApart({ a: 1 })
    expect(unstage(createStaging().stage(snapshot))).toEqual(snapshot)
  })
})

const anyRow = fc.record({ at: fc.integer(), note: fc.string() }, { noNullPrototype: true })

describe('a staged stream', () => {
  it('carries the new rows, those of a column bit for bit, whatever lies beside them', () => {
    const staging = createStaging()
    fc.assert(
      fc.property(
        fc.float64Array({ maxLength: 20 }),
        fc.array(fc.oneof(fc.integer(), fc.string(), anyRow), { maxLength: 20 }),
        fc.uint8Array({ maxLength: 5 }),
        fc.nat(20),
        (numbers, list, bytes, from) => {
          const state = { equity: { column: numbers, length: numbers.length }, list, bytes }
          const since = new Map([
            ['equity', Math.min(from, numbers.length)],
            ['list', Math.min(from, list.length)],
          ])
          const snapshot = takeApart(state, { appendOnly: ['list'], since })
          const back = unstage(structuredClone(staging.stage(snapshot)))
          expect(back).toStrictEqual(snapshot)
          const [sent, had] = [back, snapshot].map(
            ({ streams }) => streams[0]!.rows as Float64Array,
          )
          expect(sha256(bytesOf(sent!)), 'NaN payloads too').toBe(sha256(bytesOf(had!)))
        },
      ),
    )
  })
})

describe('the staging buffer', () => {
  it('is used again while the state fits', () => {
    const { stage } = createStaging()
    const { buffer } = stage(takeApart(stateOf(1)))
    for (let seed = 2; seed < 5; seed++) expect(stage(takeApart(stateOf(seed))).buffer).toBe(buffer)
  })

  it('grows with the state, with room to spare, so that a growing column does not renew it each time', () => {
    const { stage } = createStaging()
    const buffers = new Set<SharedArrayBuffer>()
    for (let length = 100; length < 200; length++)
      buffers.add(stage(takeApart({ x: new Float64Array(length) })).buffer)
    expect(buffers.size).toBeLessThanOrEqual(5)
    for (const buffer of buffers) expect(buffer.byteLength).toBeGreaterThan(800)
  })

  it('is shared, not copied, when it is posted', () => {
    const staged = createStaging().stage(takeApart(stateOf(1)))
    const posted = structuredClone(staged)
    new Uint8Array(staged.buffer)[0]! ^= 255
    expect(new Uint8Array(posted.buffer)[0]).toBe(new Uint8Array(staged.buffer)[0])
  })
})
