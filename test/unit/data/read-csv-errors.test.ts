import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { MAX_LINE_CHARACTERS } from '../../../src/data/csv-lines.ts'
import { parseCsvBars, readCsvBars } from '../../../src/data/read-csv.ts'
import { CSV_HEADER, csvText, piecesOf, tempDirectory, tempFile } from '../../support/csv-files.ts'

const GOOD = '2020-01-01,1,2,1,2,100'

/** The error of reading `text`, which must be DATA_INVALID. */
async function refusal(
  text: string | Uint8Array,
  cuts: readonly number[] = [],
): Promise<KtrdrError> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  return caught(parseCsvBars(piecesOf(bytes, cuts), 'bars.csv'), 'DATA_INVALID')
}

async function caught(reading: Promise<unknown>, code: string): Promise<KtrdrError> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof KtrdrError)) throw new Error(`expected ${code}, got ${String(error)}`)
  expect(error.code, 'the code').toBe(code)
  return error
}

/** [what the third line is, what the message says after `bars.csv:3: `] */
const BAD_LINES: readonly (readonly [line: string, message: RegExp])[] = [
  ['2020-01-02,1,2,1,2', /^there are 5 fields, expected 6 as in the header; .+\.$/],
  ['2020-01-02,1,2,1,2,3,4', /^there are 7 fields, expected 6/],
  ['2020-01-02,"1,234",2,1,2,3', /^open is "1,234", expected a plain number such as 1234.5; .+\.$/],
  ['2020-01-02,,2,1,2,3', /^open is empty, expected a plain number/],
  ['2020-01-02,1,2,1,2,', /^volume is empty/],
  ['2020-01-02,1,NaN,1,2,3', /^high is "NaN"/],
  ['2020-01-02,1,2,null,2,3', /^low is "null"/],
  ['2020-01-02,1,2,1,1e999,3', /^close is "1e999"/],
  ['2020-01-02,1,Infinity,1,2,3', /^high is "Infinity"/],
  ['2020-01-02,0x10,2,1,2,3', /^open is "0x10"/],
  ['2020-01-02,1_000,2,1,2,3', /^open is "1_000"/],
  ['2020-01-02,$1,2,1,2,3', /^open is "\$1"/],
  ['2020-01-02,1 2,2,1,2,3', /^open is "1 2"/],
  ['2020-01-02,.,2,1,2,3', /^open is "\."/],
  ['2020-01-02,1\0,2,1,2,3', /^open is "1\\u0000"/],
  ['2020-01-02,\u202E1\u009b,2,1,2,3', /^open is "\\u202e1\\u009b"/],
  [`2020-01-02,${'9'.repeat(200)}x,2,1,2,3`, /^open is "9{40}…", expected/],
  ['2021-02-30,1,2,1,2,3', /^"2021-02-30" is not a day of the calendar\.$/],
  ['04/05/2020,1,2,1,2,3', /^"04\/05\/2020" may mean day-month or month-day; write it as/],
  ['yesterday,1,2,1,2,3', /^"yesterday" is not a timestamp; expected an ISO date such as/],
  [',1,2,1,2,3', /^"" is not a timestamp/],
  ['20200102,1,2,1,2,3', /^"20200102" is a number whose unit cannot be told/],
  [
    '1577923200,1,2,1,2,3',
    /^"1577923200" is epoch seconds, expected an ISO date without offset as/,
  ],
  ['2020-01-02T00:00Z,1,2,1,2,3', /^"2020-01-02T00:00Z" is an ISO date with offset, expected an/],
  ['2020-01-02,"1"x,2,1,2,3', /^a quoted field does not end where it should/],
  ['2020-01-02,1,2,1,2,"3', /^a quoted field does not end where it should/],
]

