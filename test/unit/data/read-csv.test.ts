import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsvBars, readCsvBars } from '../../../src/data/read-csv.ts'
import {
  barsOfRows,
  csvText,
  piecesOf,
  sp500Rows,
  SP500_CSV,
  tempFile,
  type CsvRow,
} from '../../support/csv-files.ts'

const rows = sp500Rows(50)
const expected = barsOfRows(rows)
const plain = csvText(rows)
const epochSeconds = (date: string) => Date.parse(`${date}T00:00:00Z`) / 1000
const encode = (text: string) => new TextEncoder().encode(text)
const parse = (text: string | Uint8Array, cuts: readonly number[] = []) =>
  parseCsvBars(piecesOf(typeof text === 'string' ? encode(text) : text, cuts), 'bars.csv')

const stamped = (stamp: (date: string) => string, header?: string) =>
  csvText(
    rows.map(([date, ...rest]) => [stamp(date), ...rest]),
    header,
  )
const arranged = (header: string, arrange: (row: CsvRow) => readonly string[]) =>
  csvText(rows.map(arrange), header)

const VARIANTS: Record<string, string> = {
  'no newline at the end': plain.trimEnd(),
  'CRLF line ends': plain.replaceAll('\n', '\r\n'),
  'mixed line ends': plain.replace('\n', '\r\n'),
  'a byte order mark': `\uFEFF${plain}`,
  'a byte order mark before a quoted name': `\uFEFF${plain.replace('date', '"date"')}`,
  semicolons: plain.replaceAll(',', ';'),
  tabs: plain.replaceAll(',', '\t'),
  'tabs and an unnamed first column': plain.replace('date', '').replaceAll(',', '\t'),
  'spaces after the commas': plain.replaceAll(',', ', '),
  'every field in quotes': plain.replaceAll(/[^,\n]+/g, '"$&"'),
  'quotes and CRLF': plain.replaceAll(/[^,\n]+/g, '"$&"').replaceAll('\n', '\r\n'),
  'blank lines': `\n \n${plain.replaceAll('\n', '\n\n')}`,
  'lines of empty fields at the end': `${plain},,,,,\n,,,,,\n`,
  'an unnamed first column (pandas)': plain.replace('date', ''),
  'a pandas row number before a named date': arranged(`,${plain.split('\n')[0]!}`, (row) => [
    '7',
    ...row,
  ]),
  'Title Case names': stamped(String, 'Date,Open,High,Low,Close,Volume'),
  'upper-case names': stamped(String, 'DATE,OPEN,HIGH,LOW,CLOSE,VOLUME'),
  'short names': stamped(String, 't,o,h,l,c,v'),
  'the name timestamp': stamped(String, 'timestamp,open,high,low,close,volume'),
  'the name Datetime': stamped(String, 'Datetime,Open,High,Low,Close,Volume'),
  'the name time': stamped(String, 'time,open,high,low,close,Volume'),
  'the name "Open time" (Binance)': stamped(String, 'Open time,Open,High,Low,Close,Volume'),
  'an adjusted close after the close (Yahoo)': arranged(
    'Date,Open,High,Low,Close,Adj Close,Volume',
    ([date, open, high, low, close, volume]) => [date, open, high, low, close, '1.5', volume],
  ),
  'text in an extra column': arranged('date,open,high,low,close,volume,note', (row) => [
    ...row,
    '"said ""buy, now"""',
  ]),
  'another order of columns': arranged('volume,close,low,high,open,date', (row) =>
    row.toReversed(),
  ),
  'stamps with T and Z': stamped((date) => `${date}T00:00:00Z`),
  'stamps with a space': stamped((date) => `${date} 00:00:00`),
  'stamps without seconds': stamped((date) => `${date} 00:00`),
  'stamps with a fraction': stamped((date) => `${date}T00:00:00.000000000+00:00`),
  'stamps with an offset': stamped((date) => `${date}T05:30:00+05:30`),
  'stamps with an offset without colon': stamped((date) => `${date} 05:30:00+0530`),
  'epoch seconds': stamped((date) => String(epochSeconds(date))),
  'epoch seconds as floats': stamped((date) => `${epochSeconds(date)}.0`),
  'epoch milliseconds': stamped((date) => `${epochSeconds(date)}000`, 'open_time,o,h,l,c,v'),
  'epoch microseconds': stamped((date) => `${epochSeconds(date)}000000`),
  'numbers with exponents': arranged('date,open,high,low,close,volume', ([date, ...numbers]) => [
    date,
    ...numbers.map((number) => `${number}e0`),
  ]),
}

