import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelled, narrowTable, table, wideTable } from '../../../src/terminal/table.ts'
import { hanging, wrap } from '../../../src/terminal/wrap.ts'

const COLUMNS = [
  { head: 'NAME' },
  { head: 'WHY', gone: 1 },
  { head: 'SIZE', align: 'right', gone: 2 },
] as const

const ROWS = [
  ['a', 'no database row', '1 kB'],
  ['longer', 'crashed', '40.6 kB'],
]

describe('a table', () => {
  it('has columns two spaces apart, no borders, no colour and no spaces at line ends', () => {
    expect(table(COLUMNS, ROWS)).toBe(
      [
        'NAME    WHY                 SIZE',
        'a       no database row     1 kB',
        'longer  crashed          40.6 kB',
      ].join('\n'),
    )
  })

  it('gives up columns in their order, not the width of the terminal', () => {
    const head = (room: number): string => table(COLUMNS, ROWS, room).split('\n')[0]!
    expect(head(32), 'all fits').toBe('NAME    WHY                 SIZE')
    expect(head(31), 'one too few').toBe('NAME       SIZE')
    expect(head(14)).toBe('NAME')
    expect(head(1), 'a name is never given up').toBe('NAME')
  })

  it('is never wider than the terminal while there is a column to give up', () => {
    const cell = fc.string({ unit: 'grapheme-ascii', maxLength: 20 })
    const row = fc.tuple(cell, cell, cell)
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.nat({ max: 80 }),
        (rows, room) => {
          const lines = table(COLUMNS, rows, room).split('\n')
          const alone = Math.max('NAME'.length, ...rows.map(([name]) => name.length))
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(room, alone))
        },
      ),
    )
  })

  it('unmasks what is in its cells', () => {
    expect(table([{ head: 'NAME' }], [['\u001B[31mred']])).toBe('NAME\n\\u001b[31mred')
  })
})

describe('a table of narrow characters', () => {
  const cell = fc
    .array(fc.constantFrom('', 'a', 'é', 'ß', '…', '→', '-', '  ', 'a b', '42', '\n', 'x\ny'), {
      maxLength: 4,
    })
    .map((parts) => parts.join(''))
  /** A table has a head over each column. */
  const rows = fc
    .array(fc.constantFrom('A', 'HEAD', 'KÖRPER'), { minLength: 1, maxLength: 4 })
    .chain((head) => {
      const row = fc.array(cell, { minLength: head.length, maxLength: head.length })
      return fc.array(row, { maxLength: 5 }).map((others) => [head, ...others])
    })

  it('is laid out as the library does, line by line', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (lines, right) => {
        const aligns = lines[0]!.map((_, i) => ((i % 2 === 0) === right ? 'right' : 'left'))
        const trimmed = (text: string) => text.split('\n').map((line) => line.trimEnd())
        expect(trimmed(narrowTable(lines, aligns))).toEqual(trimmed(wideTable(lines, aligns)))
      }),
    )
  })

  it('gives way to the library where characters are wide', () => {
    const lines = table(
      [{ head: 'NAME' }, { head: 'N' }],
      [
        ['日本', '1'],
        ['abcd', '2'],
      ],
    )
    expect(lines.split('\n')).toEqual(['NAME  N', '日本  1', 'abcd  2'])
  })
})

describe('labelled lines', () => {
  it('pad the labels to one width', () => {
    expect(
      labelled(
        [
          ['Data', 'SP500'],
          ['Strategy', 'pullback'],
        ],
        { indent: '  ' },
      ),
    ).toBe('  Data      SP500\n  Strategy  pullback')
  })

  it('go on below themselves when they do not fit', () => {
    expect(
      labelled([['Data', 'SP500 1d  2000-01-03 … 2020-04-17  5 105 bars']], { room: 30 }),
    ).toBe(['Data  SP500 1d  2000-01-03 …', '      2020-04-17  5 105 bars'].join('\n'))
  })

  it('unmask their texts', () => {
    expect(labelled([['Name', 'x\u202Ey']])).toBe('Name  x\\u202ey')
  })
})

describe('wrapping', () => {
  it('leaves a text alone that fits', () => {
    expect(wrap('to be or not', 12)).toEqual(['to be or not'])
  })

  it('breaks at spaces, and never within a word: a path can be copied', () => {
    expect(wrap('see /a/very/long/path for more', 8)).toEqual([
      'see',
      '/a/very/long/path',
      'for more',
    ])
  })

  it('loses no word and makes no line longer than it must be', () => {
    const text = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b', '…'), minLength: 1, maxLength: 12 }),
      {
        minLength: 1,
      },
    )
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (words, width) => {
        const lines = wrap(words.join(' '), width)
        expect(lines.join(' ')).toBe(words.join(' '))
        for (const line of lines) if (line.length > width) expect(line).not.toContain(' ')
      }),
    )
  })

  it('hangs the further lines below the first', () => {
    expect(hanging('! ', 'one gap in the bars', 18)).toBe('! one gap in the\n  bars')
    expect(hanging('', 'some 202 115 parameters', 12)).toBe('some 202 115\nparameters')
    expect(hanging('', 'of them 1 202 115', 16), 'no figure is broken').toBe('of them\n1 202 115')
  })

  it('does not squeeze a text into a column of a few characters', () => {
    expect(hanging('Integrity:       ', 'not verified at all', 20)).toBe(
      'Integrity:       not verified at\n                 all',
    )
  })
})
