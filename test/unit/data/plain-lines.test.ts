import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { parseCsvBars } from '../../../src/data/read-csv.ts'
import { piecesOf } from '../../support/csv-files.ts'

// Two ways through a CSV file: byte by byte, and through the splitter with its quotes. One quoted field in
// each line forces the second; what is read, and what is refused, must be the same.

type Line = readonly [stamp: string, open: string, close: string]

async function read(lines: readonly Line[], note: string) {
  const rows = lines.map(([stamp, open, close]) =>
    [stamp, open, '9', '1', close, '5', note].join(','),
  )
  // Blank lines behind them: near the end of a block, lines are not read in the quick way.
  const blank = Array.from({ length: 40 }, () => '')
  const text = [`date,open,high,low,close,volume,${note}`, ...rows, ...blank].join('\n')
  const bytes = new TextEncoder().encode(text)
  try {
    const { bars, lines: numbers } = await parseCsvBars(piecesOf(bytes), 'bars.csv')
    return { bars, numbers }
  } catch (error) {
    if (error instanceof KtrdrError) return error.message
    throw error
  }
}

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^\\d{${min},${max}}$`))
const decimal = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc
    .tuple(fc.constantFrom('', '-', '+'), digits(0, 20), digits(0, 25))
    .map(([sign, whole, part]) => `${sign}${whole}.${part}`),
  digits(1, 22),
  fc.constantFrom('1.', '.5', '-0', '1e3', ' 7', '7\t', '', '.', '-', '1-', '0x1', '1.2.3', 'NaN'),
)
const moment = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())
const stamp = fc.oneof(
  moment.map((iso) => iso.slice(0, 10)),
  moment.map((iso) => iso.slice(0, 16)),
  moment.map((iso) => iso.slice(0, 19).replace('T', ' ')),
  moment.map((iso) => `${iso.slice(0, 19)}Z`),
  moment.map((iso) => `${iso.slice(0, 16)}Z`),
  moment.map((iso) => `${iso.slice(0, 19)}+05:30`),
  moment,
  moment.map((iso) => String(Math.floor(Date.parse(iso) / 1000))),
  moment.map((iso) => String(Date.parse(iso))),
  fc.constantFrom('2021-02-29', '2020-02-29', '2020-01-01T24:00', '2020-01-01 10:60', '2020-1-1'),
  fc.constantFrom('2020-01-01T10:00:61Z', '2020-01-01x10:00', '2020-01-01T1a:00', '2020-01-0Z', ''),
  fc.constantFrom(
    '0123456789',
    '123456789',
    '99999999999',
    '2020-01-01T10-00',
    '2020-01-01T10:00Z ',
  ),
)

describe('plain lines', () => {
  it('are read as those with quotes, in whatever way they are written', async () => {
    const line = fc.tuple(stamp, decimal, decimal)
    const ofOneKind = stamp.chain((first) =>
      fc.array(fc.tuple(fc.constant(first), decimal, decimal), { minLength: 1, maxLength: 8 }),
    )
    const files = fc.oneof(fc.array(line, { minLength: 1, maxLength: 8 }), ofOneKind)
    await fc.assert(
      fc.asyncProperty(files, async (lines) => {
        expect(await read(lines, 'x')).toEqual(await read(lines, '"x"'))
      }),
      { numRuns: 500 },
    )
  })

  it('give the number nearest to each decimal, as Number does', async () => {
    const prices = fc.tuple(digits(1, 9), digits(1, 12)).map(([whole, part]) => `${whole}.${part}`)
    await fc.assert(
      fc.asyncProperty(fc.array(prices, { minLength: 1, maxLength: 50 }), async (texts) => {
        const found = await read(
          texts.map((text) => ['2020-01-01', text, '2'] as const),
          'x',
        )
        expect(typeof found === 'string' ? found : [...found.bars.open]).toEqual(texts.map(Number))
      }),
    )
  })

  it.each([
    '19:0-01-01T00:00:00Z',
    '2000-0:-01T00:00:00Z',
    '2000-01:01T00:00:00Z',
    '2000-01-01T24:00:00Z',
    '2000-01-01T00:60:00Z',
    '2000-01-01T00:00:60Z',
    '2000-01-01T00-00:00Z',
    '2000-01-01T00:0x:00Z',
    '2000-01-01T00:00:00',
    '2000-01-01Z',
    '2000-01-01T00:00:00ZZ',
    '946684800',
  ])('take %s for no moment between two that are', async (stampText) => {
    const lines = ['2000-01-01T00:00:00Z', '2000-01-01T00:01:00Z', stampText].map(
      (text) => [text, '2', '2'] as const,
    )
    const found = await read(lines, 'x')
    expect(found).toEqual(await read(lines, '"x"'))
    expect(found).toMatch(/^bars\.csv:4: /)
  })

  it.each<[string, readonly string[]]>([
    ['days', ['1969-12-31', '2020-02-29', '2020-02-29', '2024-12-31']],
    ['minutes', ['1969-12-31T23:59', '2020-02-29 00:00', '2020-02-29T23:30']],
    ['seconds', ['1969-12-31 23:59:59', '2020-02-29T00:00:01']],
    ['seconds of UTC', ['1969-12-31T23:59:59Z', '2020-02-29 00:00:01Z', '2020-02-29T10:00Z']],
  ])('give the moments of %s', async (_, stamps) => {
    const found = await read(
      stamps.map((text) => [text, '2', '2'] as const),
      'x',
    )
    const expected = stamps.map((text) => {
      const iso = text.replace(' ', 'T').replace('Z', '')
      return Date.parse(iso.length === 10 ? iso : `${iso}Z`)
    })
    expect(typeof found === 'string' ? found : [...found.bars.timestampMs]).toEqual(expected)
  })

  it('give the moments of epochs', async () => {
    const moments = async (texts: readonly string[]) => {
      const found = await read(
        texts.map((text) => [text, '2', '2'] as const),
        'x',
      )
      return typeof found === 'string' ? found : [...found.bars.timestampMs]
    }
    expect(await moments(['1577836800', '1577836801'])).toEqual([1577836800000, 1577836801000])
    expect(await moments(['1577836800123', '1577836800124'])).toEqual([
      1577836800123, 1577836800124,
    ])
  })
})