describe('readCsvBars', () => {
  for (const [name, text] of Object.entries(VARIANTS))
    it(`reads a file with ${name} as it reads the plain file`, async () => {
      const { bars } = await parse(text)
      expect(bars, 'the bars of examples/data/sp500-1d.csv').toEqual(expected)
    })

  it('reads the whole example', async () => {
    const { bars, lines, columns, negativeVolumes } = await readCsvBars(SP500_CSV)
    expect(bars, 'every row of the file, split by hand').toEqual(barsOfRows(sp500Rows(5105)))
    expect([lines[0], lines.at(-1)], 'the header is line 1').toEqual([2, 5106])
    expect(columns.ignored, 'nothing is left over').toEqual([])
    expect(negativeVolumes, 'an index has none').toBe(0)
  })

  it('reads the same bars wherever the bytes are cut', async () => {
    const texts = [
      plain,
      VARIANTS['quotes and CRLF']!,
      VARIANTS['a byte order mark before a quoted name']!,
      VARIANTS['blank lines']!,
      plain.replaceAll('\n', ',größer €\n').replace('größer €', 'näme'),
    ]
    const whole = await Promise.all(texts.map((text) => parse(text)))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(texts.length - 1),
        fc.array(fc.nat(plain.length), { maxLength: 60 }),
        async (which, cuts) => {
          const bytes = encode(texts[which]!)
          expect(await parse(bytes, cuts), 'cuts are invisible').toEqual(whole[which])
        },
      ),
    )
    for (const [which, text] of texts.entries()) {
      const bytes = encode(text)
      expect(await parse(bytes, Array.from(bytes.keys())), 'byte by byte').toEqual(whole[which])
    }
  })

  it('reads a file the same at any size of pieces, plain or gzip', async () => {
    const path = tempFile(plain)
    const zipped = tempFile(gzipSync(plain), 'anything.dat')
    for (const pieceBytes of [1, 7, 64, 1 << 20])
      for (const file of [path, zipped])
        expect((await readCsvBars(file, { pieceBytes })).bars, 'the same bars').toEqual(expected)
  })

  it('reads several gzip members as one file', async () => {
    const [first, second] = [plain.slice(0, 777), plain.slice(777)]
    const path = tempFile(Buffer.concat([gzipSync(first), gzipSync(second)]), 'bars.csv.gz')
    expect((await readCsvBars(path)).bars, 'both members').toEqual(expected)
  })

  it('numbers the lines as an editor does, blank lines and quotes included', async () => {
    const text = `\n\n"date",open,high,low,close\n2020-01-01,1,2,1,2\n\n   \r\n"2020-01-02",1,2,1,"2"\r\n,,,,\n2020-01-03,1,2,1,2`
    const { lines } = await parse(text)
    expect([...lines], 'lines counted by hand').toEqual([4, 7, 9])
  })

  it('reports which columns it used, and reads an absent volume as 0', async () => {
    const { bars, columns } = await parse('Time,Close,Low,High,Open,Spread\n2020-01-01,2,1,3,1,9\n')
    expect(columns, 'the names as the file writes them').toEqual({
      timestamp: 'Time',
      open: 'Open',
      high: 'High',
      low: 'Low',
      close: 'Close',
      volume: undefined,
      ignored: ['Spread'],
    })
    expect([...bars.volume], 'unknown volume is 0').toEqual([0])
  })

  it('reads negative volume as 0 and counts it', async () => {
    const text = csvText([
      ['2020-01-01', '1', '1', '1', '1', '-1'],
      ['2020-01-02', '1', '1', '1', '1', '-0'],
      ['2020-01-03', '1', '1', '1', '1', '5'],
    ])
    const { bars, negativeVolumes } = await parse(text)
    expect([...bars.volume], 'the sentinel and −0 are a plain 0').toEqual([0, 0, 5])
    expect(negativeVolumes, 'only the sentinel is news').toBe(1)
  })

  it('keeps growing columns intact', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => [String(1e9 + 60 * i), ...risingRow(i)])
    const { bars, lines } = await parse(csvText(many))
    const wrong = bars.close.findIndex((close, i) => close !== i + 1 || lines[i] !== i + 2)
    expect([bars.length, wrong], 'row i has close i + 1 and line i + 2').toEqual([20_000, -1])
    expect(bars.close.buffer.byteLength, 'no memory beyond the rows').toBe(8 * 20_000)
  })

  it('is bit for bit Number() of each field', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        async (closes) => {
          const text = csvText(
            closes.map((close) => ['2020-01-01', '1', '1', '1', `${close}`, '0']),
          )
          const { bars } = await parse(text)
          expect([...bars.close], 'shortest round-trip text gives the number back').toEqual(closes)
        },
      ),
    )
  })
})

function risingRow(i: number): string[] {
  return ['1', '2', '1', String(i + 1), '0']
}
