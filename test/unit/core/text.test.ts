import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cursorText, placeText, type Cursor } from '../../../src/core/operation.ts'
import { counted, grouped } from '../../../src/core/text.ts'

describe('figures for people', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1 000'],
    [31_104, '31 104'],
    [1_234_567, '1 234 567'],
    [-1000, '-1 000'],
  ])('%d is spelled "%s"', (n, text) => expect(grouped(n)).toBe(text))

  it('lose no digit and stand in groups of three', () => {
    fc.assert(
      fc.property(fc.nat(), (n) => {
        expect(Number(grouped(n).replaceAll(' ', ''))).toBe(n)
        expect(grouped(n)).toMatch(/^\d{1,3}( \d{3})*$/)
      }),
    )
  })

  it.each([
    [1, 'bar', '1 bar'],
    [0, 'bar', '0 bars'],
    [2, 'bar', '2 bars'],
    [1, 'batch', '1 batch'],
    [4000, 'batch', '4 000 batches'],
  ])('%d %s reads "%s"', (n, unit, text) => expect(counted(n, unit)).toBe(text))
})

describe('a cursor in words', () => {
  const at = (within: Cursor['within']): Cursor => ({ unit: 'epoch', at: 29, of: 100, within })

  it.each([
    ['between epochs', null, '', ''],
    ['inside one', { unit: 'batch', at: 120, of: 400 }, ' +120/400 batches', ' (+120/400 batches)'],
    ['at the very start of one', { unit: 'batch', at: 0, of: 400 }, '', ''],
  ])('%s', (_, within, part, partOfPlace) => {
    expect(cursorText(at(within))).toBe(`epoch 29${part}`)
    expect(placeText(at(within))).toBe(`epoch 29 of 100${partOfPlace}`)
  })
})
