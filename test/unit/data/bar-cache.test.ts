// Bars from the cache are those of the file, whatever happened to either; nothing that the cache suffers is noticed.

import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { throughCache, type BarCache } from '../../../src/data/bar-cache.ts'
import { barsTable } from '../../../src/data/bars-table.ts'
import { readBars } from '../../../src/data/read-bars.ts'
import { synthesizeBars } from '../../../src/data/synthesize.ts'
import { writeTable } from '../../../src/data/write-table.ts'
import { tempDir } from '../../support/program.ts'

const BARS = 50_000
const DAY_S = 86_400
const world = mkdtempSync(join(tmpdir(), 'ktrdr-cache-'))
afterAll(() => rmSync(world, { recursive: true, force: true }))
const original = join(world, 'original.csv')
let text = ''

beforeAll(async () => {
  const startMs = Date.UTC(2020, 0, 6)
  const { bars } = synthesizeBars({
    bars: BARS,
    timeframe: '1m',
    seed: 3,
    market: 'crypto',
    startMs,
  })
  await writeTable(original, barsTable(bars))
  text = readFileSync(original, 'utf8')
})

let files = 0
/** A file that was last changed a day ago. */
function settled(content: string | Uint8Array): string {
  const path = join(world, `bars-${files++}.csv`)
  writeFileSync(path, content)
  age(path)
  return path
}

function age(path: string, days = 1): void {
  const { mtimeMs } = statSync(original)
  utimesSync(path, mtimeMs / 1000, mtimeMs / 1000 - days * DAY_S)
}

const newCache = (mostBytes?: number): BarCache => ({
  directory: join(tempDir(), 'cache', 'bars'),
  ...(mostBytes === undefined ? {} : { mostBytes }),
})
const entriesOf = ({ directory }: BarCache): string[] =>
  existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : []

/** The bars through the cache, and whether the file was read for them. */
async function reading(cache: BarCache, path: string, lastMs?: number) {
  let wasRead = false
  const bars = await throughCache(cache, path, () => {
    wasRead = true
    return readBars(path, { lastMs })
  })
  return { wasRead, bars }
}