describe('a line that is no bar', () => {
  for (const [line, message] of BAD_LINES)
    it(`is refused with its line number: ${JSON.stringify(line.slice(0, 40))}`, async () => {
      const text = `${CSV_HEADER}\n${GOOD}\n${line}\n`
      for (const variant of [text, text.trimEnd(), text.replaceAll('\n', '\r\n')]) {
        const error = await refusal(variant)
        expect(error.message.slice(0, 12), 'file and line').toBe('bars.csv:3: ')
        expect(error.message.slice(12), 'what and the remedy').toMatch(message)
      }
    })

  it('is found on the same line wherever the bytes are cut', async () => {
    const text = `${CSV_HEADER}\n\n${GOOD}\n2020-01-02,1,"2,1,2,3\n2020-01-03,"1,2\n",x,2,3\n`
    const whole = await refusal(text)
    expect(whole.message.slice(0, 12), 'the line where the quote opens').toBe('bars.csv:4: ')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
        expect((await refusal(text, cuts)).message, 'cuts are invisible').toBe(whole.message)
      }),
    )
  })

  it('is one of the first five shown, with the count of all', async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => [
      '2020-01-01',
      i % 2 ? '1' : 'x',
      '2',
      '1',
      '2',
      '3',
    ])
    const error = await refusal(csvText(rows))
    const lines = error.message.split('\n')
    expect(lines[0], 'the count first').toBe('bars.csv has 500 problems:')
    expect(
      lines.slice(1, 6).map((line) => line.slice(0, 14).trim()),
      'every second line of the file',
    ).toEqual(['bars.csv:2:', 'bars.csv:4:', 'bars.csv:6:', 'bars.csv:8:', 'bars.csv:10:'])
    expect(lines.slice(6), 'and the rest as a number').toEqual(['  … and 495 more.'])
    expect(error.details, 'facts for --json').toMatchObject({ file: 'bars.csv', count: 500 })
  })

  it('is one whose quotes are wrong in a column that is not used', async () => {
    const notes = ['"over two\nlines"', '"text"after', '"text"after"']
    for (const note of notes) {
      const error = await refusal(`${CSV_HEADER},note\n${GOOD},\n${GOOD},${note}\n${GOOD},"x\ny"\n`)
      expect(error.message, 'what follows may not be what it seems').toMatch(
        /^bars\.csv:3: a quoted field does not end where it should/,
      )
    }
  })

  it('is one that ends within a character', async () => {
    const bytes = [...new TextEncoder().encode(`${CSV_HEADER}\n${GOOD}`), 0xc3]
    const error = await refusal(Uint8Array.from(bytes))
    expect(error.message, 'a cut file is not read as if whole').toMatch(/:2: volume is "100\uFFFD"/)
  })

  it('does not hide behind the change of an epoch unit', async () => {
    const error = await refusal('time,o,h,l,c\n1577836800,1,1,1,1\n1577836860000,1,1,1,1\n')
    expect(error.message, 'one unit for the whole file').toMatch(
      /^bars\.csv:3: "1577836860000" is epoch milliseconds, expected epoch seconds/,
    )
  })
})

describe('a header that cannot be read', () => {
  const HEADERS: readonly (readonly [text: string, message: RegExp])[] = [
    [
      `${GOOD}\n`,
      /^bars\.csv:1: the file begins with data, expected a header; add a first line such as date,open/,
    ],
    [`\n\n1577836800;1;2;1;2;3\n`, /^bars\.csv:3: the file begins with data/],
    [
      'date,open,high,close\n',
      /^bars\.csv:1: the header has no low column \(it has "date", "open", "high", "close"\)/,
    ],
    ['price,open,high,low,close\n', /^bars\.csv:1: the header has no date column/],
    [
      'hello\n',
      /^bars\.csv:1: the header has no date, open, high, low, close column \(it has "hello"\)/,
    ],
    [
      'date,open,Open,high,low,close\n',
      /^bars\.csv:1: "open" and "Open" both name the open column/,
    ],
    [
      'date,Date,open,high,low,close\n',
      /^bars\.csv:1: "date" and "Date" both name the time column/,
    ],
    [
      'Date,Time,open,high,low,close\n',
      /^bars\.csv:1: date and time are two columns, expected one/,
    ],
    [`${CSV_HEADER}\r${GOOD}\r`, /^bars\.csv:1: lines end with CR alone/],
    ['', /^bars\.csv is empty\.$/],
    [' \n\r\n\n', /^bars\.csv is empty\.$/],
  ]
  for (const [text, message] of HEADERS)
    it(`is refused: ${JSON.stringify(text.slice(0, 50))}`, async () => {
      expect((await refusal(text)).message, 'what, expected, remedy').toMatch(message)
    })
})

/** A good file whose second line has so many characters. */
function fileOfLine(length: number): string {
  return `${CSV_HEADER},note\n${GOOD},${'x'.repeat(length - GOOD.length - 1)}\n${GOOD},\n`
}

