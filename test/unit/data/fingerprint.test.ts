import { createHash } from 'node:crypto'
import { endianness } from 'node:os'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BAR_COLUMNS, sliceBars } from '../../../src/data/bars.ts'
import { fingerprintBars } from '../../../src/data/fingerprint.ts'
import { exampleBars } from '../../support/example-bars.ts'
import { makeBars } from '../../support/make-bars.ts'

const COLUMNS = ['timestampMs', ...BAR_COLUMNS] as const

describe('fingerprintBars', () => {
  it('hashes the little-endian bytes of each column', () => {
    expect(endianness(), 'so that memory order is file order here').toBe('LE')
    const bars = exampleBars()
    const fingerprint = fingerprintBars(bars)
    expect(fingerprint, 'the S&P 500 example').toMatchObject({
      rows: '5105',
      range: '2000-01-03 … 2020-04-17',
    })
    for (const column of COLUMNS)
      expect(fingerprint[column], 'node:crypto over the memory of the column').toBe(
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
        expect(actual[column], 'that column').not.toBe(recorded[column])
      }),
    )
  })

  it('is the same for every NaN', () => {
    expect(withNaN(0xfff8_0000_0000_1234n), 'payload and sign are no data').toEqual(
      withNaN(0x7ff8_0000_0000_0000n),
    )
  })
})

function withNaN(bits: bigint) {
  const bars = makeBars(3)
  new BigUint64Array(bars.close.buffer)[1] = bits
  return fingerprintBars(bars)
}