describe('the cache of bars', () => {
  it.each([
    ['a CSV file', () => text],
    ['a gzip file', () => gzipSync(text)],
    ['a file without volumes', () => text.replaceAll(/,[^,\n]*$/gm, '')],
    ['a file with blank lines and CRLF', () => text.replace('\n', '\n\n').replaceAll('\n', '\r\n')],
    ['a file with another column', () => text.replaceAll(/$/gm, ',x').replaceAll(/^,x$/gm, '')],
  ])('gives the very bars of %s', async (_, contentOf) => {
    const cache = newCache()
    const path = settled(contentOf())
    const { wasRead, bars: first } = await reading(cache, path)
    expect(wasRead).toBe(true)
    expect(await reading(cache, path)).toEqual({ wasRead: false, bars: first })
    expect((await reading(cache, path, first.bars.timestampMs[9])).bars, 'up to an end').toEqual(
      await readBars(path, { lastMs: first.bars.timestampMs[9] }),
    )
  })

  it('is for the owner alone, and may be deleted at any time', async () => {
    const cache = newCache()
    const path = settled(text)
    await reading(cache, path)
    const [entry] = entriesOf(cache)
    expect([statSync(cache.directory).mode & 0o777, statSync(entry!).mode & 0o777]).toEqual([
      0o700, 0o600,
    ])
    rmSync(cache.directory, { recursive: true })
    expect((await reading(cache, path)).wasRead).toBe(true)
    expect((await reading(cache, path)).wasRead).toBe(false)
  })

  it('keeps no file of which something is to be said, also behind the end', async () => {
    const negative = text.replace(/,[\d.]+\n$/, ',-1\n')
    const lastMs = (await readBars(original)).bars.timestampMs[BARS - 100]
    for (const [content, end] of [
      [negative, undefined],
      [negative, lastMs],
      [`${text}2021-01-01,no,number,at,all,0\n`, lastMs],
      [text.split('\n').slice(0, 40_000).join('\n'), undefined], // few bars
    ] as const) {
      const cache = newCache()
      const path = settled(content)
      await reading(cache, path, end)
      expect(entriesOf(cache)).toEqual([])
      expect((await reading(cache, path, end)).wasRead).toBe(true)
    }
  })

  it('keeps no file that was changed a moment ago, or is changed while it is read', async () => {
    const cache = newCache()
    const fresh = join(world, 'fresh.csv')
    writeFileSync(fresh, text)
    await reading(cache, fresh)
    const path = settled(text)
    await throughCache(cache, path, async () => {
      const bars = await readBars(path)
      age(path, 2)
      return bars
    })
    expect(entriesOf(cache)).toEqual([])
  })

  it.each([
    ['has grown', (path: string) => appendFileSync(path, text.slice(-60).split('\n').at(-2)!)],
    ['is of another moment', (path: string) => age(path, 3)],
    [
      'was written anew, as long as before and of the same moment',
      (path: string) => {
        writeFileSync(path, text)
        age(path)
      },
    ],
  ])('is not used for a file that %s', async (_, change) => {
    const cache = newCache()
    const path = settled(text)
    await reading(cache, path)
    change(path)
    let wasRead = false
    await throughCache(cache, path, () => {
      wasRead = true
      return readBars(original)
    })
    expect(wasRead).toBe(true)
  })

  it('is believed in nothing that has changed by a bit', async () => {
    const cache = newCache()
    const path = settled(text)
    const { bars } = await reading(cache, path)
    const [entry] = entriesOf(cache)
    const good = readFileSync(entry!)
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length * 8 - 1), async (bit) => {
        const bad = Buffer.from(good)
        bad[bit >> 3]! ^= 1 << (bit & 7)
        writeFileSync(entry!, bad)
        expect((await reading(cache, path)).bars).toEqual(bars)
      }),
      {
        numRuns: 60,
        examples: [
          ...Array.from({ length: 40 }, (_, i) => [8 * 23 * i + (i % 8)] as [number]),
          [good.length * 8 - 1],
        ],
      },
    )
    for (const length of [0, 7, 300, good.length - 1]) {
      writeFileSync(entry!, good)
      truncateSync(entry!, length)
      expect(await reading(cache, path), `cut to ${length}`).toEqual({ wasRead: true, bars })
    }
  })

  it('is as if it were not there when it cannot be used', async () => {
    const path = settled(text)
    const taken = join(tempDir(), 'taken')
    writeFileSync(taken, '')
    const expected = await readBars(path)
    for (let i = 0; i < 2; i++)
      expect(await reading({ directory: join(taken, 'below') }, path)).toEqual({
        wasRead: true,
        bars: expected,
      })
    const closed = newCache()
    mkdirSync(closed.directory, { recursive: true })
    chmodSync(closed.directory, 0o500)
    expect((await reading(closed, path)).bars).toEqual(expected)
  })

  it('has one entry of a file, drops the oldest when it is full, and what a crash has left', async () => {
    const cache = newCache()
    const path = settled(text)
    await reading(cache, path)
    const size = statSync(entriesOf(cache)[0]!).size
    age(path, 2)
    await reading(cache, path)
    expect(entriesOf(cache), 'of the state before').toHaveLength(1)

    const small = { ...cache, mostBytes: 2.5 * size }
    age(entriesOf(cache)[0]!, 3)
    const [second, third] = [settled(text), settled(text)]
    writeFileSync(join(cache.directory, '.0123456789ab.tmp'), 'left behind')
    writeFileSync(join(cache.directory, '.ba9876543210.tmp'), 'being written')
    age(join(cache.directory, '.0123456789ab.tmp'))
    for (const each of [second, third]) await reading(small, each)
    expect(
      entriesOf(cache)
        .map((entry) => statSync(entry).size)
        .toSorted(),
    ).toHaveLength(3)
    expect(existsSync(join(cache.directory, '.ba9876543210.tmp'))).toBe(true)
    expect((await reading(small, second)).wasRead).toBe(false)
    expect((await reading(small, third)).wasRead).toBe(false)
    expect((await reading(small, path)).wasRead, 'the oldest').toBe(true)
  })
})
