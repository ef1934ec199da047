import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import type { Timeframe } from '../../../src/data/bars.ts'
import type { DateRange } from '../../../src/data/date-range.ts'
import { parseDateRange } from '../../../src/data/date-range.ts'
import { readChecked } from '../../../src/data/checked-file.ts'
import { fingerprintBars } from '../../../src/data/fingerprint.ts'
import { loadBars } from '../../support/load-bars.ts'
import { barsOfRows, csvText, sp500Rows, SP500_CSV, tempFile } from '../../support/csv-files.ts'

const rows = sp500Rows(50) // 2000-01-03 … 2000-03-14

async function refusal(
  path: string,
  timeframe?: Timeframe,
  range?: DateRange,
): Promise<KtrdrError> {
  const error: unknown = await loadBars(path, timeframe, range).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof KtrdrError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}

describe('a file of bars', () => {
  it('gives the whole file without a range', async () => {
    const path = tempFile(csvText(rows))
    expect(await loadBars(path)).toEqual({ bars: barsOfRows(rows), warnings: [] })
    const { read } = await readChecked(path, {})
    expect(read.lines, 'its lines').toEqual(Int32Array.from(rows, (_, i) => i + 2))
  })

  it('cuts to the range, both ends included, and keeps the line numbers', async () => {
    const range = parseDateRange({ start: '2000-01-08', end: '2000-01-12' })
    const { bars } = await loadBars(tempFile(csvText(rows)), '1d', range)
    expect(bars, 'the Monday after a Saturday, to the Wednesday').toEqual(
      barsOfRows(rows.slice(5, 8)),
    )
    const later = parseDateRange({ start: '2001-06-01', end: '2001-12-31' })
    const { warnings } = await loadBars(SP500_CSV, '1d', later)
    expect(warnings, 'lines of the file, not of the range').toEqual([
      expect.stringContaining('sp500-1d.csv:428: '),
    ])
    const moments = { firstMs: bars.timestampMs[0]!, lastMs: bars.timestampMs[1]! }
    const two = await loadBars(tempFile(csvText(rows)), '1d', moments)
    expect(two.bars, 'a bar stamped at the very end belongs to the range').toEqual(
      barsOfRows(rows.slice(5, 7)),
    )
  })

  it('includes the whole last day of an intraday file (C19)', async () => {
    const stamps = ['2024-06-29 23:00', '2024-06-30 00:00', '2024-06-30 23:00', '2024-07-01 00:00']
    const hours = Array.from({ length: 26 }, (_, i) =>
      new Date(Date.UTC(2024, 5, 29, 23 + i)).toISOString(),
    )
    const path = tempFile(csvText(hours.map((stamp) => [stamp, '1', '2', '1', '2', '0'])))
    const { bars } = await loadBars(
      path,
      '1h',
      parseDateRange({ start: '2024-06-30', end: '2024-06-30' }),
    )
    const ends = [bars.timestampMs[0], bars.timestampMs.at(-1)]
    expect(ends, 'from midnight to 23:00').toEqual(
      [stamps[1], stamps[2]].map((stamp) => Date.parse(`${stamp}Z`)),
    )
  })

  it('has the same fingerprint after rows are added behind the range (C28)', async () => {
    const path = tempFile(csvText(rows.slice(0, 40)))
    const range = parseDateRange({ end: '2000-02-10' })
    const print = async () => fingerprintBars((await loadBars(path, '1d', range)).bars)
    const recorded = await print()
    appendFileSync(
      path,
      rows
        .slice(40)
        .map((row) => `${row.join(',')}\n`)
        .join(''),
    )
    expect(await print(), 'added rows are out of the range').toEqual(recorded)
    writeFileSync(path, readFileSync(path, 'utf8').replace(rows[3]![4], '1403.0'))
    expect(await print(), 'a changed row is not').not.toEqual(recorded)
  })

  describe('with an end', () => {
    const range = parseDateRange({ end: '2000-02-10' })
    const used = rows.findIndex(([date]) => date === '2000-02-10') + 1
    const usedBars = barsOfRows(rows.slice(0, used))
    /** As a resume asks: to the very bar that was the last one. */
    const exact = { firstMs: usedBars.timestampMs[0]!, lastMs: usedBars.timestampMs[used - 1]! }
    const good = rows[used + 1]!.join(',')

    it.each([
      ['that is half written', '2000-02-11,14'],
      ['without a date', ',,,,,'],
      ['of another form', '1.2.2000;1;2;3;4;5'],
      ['with an open quote', '2000-02-11,"1400'],
      ['of nothing but NUL', '\0'.repeat(100)],
      ['that is no candle', '2000-02-11,1,1,2,1,0'],
      ['without a price', '2000-02-11,,,,,'],
      ['with the next date twice', `${good}\n${good}`],
      ['out of order', `${rows[used + 2]!.join(',')}\n${good}`],
      ['with another kind of date', '950227200,1,1,1,1,1'],
      ['with a negative volume', '2000-02-11,1,1,1,1,-1'],
    ])('does not mind a row behind it %s', async (_, row) => {
      const upToEnd = csvText(rows.slice(0, used))
      const beyond = csvText(rows.slice(0, used + 1))
      for (const [asked, text] of [
        [exact, `${upToEnd}${row}`],
        [exact, `${upToEnd}${row}\n${good}\n`],
        [range, `${beyond}${row}`],
        [range, `${beyond}${row}\n${good}\n`],
      ] as const) {
        const { bars, warnings } = await loadBars(tempFile(text), '1d', asked)
        expect({ bars, warnings }, text.slice(-40)).toEqual({ bars: usedBars, warnings: [] })
      }
    })

    it('does not mind that later bars are of another timeframe', async () => {
      const hours = Array.from({ length: 100 }, (_, i) => [
        new Date(Date.UTC(2000, 1, 11, i)).toISOString(),
        '1',
        '2',
        '1',
        '2',
        '0',
      ])
      const midnights = rows
        .slice(0, used)
        .map(([date, ...prices]) => [`${date}T00:00Z`, ...prices])
      const path = tempFile(csvText([...midnights, ...hours]))
      expect((await loadBars(path, '1d', range)).bars.length).toBe(used)
      expect((await readChecked(path, {})).spacingMs, 'without an end').toBe(3_600_000)
    })

    it('refuses what is wrong before it, also behind a row that is later', async () => {
      const broken = '2000-01-20,1,1,2,1,0'
      const [early, late] = [rows.slice(0, 12), rows.slice(13, used)]
      const middle = csvText([...early, broken.split(','), ...late])
      const behindLater = csvText([...early, rows[40]!, broken.split(','), ...late])
      const message = 'high 1 is below low 2 at 2000-01-20'
      expect((await refusal(tempFile(middle), '1d', range)).message).toContain(`:14: ${message}`)
      const { message: told } = await refusal(tempFile(behindLater), '1d', range)
      expect(told, 'the file goes on in the range').toContain(`:15: ${message}`)
      expect(told, 'a later row must not cut the bars short').toContain('comes after 2000-03-01')
      const unreadable = csvText([...early, rows[40]!, ['2000-01-20', 'x', '2', '1', '2', '0']])
      expect((await refusal(tempFile(unreadable), '1d', range)).message).toContain(
        ':15: open is "x"',
      )
    })

    it('refuses a row without a date as long as the end has not come', async () => {
      const { message } = await refusal(
        tempFile(`${csvText(rows.slice(0, used - 1))}2000-02-1`),
        '1d',
        range,
      )
      expect(message).toContain(`:${used + 1}: there are 1 fields, expected 6`)
    })

    it('refuses a reversed file for what it is', async () => {
      const path = tempFile(csvText(rows.toReversed()))
      expect((await refusal(path, '1d', range)).message).toContain('from newest to oldest')
    })
  })

  it('returns warnings with their lines, and the file as it would be typed', async () => {
    const file = relative('', SP500_CSV)
    expect((await loadBars(SP500_CSV)).warnings, 'September 2001').toEqual([
      `${file}:428: 1 gap in the bars, the largest of 7 days from 2001-09-10 to 2001-09-17.`,
    ])
    const withoutVolume = tempFile(
      csvText(
        rows.map((row) => row.slice(0, 5)),
        'date,open,high,low,close',
      ),
    )
    expect((await loadBars(withoutVolume)).warnings, 'volume is not invented silently').toEqual([
      `${withoutVolume} has no volume column: volume is 0.`,
    ])
    const forex = tempFile(csvText(rows.map((row) => [...row.slice(0, 5), '-1'])))
    expect((await loadBars(forex)).warnings, 'nor changed silently').toEqual([
      `${forex}: negative volume was read as 0 (50 bars).`,
    ])
  })

  it('says nothing of gaps in bars that only warm indicators up', async () => {
    const { warnings, bars } = await loadBars(SP500_CSV, '1d', {}, Date.UTC(2002, 0, 1))
    expect(warnings).toEqual([])
    expect(bars.length, 'they are loaded all the same').toBe(5105)
  })

  it('refuses impossible bars with their lines in the file', async () => {
    const broken = rows.map((row, i) => (i === 6 || i === 8 ? row.with(2, '1') : [...row]))
    const path = tempFile(`\n${csvText(broken)}`)
    const error = await refusal(path)
    expect(error.message.split('\n'), 'a blank line, the header, then row 6 and row 8').toEqual([
      `${path} has 2 problems:`,
      `  ${path}:9: high 1 is below low ${Number(rows[6]![3])} at 2000-01-11; correct or remove the bar.`,
      `  ${path}:11: high 1 is below low ${Number(rows[8]![3])} at 2000-01-13; correct or remove the bar.`,
    ])
    expect([error.code, error.exitCode], 'the data is invalid').toEqual(['DATA_INVALID', 7])
  })

  it('refuses a reversed file and a file without bars', async () => {
    const reversed = tempFile(csvText(rows.toReversed()))
    expect((await refusal(reversed)).message, 'its own remedy').toBe(
      `${reversed}:2: the bars run from newest to oldest; reverse the rows, oldest first.`,
    )
    const empty = tempFile(csvText([]))
    expect((await refusal(empty)).message, 'a header alone').toBe(
      `${empty}:1: there are no bars, expected at least 2.`,
    )
  })

  it('refuses a file of a longer timeframe', async () => {
    const path = tempFile(csvText(rows))
    const coarse = await refusal(path, '1h')
    expect([coarse.code, coarse.message], 'daily bars hold no hours').toEqual([
      'DATA_INVALID',
      `The bars of ${path} are typically 1 day apart, too coarse for timeframe 1h.`,
    ])
  })

  it('refuses a range without bars and says what the file has', async () => {
    const path = tempFile(csvText(rows))
    const error = await refusal(
      path,
      '1d',
      parseDateRange({ start: '2000-01-08', end: '2000-01-09' }),
    )
    expect([error.code, error.message], 'a weekend').toEqual([
      'DATA_INVALID',
      `${path} has no bars in 2000-01-08 … 2000-01-09T23:59:59.999Z: it has 2000-01-03 … 2000-03-14.`,
    ])
  })

  it('refuses a path that the system refuses, with its reason', async () => {
    const path = `${'x'.repeat(300)}.csv`
    const error = await refusal(path)
    expect([error.code, error.message], 'why').toEqual([
      'IO_FAILED',
      `${path} cannot be read: ENAMETOOLONG.`,
    ])
  })

  it.skipIf(process.getuid?.() === 0)('refuses a file that may not be read', async () => {
    const path = tempFile(csvText(rows))
    chmodSync(path, 0)
    const error = await refusal(path)
    expect([error.code, error.message], 'why').toEqual([
      'IO_FAILED',
      `${path} cannot be read: permission denied.`,
    ])
  })
})
