// A file with more bars than are held at once: the range decides. The limit is set low, so that small files are large.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gzipSync } from 'node:zlib'
import { KtrdrError } from '../../../src/core/errors.ts'
import { BAR_COLUMNS } from '../../../src/data/bars.ts'
import type { ReadOptions } from '../../../src/data/collect-bars.ts'
import { readBars } from '../../../src/data/read-bars.ts'
import { barsOfRows, csvText, sp500Rows, tempFile } from '../../support/csv-files.ts'
import { tempParquet } from '../../support/parquet-files.ts'

const rows = sp500Rows(50)
const all = barsOfRows(rows)
const text = csvText(rows)
const FORMATS: readonly (readonly [format: string, make: () => string])[] = [
  ['CSV', () => tempFile(text)],
  ['gzip', () => tempFile(gzipSync(text), 'bars.csv.gz')],
  [
    'Parquet',
    () =>
      tempParquet([
        { name: 'date', data: all.timestampMs, type: 'TIMESTAMP' },
        ...BAR_COLUMNS.map((name) => ({ name, data: all[name] })),
      ]),
  ],
]

async function refusal(path: string, options: ReadOptions): Promise<KtrdrError> {
  const error: unknown = await readBars(path, options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof KtrdrError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}

describe.each(FORMATS)('%s of more bars than are held', (format, make) => {
  it('gives those in the range, wherever it lies, or says how many they are', async () => {
    const path = make()
    const firstLine = format === 'Parquet' ? 1 : 2
    const cases = fc.tuple(fc.nat(49), fc.nat(49), fc.integer({ min: 1, max: 49 }))
    const check = async ([a, b, maxRows]: readonly [number, number, number]): Promise<void> => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)]
      const range = { firstMs: all.timestampMs[from]!, lastMs: all.timestampMs[to]! }
      const count = to - from + 1
      if (count > maxRows) {
        const { code, details } = await refusal(path, { ...range, maxRows })
        expect({ code, details }).toMatchObject({
          code: 'DATA_INVALID',
          details: { bars: count, most: maxRows },
        })
        return
      }
      const { bars, lines, isSpotless } = await readBars(path, { ...range, maxRows })
      expect(bars).toEqual(barsOfRows(rows.slice(from, to + 1)))
      expect(lines).toEqual(Int32Array.from({ length: count }, (__, i) => firstLine + from + i))
      expect(isSpotless, 'not all of it is here: no cache may keep it').toBe(false)
    }
    for (const one of [
      [0, 49, 49],
      [0, 9, 10],
      [10, 19, 10],
      [40, 49, 10],
      [10, 20, 10],
      [5, 5, 1],
    ] as const)
      await check(one)
    await fc.assert(fc.asyncProperty(cases, check), { numRuns: 30 })
  })

  it('is held whole up to the limit, whatever the range', async () => {
    const { bars } = await readBars(make(), { firstMs: all.timestampMs[10]!, maxRows: 50 })
    expect(bars).toEqual(all)
  })

  it('says what it has when the range has none', async () => {
    const path = make()
    const { message } = await refusal(path, { firstMs: Date.UTC(2030, 0, 1), maxRows: 10 })
    expect(message).toBe(`${path} has no bars in 2030-01-01 …: it has 2000-01-03 … 2000-03-14.`)
  })
})

describe('a CSV file of more bars than are held', () => {
  it('names a part that fits, to be pasted', async () => {
    const { suggestions } = await refusal(tempFile(text), {
      maxRows: 10,
      lastMs: all.timestampMs[40]!,
    })
    expect(suggestions[0]).toMatch(
      /^ktrdr data convert \S+ part\.csv --start 2000-\d\d-\d\d --end 2000-03-01$/,
    )
  })

  it('must ascend up to the end of the range, also where nothing is held', async () => {
    const swapped = [...rows.slice(0, 5), rows[6]!, rows[5]!, ...rows.slice(7)]
    const path = tempFile(csvText(swapped))
    const late = { firstMs: all.timestampMs[30]!, lastMs: all.timestampMs[35]!, maxRows: 10 }
    const { message } = await refusal(path, late)
    expect(message).toContain(':8: 2000-01-10 comes after 2000-01-11')
    const early = { lastMs: all.timestampMs[4]!, maxRows: 10 }
    expect((await readBars(path, early)).bars, 'behind it nobody minds').toEqual(
      barsOfRows(rows.slice(0, 5)),
    )
  })

  it('is refused for a line that is no bar, before the range too', async () => {
    const path = tempFile(csvText(rows.with(3, ['2000-01-06', 'x', '1', '1', '1', '1'])))
    const late = { firstMs: all.timestampMs[30]!, maxRows: 20 }
    expect((await refusal(path, late)).message).toContain(':5: open is "x"')
  })
})