describe('a monster', () => {
  it('of a line without end is refused before it is in memory', async () => {
    let pulled = 0
    async function* endless() {
      const piece = new Uint8Array(1 << 20).fill(0x78)
      yield new TextEncoder().encode(`${CSV_HEADER}\n${GOOD}\n`)
      while (pulled < 1024) {
        pulled++
        yield piece
      }
    }
    const error = await caught(parseCsvBars(endless(), 'bars.csv'), 'DATA_INVALID')
    expect(error.message, 'the line that does not end').toMatch(/^bars\.csv:3: the line is longer/)
    expect(pulled, 'MiB read of a line of 1 GiB').toBe(1)
  })

  it('of a gzip that unpacks to a line without end is refused', async () => {
    const path = tempFile(gzipSync(new Uint8Array(64 << 20)), 'bomb.csv.gz')
    const error = await caught(readCsvBars(path), 'DATA_INVALID')
    expect(error.message, 'the limit is on what comes out').toContain(':1: the line is longer')
  })

  it('of a line just over the limit is refused, and one at the limit is read', async () => {
    const bytes = new TextEncoder().encode(fileOfLine(MAX_LINE_CHARACTERS))
    const { bars } = await parseCsvBars(piecesOf(bytes), 'bars.csv')
    expect(bars.length, '64 KiB is allowed').toBe(2)
    const tooLong = fileOfLine(MAX_LINE_CHARACTERS + 1)
    for (const cuts of [[], [70_000], [100, 1000, 60_000]])
      expect((await refusal(tooLong, cuts)).message, 'whatever the cuts').toMatch(
        /^bars\.csv:2: the line is longer than 65536 characters, expected one bar per line; /,
      )
  })

  it('of a number that invites backtracking is refused at once', async () => {
    const digits = '1'.repeat(MAX_LINE_CHARACTERS - 100)
    const rows = Array.from({ length: 50 }, () => `2020-01-01,${digits}x,2,1,2,3`)
    const error = await refusal(`${CSV_HEADER}\n${rows.join('\n')}`)
    expect(error.details, 'linear time for each').toMatchObject({ count: 50 })
  })

  it('of too many rows is refused', async () => {
    const bytes = new TextEncoder().encode(
      csvText(Array.from({ length: 11 }, () => GOOD.split(','))),
    )
    const reading = (maxRows: number) => parseCsvBars(piecesOf(bytes), 'bars.csv', { maxRows })
    expect((await reading(11)).bars.length, 'the limit itself is fine').toBe(11)
    expect((await caught(reading(10), 'DATA_INVALID')).message, 'the limit').toBe(
      'bars.csv has more than 10 bars.',
    )
  })

  it('of any bytes is either read or refused with DATA_INVALID', async () => {
    const csvLike = fc
      .array(
        fc.constantFrom(
          'date',
          'open,high',
          ',low,close',
          ',',
          '"',
          '\n',
          '\r',
          '\0',
          ';',
          '\t',
          '1',
          '-',
          'e9',
          '2020-01-01',
          '\uFEFF',
          '€',
        ),
      )
      .map((parts) => new TextEncoder().encode(`date,open,high,low,close\n${parts.join('')}`))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), csvLike), async (bytes) => {
        const code = await parseCsvBars(piecesOf(bytes), 'bars.csv').then(
          ({ bars, lines }) => (bars.length === lines.length ? 'read' : 'uneven'),
          (error: unknown) => (error instanceof KtrdrError ? error.code : error),
        )
        expect(['read', 'DATA_INVALID'], 'never a crash').toContain(code)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a file that is no CSV', () => {
  const FILES: readonly (readonly [name: string, bytes: Uint8Array, message: RegExp])[] = [
    ['UTF-16', Buffer.from('\uFEFFdate,open', 'utf16le'), /is UTF-16 text; save it as UTF-8/],
    ['a workbook', Buffer.from('PK\u0003\u0004rest'), /is a zip archive or an Excel workbook/],
    ['Parquet', Buffer.from('PAR1rest'), /is a Parquet file/],
    ['damaged gzip', gzipSync(CSV_HEADER.repeat(99)).fill(7, 20), /is damaged: its gzip data/],
    ['cut gzip', gzipSync(CSV_HEADER).subarray(0, 20), /is damaged: its gzip data/],
    ['gzip of two bytes', Uint8Array.of(0x1f, 0x8b), /is damaged: its gzip data/],
    ['nothing', new Uint8Array(), /is empty/],
  ]
  for (const [name, bytes, message] of FILES)
    it(`is named for what it is: ${name}`, async () => {
      const error = await caught(readCsvBars(tempFile(bytes)), 'DATA_INVALID')
      expect(error.message, 'what it is, and what to do').toMatch(message)
    })

  it('is a directory: refused, with the files in it', async () => {
    const file = tempFile(csvText([]), 'eurusd.csv')
    const directory = file.slice(0, -'/eurusd.csv'.length)
    const error = await caught(readCsvBars(directory), 'DATA_INVALID')
    expect(error.message, 'what it is').toBe(
      `${directory} is a directory, not a file with price bars.`,
    )
    expect(error.suggestions, 'what may be meant').toEqual([file])
  })

  it('is a device: refused without reading it', async () => {
    const error = await caught(readCsvBars('/dev/zero'), 'DATA_INVALID')
    expect(error.message, 'what it is').toBe('/dev/zero is a device, expected a regular file.')
  })

  it('is missing: refused, with the nearest names', async () => {
    const file = tempFile('', 'sp500-1d.csv')
    const error = await caught(
      readCsvBars(file.replace('sp500-1d.csv', 'SP500_1D.CSV')),
      'FILE_NOT_FOUND',
    )
    expect(error.suggestions, 'the name that was meant').toEqual([file])
    expect(error.exitCode, 'not found').toBe(4)
    const other = await caught(readCsvBars(file.replace('sp500-1d', 'gold')), 'FILE_NOT_FOUND')
    expect(other.suggestions, 'nothing near').toEqual([])
  })

  it('is in a missing directory: refused', async () => {
    const directory = `${tempDirectory()}/none`
    const error = await caught(readCsvBars(`${directory}/bars.csv`), 'FILE_NOT_FOUND')
    expect(error.message, 'which part is missing').toBe(
      `There is no directory ${directory} for bars.csv.`,
    )
  })
})
