import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appendTo, emptyColumn, filled, type Column } from '../../../src/core/snapshot.ts'

describe('a growing column', () => {
  it('holds what was appended, in order, whatever room it began with', () => {
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.array(fc.double(), { maxLength: 3000, size: 'max' }),
        (capacity, values) => {
          const column = emptyColumn(capacity)
          for (const value of values) appendTo(column, value)
          expect(filled(column)).toEqual(Float64Array.from(values))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('doubles when it is full, so that n appends copy less than 2n values', () => {
    const column = emptyColumn(1)
    const buffers = new Set<Float64Array>()
    for (let i = 0; i < 100_000; i++) {
      appendTo(column, i)
      buffers.add(column.column)
    }
    const copied = [...buffers].slice(0, -1).reduce((sum, { length }) => sum + length, 0)
    expect(copied).toBeLessThan(200_000)
    expect(buffers.size).toBeLessThan(10)
  })

  it('that was restored without spare room goes on growing, and leaves the restored bytes alone', () => {
    const saved = Float64Array.of(1, 2, 3)
    const column: Column = { column: saved, length: 3 }
    appendTo(column, 4)
    expect(filled(column)).toEqual(Float64Array.of(1, 2, 3, 4))
    expect(saved).toEqual(Float64Array.of(1, 2, 3))
  })
})
