import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { readSeries } from '../../../src/data/read-series.ts'
import { tempFile } from '../../support/csv-files.ts'
import { tempParquet } from '../../support/parquet-files.ts'

const day = (text: string) => Date.parse(`${text}T00:00:00Z`)
const expected = {
  timestampMs: Float64Array.of(day('2024-01-02'), day('2024-01-05')),
  value: Float64Array.of(4.1, -0.5),
}
/** As the Federal Reserve gives a rate, with a holiday and a missing day. */
const RATE = 'observation_date,DGS10\n2024-01-02,4.1\n2024-01-03,.\n2024-01-04,\n2024-01-05,-0.5\n'
const rate = RATE.replace('observation_date', 'date')

async function refusal(path: string): Promise<KtrdrError> {
  const error: unknown = await readSeries(path).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof KtrdrError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}

describe('readSeries', () => {
  it.each<[string, string | Uint8Array]>([
    ['the only other column', rate],
    ['the header of the Federal Reserve', RATE],
    ['a column called value', rate.replaceAll(/$/gm, ',7').replace('DGS10,7', 'Value,note')],
    ['the close of bars', 'Date,Open,Close,Volume\n2024-01-02,9,4.1,1\n2024-01-05,9,-0.5,1\n'],
    ['semicolons and CRLF', rate.replaceAll(',', ';').replaceAll('\n', '\r\n')],
    ['gzip', gzipSync(rate)],
    ['epoch seconds', 'time,value\n1704153600,4.1\n1704412800,-0.5\n'],
  ])('reads %s', async (_, text) => {
    const lines = typeof text === 'string' ? text.replace(/^,7\r?\n?$/m, '') : text
    expect(await readSeries(tempFile(lines))).toEqual(expected)
  })

  it('reads the same from Parquet, nothing and NaN being no row', async () => {
    const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05']
    const moments = Float64Array.from(dates, day)
    const numbers = [4.1, null, NaN, -0.5]
    const typed = [
      { name: 'when', data: dates },
      { name: 'date', data: moments, type: 'TIMESTAMP' as const },
      { name: 'close', data: numbers, type: 'DOUBLE' as const },
    ]
    expect(await readSeries(tempParquet(typed))).toEqual(expected)
    const texts = [
      { name: '__index_level_0__', data: dates },
      { name: 'DGS10', data: ['4.1', '.', '', '-0.5'] },
    ]
    expect(await readSeries(tempParquet(texts)), 'in texts').toEqual(expected)
  })

  it.each<[string, string, RegExp]>([
    ['no number', rate.replace('4.1', 'n/a'), /:2: dgs10 is "n\/a", expected a plain number/],
    [
      'a date twice',
      rate.replace('2024-01-05', '2024-01-02'),
      /:5: 2024-01-02 is there twice; remove/,
    ],
    [
      'dates out of order',
      rate.replace('2024-01-02', '2024-02-01'),
      /:5: 2024-01-05 comes after 2024-02-01/,
    ],
    ['no date', rate.replace('2024-01-03', 'someday'), /:3: "someday" is not a timestamp/],
    [
      'no date column',
      RATE.replace('observation_date', 'observed'),
      /:1: the header has no date column \(it has "observed", "DGS10"\)/,
    ],
    [
      'several columns',
      'date,a,b\n2024-01-02,1,2\n',
      /:1: the header has no close or value column/,
    ],
    ['a line of another width', `${rate}2024-01-08,1,2\n`, /:6: there are 3 fields, expected 2/],
    ['an open quote', `${rate}2024-01-08,"1\n`, /:6: a quoted field does not end/],
    ['data in the first line', '2024-01-02,1\n2024-01-03,2\n', /:1: the file begins with data/],
    ['no values', 'date,value\n2024-01-02,.\n', /: there are no values\.$/],
    ['nothing', '', /: the file is empty\.$/],
  ])('refuses %s', async (_, text, message) => {
    const error = await refusal(tempFile(text))
    expect([error.code, error.exitCode]).toEqual(['DATA_INVALID', 7])
    expect(error.message).toMatch(message)
  })

  it('counts all problems and shows the first five', async () => {
    const path = tempFile(`date,value\n${'2024-01-02,x\n'.repeat(7)}`)
    expect((await refusal(path)).message).toMatch(/ has 7 problems:(\n.+){5}\n {2}… and 2 more\.$/)
  })

  it('does not mind what stands behind the last value in use: files grow', async () => {
    const last = day('2024-01-05')
    for (const tail of ['half', '2024-01-08,x', '2024-01-08,1,2', '2024-01-08,"1', '1704758400,1'])
      expect(await readSeries(tempFile(`${rate}${tail}\n`), last), tail).toEqual(expected)
    const late = rate.replace('2024-01-03,.', 'someday,1')
    await expect(readSeries(tempFile(late), last), 'before it').rejects.toThrow(/:3: "someday"/)
    const moments = Float64Array.from(['2024-01-02', '2024-01-05', '2024-01-08'], day)
    const columns = [
      { name: 'date', data: moments, type: 'TIMESTAMP' as const },
      { name: 'value', data: ['4.1', '-0.5', 'x'] },
    ]
    expect(await readSeries(tempParquet(columns), last), 'in Parquet').toEqual(expected)
  })
})
