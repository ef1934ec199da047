import { createHash } from 'node:crypto'
import { endianness } from 'node:os'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BAR_COLUMNS, sliceBars } from '../../../src/data/bars.ts'
import { compareFingerprints, fingerprintBars } from '../../../src/data/fingerprint.ts'
import { exampleBars } from '../../support/example-bars.ts'
import { makeBars } from '../../support/make-bars.ts'

const COLUMNS = ['timestampMs', ...BAR_COLUMNS] as const

describe('fingerprintBars', () => {
  it('hashes the little-endian bytes of each column', () => {
    expect(endianness(), 'so that memory order is file order here').toBe('LE')
    const bars = exampleBars()
    const { rows, firstMs, lastMs, columns } = fingerprintBars(bars)
    expect([rows, firstMs, lastMs], 'the ends of the S&P 500 example').toEqual([
      5105,
      Date.UTC(2000, 0, 3),
      Date.UTC(2020, 3, 17),
    ])
    for (const column of COLUMNS)
      expect(columns[column], 'node:crypto over the memory of the column').toBe(
        createHash('sha256').update(bars[column]).digest('hex'),
      )
  })

  it('does not depend on the memory that the bars are a part of', () => {
    const bars = makeBars(100)
    const part = sliceBars(bars, 20, 60)
    const copy = { ...part }
    for (const column of COLUMNS) copy[column] = bars[column].slice(20, 60)
    expect(fingerprintBars(part), 'a view and a copy are the same bars').toEqual(
      fingerprintBars(copy),
    )
  })

  it('changes with any single bit of any column', () => {
    const recorded = fingerprintBars(makeBars(20))
    fc.assert(
      fc.property(fc.constantFrom(...COLUMNS), fc.nat(20 * 64 - 1), (column, bit) => {
        const bars = makeBars(20)
        const bytes = new Uint8Array(bars[column].buffer)
        bytes[bit >> 3]! ^= 1 << (bit & 7)
        const actual = fingerprintBars(bars)
        expect(actual.columns[column], 'that column').not.toBe(recorded.columns[column])
        expect(compareFingerprints(recorded, actual).length, 'and says so').toBeGreaterThan(0)
      }),
    )
  })

  it('is the same for every NaN', () => {
    expect(withNaN(0xfff8_0000_0000_1234n), 'payload and sign are no data').toEqual(
      withNaN(0x7ff8_0000_0000_0000n),
    )
  })

  it('of no bars has no ends', () => {
    expect(fingerprintBars(makeBars(0)), 'null, for JSON').toMatchObject({
      rows: 0,
      firstMs: null,
      lastMs: null,
    })
  })

  it('survives JSON', () => {
    const recorded = fingerprintBars(makeBars(5))
    const again = JSON.parse(JSON.stringify(recorded)) as typeof recorded
    expect(compareFingerprints(again, recorded), 'as a checkpoint stores it').toEqual([])
  })
})

function withNaN(bits: bigint) {
  const bars = makeBars(3)
  new BigUint64Array(bars.close.buffer)[1] = bits
  return fingerprintBars(bars)
}

describe('compareFingerprints', () => {
  const bars = exampleBars()
  const recorded = fingerprintBars(bars)

  it('says how many rows there are, and which ends have moved', () => {
    expect(
      compareFingerprints(recorded, fingerprintBars(sliceBars(bars, 0, 5104))),
      'the last row is gone',
    ).toEqual([
      'There were 5 105 rows, now there are 5 104.',
      'The last bar was 2020-04-17, now it is 2020-04-16.',
    ])
    expect(
      compareFingerprints(recorded, fingerprintBars(sliceBars(bars, 1, 5105))),
      'the first row is gone',
    ).toEqual([
      'There were 5 105 rows, now there are 5 104.',
      'The first bar was 2000-01-03, now it is 2000-01-04.',
    ])
  })

  it('names the columns that differ', () => {
    const changed = makeBars(9)
    changed.close[3]! += 0.01
    changed.volume[8] = 1
    changed.timestampMs[4]! += 1
    expect(
      compareFingerprints(fingerprintBars(makeBars(9)), fingerprintBars(changed)),
      'those three',
    ).toEqual(['The timestamps differ.', 'The close differs.', 'The volume differs.'])
  })
})
