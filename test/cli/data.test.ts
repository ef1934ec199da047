// `ktrdr data`: files in, files out, by the program as it is shipped.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ktrdr, type RunResult } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
const cwd = world.directory
const BARS = join(import.meta.dirname, '..', '..', 'examples', 'data', 'sp500-1d.csv')

const run = (...args: string[]): Promise<RunResult> =>
  ktrdr(['data', ...args], { dataDir: world.dataDir('data'), cwd })

const place = (name: string): string => join(cwd, name)
const text = (name: string): string => readFileSync(place(name), 'utf8')
const sha256 = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(place(name)))
    .digest('hex')

beforeAll(async () => {
  const [header, ...lines] = readFileSync(BARS, 'utf8').split('\n')
  const few = lines.slice(0, 10)
  writeFileSync(place('few.csv'), `${[header, ...few].join('\n')}\n`)
  const broken = few.with(2, '2000-01-05,1,2,3').with(4, few[4]!.replace(/,[^,]+$/, ',many'))
  writeFileSync(place('broken.csv'), `${[header, ...broken].join('\n')}\n`)
  const impossible = few.with(3, '2000-01-06,10,9,11,10,5').with(5, few[4]!)
  writeFileSync(place('impossible.csv'), `${[header, ...impossible].join('\n')}\n`)
  return world.remove
})

describe('data synth', () => {
  it('makes the same file on every machine', async () => {
    const { stdout, code } = await run('synth', '--out', 'walk.csv')
    expect(code).toBe(0)
    expect(screenDifference('data-synth', stdout)).toBe('')
    expect(sha256('walk.csv'), 'ours, of 2026-11-27').toBe(
      '76567a93fc6f3c533ac205a86d874d6787801e75482881b645c5652460f3281b',
    )
    expect(text('walk.csv').split('\n')[0]).toBe('date,open,high,low,close,volume')
  })

  it('takes every setting, and shows the regimes', async () => {
    const { json } = await run(
      'synth',
      '--out',
      'eur.csv',
      '--symbol-like',
      'forex',
      '--timeframe',
      '15m',
      '--bars',
      '50',
      '--seed',
      '7',
      '--start',
      '2020-06-01',
      '--regimes',
      '--json',
    )
    expect(json()).toMatchObject({
      path: place('eur.csv'),
      bars: 50,
      timeframe: '15m',
      firstBarAt: '2020-06-01T00:00:00.000Z',
    })
    expect(text('eur.csv')).toMatch(/^date,.+,regime\n2020-06-01T00:00:00Z,1\.1,.+,bull\n/)
  })

  it('writes over a file only with --force', async () => {
    await run('synth', '--out', 'once.csv', '--bars', '10')
    const before = sha256('once.csv')
    const refused = await run('synth', '--out', 'once.csv', '--bars', '10', '--seed', '1')
    expect([refused.code, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toBe('Error: once.csv exists already.\nCode: USAGE\nTry this: --force\n')
    expect(sha256('once.csv')).toBe(before)
    expect(
      (await run('synth', '--out', 'once.csv', '--bars', '10', '--seed', '1', '--force')).code,
    ).toBe(0)
    expect(sha256('once.csv')).not.toBe(before)
  })
})

describe('data inspect', () => {
  it('shows what is in files, in one table', async () => {
    await run('convert', BARS, 'sp500.parquet')
    const { stdout } = await run('inspect', 'few.csv', 'sp500.parquet')
    expect(screenDifference('data-inspect', stdout)).toBe('')
  })

  it('gives the same as JSON', async () => {
    const { json } = await run('inspect', BARS, '--json')
    expect(json()).toEqual({
      files: [
        {
          path: BARS,
          format: 'csv',
          sizeBytes: 355_203,
          bars: 5105,
          firstBarAt: '2000-01-03T00:00:00.000Z',
          lastBarAt: '2020-04-17T00:00:00.000Z',
          timeframe: '1d',
          spacingMs: 86_400_000,
          gaps: 1,
          largestGapMs: 604_800_000,
          lowest: 666.789978,
          highest: 3393.52002,
          columns: {
            timestamp: 'date',
            open: 'open',
            high: 'high',
            low: 'low',
            close: 'close',
            volume: 'volume',
            ignored: [],
          },
          negativeVolumes: 0,
        },
      ],
    })
  })
})

describe('data check', () => {
  it('says ok of sound files', async () => {
    const { stdout, stderr, code } = await run('check', 'few.csv')
    expect([code, stdout, stderr]).toEqual([0, 'few.csv: ok\n', ''])
  })

  it('says everything that is wrong, with its line, and exits with 7', async () => {
    const { stdout, stderr, code } = await run('check', 'broken.csv', 'few.csv', 'impossible.csv')
    expect(code).toBe(7)
    expect(screenDifference('data-check', stdout)).toBe('')
    expect(stderr).toBe('Error: Files that cannot be used: 2 of 3.\nCode: DATA_INVALID\n')
  })

  it('gives all of it as JSON, and nothing else', async () => {
    const { json, code } = await run('check', 'broken.csv', '--json')
    expect(code).toBe(7)
    expect(json().error.details.files).toEqual([
      {
        path: 'broken.csv',
        isSound: false,
        count: 2,
        problems: [
          { severity: 'error', line: 4, message: expect.stringMatching(/^there are 4 fields/) },
          { severity: 'error', line: 6, message: expect.stringMatching(/^volume is "many"/) },
        ],
      },
    ])
  })
})

describe('data convert', () => {
  it('goes to Parquet, gzip and back without losing a bit', async () => {
    await run('convert', BARS, 'there.parquet', '--force')
    await run('convert', 'there.parquet', 'there.csv.gz')
    await run('convert', 'there.csv.gz', 'back.csv')
    await run('convert', BARS, 'straight.csv')
    expect(sha256('back.csv')).toBe(sha256('straight.csv'))
    expect(text('back.csv').split('\n')[1]).toBe(
      '2000-01-03,1469.25,1478,1438.359985,1455.219971,931800000',
    )
  })

  it('makes longer bars, in a range', async () => {
    const { stdout, code } = await run(
      'convert',
      BARS,
      'weeks.csv',
      '--timeframe',
      '1w',
      '--start',
      '2000-01-10',
      '--end',
      '2000-01-30',
    )
    expect([code, screenDifference('data-convert', stdout)]).toEqual([0, ''])
    expect(
      text('weeks.csv')
        .split('\n')
        .map((line) => line.slice(0, 10)),
    ).toEqual(['date,open,', '2000-01-10', '2000-01-17', ''])
  })

  it('refuses shorter ones, and leaves no file', async () => {
    const { code, stderr } = await run('convert', 'few.csv', 'hours.csv', '--timeframe', '1h')
    expect(code).toBe(7)
    expect(stderr).toContain('few.csv are typically 1 day apart, too coarse for timeframe 1h.')
    expect(existsSync(place('hours.csv'))).toBe(false)
  })
})
