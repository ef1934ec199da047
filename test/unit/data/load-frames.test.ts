import { appendFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import { TIMEFRAME_MS, type Bars, type Timeframe } from '../../../src/data/bars.ts'
import { parseDateRange } from '../../../src/data/date-range.ts'
import { cutToRange, readChecked } from '../../../src/data/checked-file.ts'
import { loadFrames, type FrameRequest } from '../../../src/data/load-frames.ts'
import { resampleBars } from '../../../src/data/resample.ts'
import { csvText, sp500Rows, tempDirectory, tempFile } from '../../support/csv-files.ts'

const START_MS = Date.UTC(2024, 0, 1) // a Monday

/** Rows of `count` bars without a hole, each with prices of its own. */
function rowsFrom(timeframe: Timeframe, count: number, startMs = START_MS): string[][] {
  return Array.from({ length: count }, (_, i) => {
    const price = 100 + ((i * 7) % 13)
    return [
      new Date(startMs + i * TIMEFRAME_MS[timeframe]).toISOString(),
      ...[price, price + 2, price - 3, price + 1, i % 5].map(String),
    ]
  })
}

function file(timeframe: Timeframe, count: number, startMs?: number): FrameRequest {
  const text = csvText(rowsFrom(timeframe, count, startMs))
  return { path: tempFile(text, `eurusd-${timeframe}.csv`), used: null }
}

const load = (
  files: readonly FrameRequest[],
  timeframes: readonly Timeframe[],
  range: Parameters<typeof loadFrames>[3] = {},
) => loadFrames(files, 'EURUSD', timeframes, range)

async function refusal(...given: Parameters<typeof load>): Promise<KtrdrError> {
  const error: unknown = await load(...given).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof KtrdrError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}

async function barsIn({ path }: FrameRequest): Promise<Bars> {
  return (await readChecked(path, {})).bars
}

describe('loadFrames', () => {
  it('gives one file for one timeframe what is in it', async () => {
    const path = tempFile(csvText([...sp500Rows(20), ...sp500Rows(60).slice(45)]))
    const range = parseDateRange({ end: '2000-03-14' })
    const { bars, warnings } = cutToRange(await readChecked(path, range), range, -Infinity)
    const used = { firstMs: bars.timestampMs[0]!, lastMs: bars.timestampMs.at(-1)! }
    expect(warnings, 'there is something to say').toHaveLength(1)
    expect(await loadFrames([{ path, used: null }], 'SPX', ['1d'], range)).toEqual({
      frames: new Map([['1d', bars]]),
      files: [{ path, used, timeframe: '1d', bars }],
      warnings,
    })
  })

  it('takes each timeframe from its own file, in whatever order they come', async () => {
    const [hours, days] = [file('1h', 24 * 30), file('1d', 30)]
    const { frames, files, warnings } = await load([days, hours], ['1h', '1d'])
    expect([...frames.keys()], 'in the order of the timeframes').toEqual(['1h', '1d'])
    expect(frames.get('1h')).toEqual(await barsIn(hours))
    expect(frames.get('1d')).toEqual(await barsIn(days))
    expect(
      files.map(({ timeframe }) => timeframe),
      'in the order given',
    ).toEqual(['1d', '1h'])
    expect(warnings).toEqual([])
  })

  it('resamples what has no file of its own from the longest of the shorter ones', async () => {
    const [quarters, hours] = [file('15m', 4 * 24 * 3), file('1h', 24 * 3 + 2)]
    const { frames, files, warnings } = await load([quarters, hours], ['15m', '4h', '1d'])
    const bars = await barsIn(hours)
    expect(frames.get('4h')).toEqual(resampleBars(bars, '1h', '4h'))
    expect(frames.get('1d')!.length, 'whole days').toBe(3)
    expect(files).toHaveLength(2)
    expect(warnings).toEqual([
      'EURUSD 4h is resampled from 1h of eurusd-1h.csv.',
      'EURUSD 1d is resampled from 1h of eurusd-1h.csv.',
    ])
  })

  it('says which file is not needed, and does not load it', async () => {
    const [minutes, hours] = [file('5m', 12 * 24), file('1h', 24)]
    const { files, warnings } = await load([minutes, hours], ['1h', '4h'])
    expect(files.map(({ path }) => path)).toEqual([hours.path])
    expect(warnings[0]).toBe(`${minutes.path} is not needed: no timeframe is made of 5m bars.`)
  })

  it('ends every frame with the range: a bar that is not over then is not there', async () => {
    const hours = file('1h', 24 * 14)
    const range = parseDateRange({ end: '2024-01-09T14:00' })
    const { frames, files } = await load([hours], ['1h', '4h', '1w'], range)
    const last = (timeframe: Timeframe) => new Date(frames.get(timeframe)!.timestampMs.at(-1)!)
    expect(last('1h')).toEqual(new Date('2024-01-09T14:00Z'))
    expect(last('4h'), 'from 12:00 to 16:00 is not over at 15:00').toEqual(
      new Date('2024-01-09T08:00Z'),
    )
    expect(last('1w')).toEqual(new Date('2024-01-01T00:00Z'))
    expect(files[0]!.used).toEqual({ firstMs: START_MS, lastMs: Date.UTC(2024, 0, 9, 14) })
  })

  it('gives a resumed run the very bars that it had, though its files have grown', async () => {
    const [hours, days] = [file('1h', 24 * 20), file('1d', 20)]
    const first = await load([hours, days], ['1h', '4h', '1d'], {
      lastMs: Date.UTC(2024, 0, 15, 9),
    })
    appendFileSync(hours.path, csvText(rowsFrom('1h', 50, Date.UTC(2024, 0, 21)), ''))
    appendFileSync(days.path, 'half a row')
    const again = await load(first.files, ['1h', '4h', '1d'], {})
    expect(again).toEqual(first)
  })

  it('cuts all frames to the end of one that ends long before', async () => {
    const [hours, days] = [file('1h', 24 * 60), file('1d', 30)]
    const { frames, warnings, files } = await load([hours, days], ['1h', '1d'])
    expect(frames.get('1d')!.length).toBe(30)
    expect(frames.get('1h')!.length, 'to the last hour of the last day').toBe(24 * 30)
    expect(warnings).toEqual([
      'The 1d bars of EURUSD end at 2024-01-31: its other bars are cut there.',
    ])
    expect(files[0]!.bars.length, 'as read').toBe(24 * 60)
  })

  it('leaves out a longer bar that is not over at that end', async () => {
    const [hours, days] = [file('1h', 24 * 19 + 13), file('1d', 60)]
    const { frames } = await load([hours, days], ['1h', '1d'])
    const [hour, day] = ['1h', '1d'].map((timeframe) => {
      return new Date(frames.get(timeframe as Timeframe)!.timestampMs.at(-1)!).toISOString()
    })
    expect([hour, day]).toEqual(['2024-01-20T12:00:00.000Z', '2024-01-19T00:00:00.000Z'])
  })

  it.each<[string, number, boolean]>([
    ['a week', 37, false],
    ['more than a week', 38, true],
  ])('lets a frame of days end %s before', async (_, dayCount, isCut) => {
    const files = [file('1h', 24 * dayCount), file('1d', 30)]
    const { frames } = await load(files, ['1h', '1d'])
    expect(frames.get('1h')!.length < 24 * dayCount).toBe(isCut)
  })

  it('lets a frame of weeks end three of them before', async () => {
    const weeks = file('1w', 10)
    for (const [dayCount, isCut] of [
      [91, false],
      [92, true],
    ] as const) {
      const { frames } = await load([file('1d', dayCount), weeks], ['1d', '1w'])
      expect(frames.get('1d')!.length < dayCount, `${dayCount} days`).toBe(isCut)
    }
  })
})

describe('loadFrames refuses', () => {
  it('a file that is too coarse, with what it has', async () => {
    const days = file('1d', 10)
    const error = await refusal([days], ['1d', '4h'])
    expect([error.code, error.message]).toEqual([
      'DATA_INVALID',
      `The bars of ${days.path} are typically 1 day apart, too coarse for timeframe 4h.`,
    ])
    expect(error.suggestions[0]).toContain('4h bars')
  })

  it('two files of one timeframe', async () => {
    const path = tempFile(csvText(rowsFrom('1h', 10)), 'other.csv')
    const hours = file('1h', 10)
    const error = await refusal([hours, { path, used: null }], ['1h'])
    expect([error.code, error.message]).toEqual([
      'USAGE',
      `${hours.path} and ${path} both have 1h bars of EURUSD; one of them is enough.`,
    ])
    expect(error.suggestions).toEqual([`--data EURUSD=${hours.path}`, `--data EURUSD=${path}`])
  })

  it('bars of no timeframe', async () => {
    const rows = rowsFrom('1h', 20).filter((_, i) => i % 2 === 0)
    const path = tempFile(csvText(rows))
    const finer = await refusal([{ path, used: null }], ['4h'])
    expect([finer.code, finer.message]).toEqual([
      'DATA_INVALID',
      `The bars of ${path} are typically 2 hours apart, which is none of the timeframes 1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w.`,
    ])
    const coarser = await refusal([{ path, used: null }], ['1h'])
    expect(coarser.message).toContain('too coarse for timeframe 1h')
  })

  it('too few bars for one longer one', async () => {
    const hours = file('1h', 10)
    const error = await refusal([hours], ['1h', '1d'])
    expect(error.message).toBe(
      `${hours.path} has 10 1h bars in the range, too few for one whole 1d bar.`,
    )
  })

  it('files that cover no common time', async () => {
    const [early, late] = [file('1d', 10), file('1h', 50, Date.UTC(2024, 5, 1))]
    const error = await refusal([early, late], ['1h', '1d'])
    expect([error.code, error.message]).toEqual([
      'DATA_INVALID',
      'The 1d bars of EURUSD end at 2024-01-11, before the 1h bars begin.',
    ])
  })

  it('what is wrong inside a file, with its line', async () => {
    const rows = rowsFrom('1h', 10).with(3, ['2024-01-01T03:00:00Z', '1', '1', '2', '1', '0'])
    const directory = tempDirectory()
    const path = join(directory, 'broken.csv')
    writeFileSync(path, csvText(rows))
    const { message } = await refusal([file('1d', 10), { path, used: null }], ['1h', '1d'])
    expect(message).toContain(`${basename(path)}:5: high 1 is below low 2`)
  })
})
