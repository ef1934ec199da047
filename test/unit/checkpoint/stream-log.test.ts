import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bytesOfRows,
  cutSegments,
  openStreamLog,
  takeRows,
  type Segment,
  type StreamLog,
} from '../../../src/checkpoint/stream-log.ts'
import type { Lane } from '../../../src/store/blob-table.ts'
import { sha256, type Json } from '../../../src/core/hash.ts'
import type { Stream } from '../../../src/core/snapshot.ts'

const MAX_SEGMENTS = 64

/** Rows as stored bytes, by what a segment means: what a disk would hold. */
class Disk {
  readonly bytes = new Map<string, Uint8Array>()
  written = 0

  /** Stores what is not there yet, as a save does; acknowledged, the log goes on from it. */
  save(log: StreamLog, isAcknowledged = true, lane: Lane = 0): readonly Segment[] {
    const segments = cutSegments(log, lane, sha256)
    if (!isAcknowledged) return segments
    for (const segment of segments)
      if (!this.bytes.has(segment.facts.sha256)) {
        this.bytes.set(segment.facts.sha256, bytesOfRows(log, segment).slice())
        this.written += segment.facts.rawBytes
      }
    log.segments[lane] = segments
    return segments
  }

  rowsOf(segments: readonly Segment[]): unknown[] {
    return segments.flatMap(({ facts }) => {
      const bytes = this.bytes.get(facts.sha256)!
      return facts.kind === 'rows'
        ? [...new Float64Array(bytes.buffer)]
        : (JSON.parse(new TextDecoder().decode(bytes)) as unknown[])
    })
  }
}

/** The two kinds of append-only parts: rows from a number. */
const KINDS = [
  ['a column', (from: number, to: number) => Float64Array.from(numbers(from, to))],
  ['a list', (from: number, to: number): Json[] => numbers(from, to).map((n) => ({ at: n }))],
] as const

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => (from + i) / 3)
}

const streamOf = (from: number, rows: Stream['rows']): Stream => ({ name: 'part', from, rows })

function expectCovered(segments: readonly Segment[], length: number): void {
  expect(segments[0]!.from).toBe(0)
  expect(segments.at(-1)!.to).toBe(length)
  for (const [i, { from, to }] of segments.entries()) {
    if (i > 0) expect(from).toBe(segments[i - 1]!.to)
    expect(to > from || length === 0).toBe(true)
  }
  expect(segments.length).toBeLessThanOrEqual(MAX_SEGMENTS)
}

describe.each(KINDS)('%s', (_, rowsOf) => {
  const anyStep = fc.record({
    grow: fc.nat(50),
    end: fc.constantFrom('acknowledged', 'acknowledged', 'acknowledged', 'failed', 'resumed'),
  })

  it('is always all its rows, whatever was saved, failed and resumed in between', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 200 }), (steps) => {
        const disk = new Disk()
        let log = openStreamLog(streamOf(0, rowsOf(0, 0)))
        let acknowledged: readonly Segment[] = []
        let length = 0
        let saved = 0
        for (const { grow, end } of steps) {
          takeRows(log, streamOf(length, rowsOf(length, length + grow)))
          length += grow
          const segments = disk.save(log, end !== 'failed')
          expectCovered(segments, length)
          if (end === 'failed') continue
          acknowledged = segments
          saved = length
          expect(disk.rowsOf(segments)).toEqual([...rowsOf(0, length)])
          if (end === 'resumed') {
            log = openStreamLog(streamOf(0, rowsOf(0, saved)))
            log.segments[0] = acknowledged
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('that is rewound, as by a resume from an older checkpoint, forgets what came after', () => {
    const disk = new Disk()
    const log = openStreamLog(streamOf(0, rowsOf(0, 10)))
    disk.save(log)
    takeRows(log, streamOf(10, rowsOf(10, 20)))
    disk.save(log)
    takeRows(log, streamOf(5, rowsOf(100, 107)))
    const segments = disk.save(log)
    expectCovered(segments, 12)
    expect(disk.rowsOf(segments)).toEqual([...rowsOf(0, 5), ...rowsOf(100, 107)])
  })

  it('stores only its new rows at a save, and nothing at a save without new ones', () => {
    const disk = new Disk()
    const log = openStreamLog(streamOf(0, rowsOf(0, 1000)))
    const first = disk.save(log)
    expect(disk.save(log)).toEqual(first)
    takeRows(log, streamOf(1000, rowsOf(1000, 1007)))
    const second = disk.save(log)
    expect(second.slice(0, -1)).toEqual(first)
    expect(second.at(-1)).toMatchObject({ from: 1000, to: 1007, facts: { shape: [7] } })
  })

  it('stores in each lane all of its rows, those that the other has stored too', () => {
    const [even, odd] = [new Disk(), new Disk()]
    const log = openStreamLog(streamOf(0, rowsOf(0, 10)))
    even.save(log, true, 0)
    takeRows(log, streamOf(10, rowsOf(10, 15)))
    expect(odd.rowsOf(odd.save(log, true, 1))).toEqual([...rowsOf(0, 15)])
    takeRows(log, streamOf(15, rowsOf(15, 16)))
    const segments = even.save(log, true, 0)
    expect(segments.map(({ from, to }) => [from, to])).toEqual([
      [0, 10],
      [10, 16],
    ])
    expect(even.rowsOf(segments)).toEqual([...rowsOf(0, 16)])
  })

  it('without rows has one empty segment, which goes with the first row', () => {
    const log = openStreamLog(streamOf(0, rowsOf(0, 0)))
    const disk = new Disk()
    expect(disk.save(log)).toMatchObject([{ from: 0, to: 0 }])
    takeRows(log, streamOf(0, rowsOf(0, 3)))
    expect(disk.save(log)).toMatchObject([{ from: 0, to: 3 }])
  })
})

describe('an equity curve that is saved thousands of times', () => {
  it.each([
    ['a row at a time', () => 1],
    ['many rows at a time', () => 40],
    ['by turns much and little', (i: number) => (i % 10 === 0 ? 200 : 1)],
  ])('%s has few segments, and each row is written a few times only', (_, growOf) => {
    const log = openStreamLog(streamOf(0, new Float64Array(0)))
    let [length, most, written] = [0, 0, 0]
    for (let i = 0; i < 3000; i++) {
      const grow = growOf(i)
      takeRows(log, streamOf(length, Float64Array.from(numbers(length, length + grow))))
      length += grow
      const before = new Set(log.segments[0].map(({ facts }) => facts))
      log.segments[0] = cutSegments(log, 0, sha256)
      most = Math.max(most, log.segments[0].length)
      for (const segment of log.segments[0])
        if (!before.has(segment.facts)) written += segment.to - segment.from
    }
    expect(most).toBeLessThanOrEqual(MAX_SEGMENTS)
    expect(written / length, 'times that a row was written').toBeLessThan(6)
  })
})
