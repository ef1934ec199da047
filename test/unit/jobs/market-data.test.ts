import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { KtrdrError } from '../../../src/core/errors.ts'
import {
  loadMarketData,
  type DataNeeds,
  type DataRequest,
  type RangeSettings,
} from '../../../src/jobs/market-data.ts'
import { loadStrategy } from '../../../src/strategy/load-strategy.ts'
import { tempFile } from '../../support/csv-files.ts'
import { KINDS, makeKindWorld, type KindWorld } from '../../support/kinds.ts'

// Data that does not go with a strategy is refused with one sentence, and its remedy works; what goes with it is the same
// in a resume.

const SERIES = Object.keys(KINDS).find((kind) => KINDS[kind]!.context !== undefined)!
const SPREAD = 'yield_spread_DGS10_DGS2'
const ALL = { fromMs: null, toMs: null }

let world: KindWorld
let needs: DataNeeds
/** Of AAA, fred_DGS10 and fred_DGS2. */
let requests: readonly DataRequest[]

beforeAll(() => {
  world = makeKindWorld()
  const training = world.training(SERIES)
  needs = loadStrategy(training.strategy.given).strategy
  requests = training.data
  return world.remove
})

const without = (id: string) => requests.filter(({ symbol }) => symbol !== id)
const fileOf = (id: string) => requests.find(({ symbol }) => symbol === id)!
const named = (symbol: string, of: string): DataRequest => ({ ...fileOf(of), symbol })

async function refusal(
  given: readonly DataRequest[],
  range: RangeSettings = ALL,
): Promise<KtrdrError> {
  const error: unknown = await loadMarketData(given, needs, range).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof KtrdrError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}

/** Of fred_DGS2, whose values are known an hour later. */
function seriesFile(...rows: readonly string[]): DataRequest {
  const path = tempFile(`date,value\n${rows.join('\n')}\n`)
  return { symbol: 'fred_DGS2', path, used: null }
}

/** What was typed, with a suggestion for it put in its place. */
function pasted(suggestion: string): DataRequest {
  const [, symbol, path] = /^--data ([^=]+)=(.+)$/.exec(suggestion)!
  return { symbol: symbol!, path: path!, used: null }
}

describe('loadMarketData refuses', () => {
  it('a series without a file', async () => {
    const error = await refusal(without('fred_DGS2'))
    expect(error.code).toBe('USAGE')
    expect(error.message).toBe(
      'The strategy looks at the series fred_DGS2, and has no data for it.',
    )
    expect(error.suggestions).toEqual(['--data fred_DGS2=FILE.csv'])
  })

  it('two files for a series', async () => {
    const error = await refusal([...requests, named('fred_DGS2', 'fred_DGS10')])
    const [first, second] = [fileOf('fred_DGS2').path, fileOf('fred_DGS10').path]
    expect(error.code).toBe('USAGE')
    expect(error.message).toBe(
      `${first} and ${second} are both given for the series fred_DGS2; one of them is enough.`,
    )
    for (const suggestion of error.suggestions)
      await loadMarketData([...without('fred_DGS2'), pasted(suggestion)], needs, ALL)
  })

  it('a file for a difference, which is made of other files', async () => {
    const error = await refusal([...requests, named(SPREAD, 'fred_DGS2')])
    expect(error.code).toBe('USAGE')
    expect(error.message).toBe(
      `${SPREAD} is the difference of fred_DGS10 and fred_DGS2, and has no file of its own.`,
    )
  })

  it('a file for what is neither a symbol nor a series', async () => {
    const error = await refusal([...without('fred_DGS2'), named('DGS2', 'fred_DGS2')])
    expect(error.code).toBe('USAGE')
    expect(error.message).toBe(
      'The strategy is for AAA and looks at the series fred_DGS10, fred_DGS2; DGS2 is none of them.',
    )
    const remedy = error.suggestions.find((text) => text.includes('fred_DGS2='))!
    await loadMarketData([...without('fred_DGS2'), pasted(remedy)], needs, ALL)
  })

  it('series without bars', async () => {
    const error = await refusal(without('AAA'))
    expect(error.code).toBe('USAGE')
    expect(error.message).toBe('There are no bars of AAA to work on.')
  })

  it('a series that begins after the bars have ended', async () => {
    const late = seriesFile('2020-02-01,1', '2020-02-02,2')
    const error = await refusal([...without('fred_DGS2'), late])
    expect(error.code).toBe('DATA_INVALID')
    expect(error.message).toBe(
      'The first value of fred_DGS2 is known at 2020-02-01T01:00Z, after the last bar of AAA has closed at 2020-01-23T12:00Z.',
    )
  })

  it('a range behind the last bar, before it speaks of rows', async () => {
    const error = await refusal(requests, { fromMs: Date.UTC(2030, 0, 1), toMs: null })
    expect(error.code).toBe('DATA_INVALID')
    expect(error.message).toBe(
      'There are no bars of AAA 1h in 2030-01-01 …: there are those of 2020-01-06 … 2020-01-23T11:00Z.',
    )
  })
})

describe('loadMarketData warns of a series', () => {
  const warningsWith = async (series: DataRequest) =>
    (await loadMarketData([...without('fred_DGS2'), series], needs, ALL)).warnings

  it('that ends long before the bars, as its last value stands for all that follow', async () => {
    const ended = (id: string) =>
      `The last value of ${id} is known at 2020-01-16T01:00Z: it stands for all bars of AAA up to 2020-01-23T12:00Z.`
    expect(await warningsWith(seriesFile('2020-01-15,1', '2020-01-16,2'))).toEqual([
      ended('fred_DGS2'),
    ])
    expect(await warningsWith(seriesFile('2020-01-16,1', '2020-01-17,2'))).toEqual([])
  })

  it('by how far apart its values are', async () => {
    expect(await warningsWith(seriesFile('2020-01-06,1', '2020-01-10,2'))).toHaveLength(1)
    expect(await warningsWith(seriesFile('2020-01-05,1', '2020-01-10,2'))).toEqual([])
  })
})

describe('what a resumed run loads', () => {
  it('is the same when all files have grown, be it by half a row', async () => {
    const copies = requests.map((request) => ({
      ...request,
      path: tempFile(readFileSync(request.path), 'copy.csv'),
    }))
    const first = await loadMarketData(copies, needs, ALL)
    for (const { path } of copies) appendFileSync(path, '2020-')
    await expect(loadMarketData(copies, needs, ALL), 'a new run').rejects.toThrow(
      'there are 1 fields',
    )
    expect(await loadMarketData(first.settings, needs, ALL)).toEqual(first)
  })

  it('is the same when a better source has come into the directory', async () => {
    const { strategy, data } = world.training('a GRU on two timeframes')
    const twoTimeframes = loadStrategy(strategy.given).strategy
    const hours = readFileSync(data[0]!.path, 'utf8')
    const directory = dirname(tempFile(hours, 'AAA_1h.csv'))
    const request = { path: directory, symbol: null, used: null }
    const first = await loadMarketData([request], twoTimeframes, ALL)
    const [header, ...rows] = hours.trimEnd().split('\n')
    const everyFourth = rows.filter((_, i) => i % 4 === 0)
    writeFileSync(join(directory, 'AAA_4h.csv'), [header, ...everyFourth].join('\n'))
    expect(await loadMarketData(first.settings, twoTimeframes, ALL)).toEqual(first)
    const fresh = await loadMarketData([request], twoTimeframes, ALL)
    expect(fresh.settings, 'a new run takes it').toHaveLength(2)
  })
})
