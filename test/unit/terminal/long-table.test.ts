import fc from 'fast-check'
import { expect, it } from 'vitest'
import { table } from '../../../src/terminal/table.ts'

const COLUMNS = [
  { head: 'NAME' },
  { head: 'SIZE', align: 'right', gone: 1 },
  { head: 'LAST' },
] as const
const cell = fc.string({ unit: fc.constantFrom(...'ab1 .-'), maxLength: 12 })
const row = fc.tuple(cell, cell, cell)

it('a table of very many rows looks as one of few does', () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(20, 80),
      (rows, room) => {
        const few = table(COLUMNS, rows, room).split('\n')
        const many = Array.from({ length: 1001 }, (_, i) => rows[i % rows.length]!)
        const long = table(COLUMNS, many, room).split('\n')
        expect(long).toHaveLength(1002)
        expect(long.slice(0, few.length)).toEqual(few)
      },
    ),
    { numRuns: 30 },
  )
})
