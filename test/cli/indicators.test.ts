// `ktrdr indicators`: what there is, one of them, and their values in files that others read.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { INDICATORS } from '../../src/indicators/catalog.ts'
import { loadBars } from '../support/load-bars.ts'
import { ktrdr } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
beforeAll(() => world.remove)

const freshDirectory = (): string => mkdtempSync(join(world.directory, 'test-'))

const run = (...args: string[]) =>
  ktrdr(['indicators', ...args], { dataDir: join(world.directory, 'none') })

describe.concurrent('the list', () => {
  it('has every indicator', async () => {
    const { indicators, total } = (await run('list', '--json')).json()
    expect(indicators.map(({ type }: { type: string }) => type)).toEqual(
      [...INDICATORS.keys()].toSorted(),
    )
    expect(total).toBe(INDICATORS.size)
    const { stdout } = await run('list')
    for (const type of INDICATORS.keys()) expect(stdout).toContain(`\n${type} `)
  })

  it('can be searched, by other names and by what they are', async () => {
    const found = async (text: string) =>
      (await run('list', '--search', text, '--json'))
        .json()
        .indicators.map(({ type }: { type: string }) => type)
    expect(await found('bbands')).toEqual(['bollingerbands'])
    expect(await found('MOVING convergence')).toEqual(['macd'])
    expect(await found('nonsense')).toEqual([])
    expect((await run('list', '--search', 'nonsense')).stdout).toContain('No indicator speaks')
  })
})

describe.concurrent('one indicator', () => {
  it('is shown with its formula, bounds, outputs, warm-up, and how to write it', async () => {
    const { stdout } = await run('show', 'macd')
    expect(screenDifference('indicators-show', stdout)).toBe('')
  })

  it('is found by its other names, and asked for when it is unknown', async () => {
    expect((await run('show', 'BBands', '--json')).json()).toMatchObject({ type: 'bollingerbands' })
    const { code, stderr } = await run('show', 'bband')
    expect(code).toBe(4)
    expect(stderr).toContain('Try this: ktrdr indicators show bbands')
  })
})

describe.concurrent('values', () => {
  it('come as the last rows of a table, or as JSON', async () => {
    const { stdout } = await run('compute', 'rsi:9', 'macd', '--data', world.bars)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]!.split(/ {2,}/)).toEqual([
      'timestamp',
      'rsi_9',
      'macd.line',
      'macd.signal',
      'macd.histogram',
    ])
    expect(lines).toHaveLength(13)
    const { rows, tail, columns } = (
      await run('compute', 'rsi:9', '--data', world.bars, '--json')
    ).json()
    expect(rows).toBe(1200)
    const named = await run('compute', 'rsi:9', 'macd', '--data', `WALK=${world.bars}`)
    expect(named.stdout, 'a symbol is accepted, as everywhere').toBe(stdout)
    expect(columns).toEqual([{ name: 'rsi_9', empty: 9 }])
    expect(tail).toHaveLength(10)
  })

  it('are those of the indicator, to the last bit, in a file', async () => {
    const out = join(freshDirectory(), 'values.csv')
    const { code } = await run('compute', 'rsi:9', 'atr', '--data', world.bars, '--out', out)
    expect(code).toBe(0)
    const { bars } = await loadBars(world.bars, '1h')
    const rsi = INDICATORS.get('rsi')!.compute(bars, { period: 9, source: 'close' })[0]!
    const atr = INDICATORS.get('atr')!.compute(bars, { period: 14, smoothing: 'sma' })[0]!
    const [head, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n')
    expect(head).toBe('timestamp,rsi_9,atr')
    const text = (value: number): string => (Number.isNaN(value) ? '' : String(value))
    expect(rows.map((row) => row.split(',').slice(1).join())).toEqual(
      Array.from(rsi, (value, t) => `${text(value)},${text(atr[t]!)}`),
    )
  })

  it('are warmed up by the bars before --start', async () => {
    const directory = freshDirectory()
    const [whole, part] = [join(directory, 'whole.csv'), join(directory, 'part.csv')]
    await run('compute', 'ema:50', '--data', world.bars, '--out', whole)
    const range = ['--start', '2020-01-20', '--end', '2020-01-22']
    const { stdout } = await run('compute', 'ema:50', '--data', world.bars, ...range, '--out', part)
    expect(stdout).not.toContain('without a value')
    const rows = readFileSync(part, 'utf8').trimEnd().split('\n').slice(1)
    expect(rows).toHaveLength(72)
    expect(readFileSync(whole, 'utf8')).toContain(rows.join('\n'))
  })

  it('are the same in a Parquet file', async () => {
    const out = join(freshDirectory(), 'values.parquet')
    await run('compute', 'macd', '--data', world.bars, '--out', out)
    const { parquetReadObjects } = await import('hyparquet')
    const bytes = readFileSync(out)
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
    })
    expect(Object.keys(rows[0]!)).toEqual([
      'timestamp',
      'macd.line',
      'macd.signal',
      'macd.histogram',
    ])
    const { tail } = (await run('compute', 'macd', '--data', world.bars, '--json')).json()
    expect(rows.slice(-10).map((row) => row['macd.signal'])).toEqual(
      tail.map(({ values }: { values: number[] }) => values[1]),
    )
  })

  it.each([
    [['rsi:1'], 2, 'must be an integer from 2 to 100'],
    [['rsi', 'rsi'], 2, 'rsi is asked for twice'],
    [['rzi'], 4, 'Did you mean "rsi"?'],
    [['rsi', '--out', '/tmp/values.xlsx'], 2, 'does not end in'],
    [['rsi', '--start', '2050-01-01'], 7, 'has no bars in'],
  ])('%j are refused', async (args, exit, why) => {
    const { code, stderr } = await run('compute', ...args, '--data', world.bars)
    expect(code).toBe(exit)
    expect(stderr).toContain(why)
  })

  it('replace no file unless they are told to', async () => {
    const out = join(freshDirectory(), 'values.csv')
    writeFileSync(out, 'mine')
    const args = ['compute', 'rsi', '--data', world.bars, '--out', out]
    expect((await run(...args)).code).toBe(2)
    expect(readFileSync(out, 'utf8')).toBe('mine')
    expect((await run(...args, '--force')).code).toBe(0)
    expect(readFileSync(out, 'utf8')).toContain('timestamp,rsi\n')
  })
})
