// `ktrdr features`: what a training, or rules, see of each bar, as a file.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects, asyncBufferFromFile } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import { ktrdr, ROOT } from '../support/program.ts'
import { makeKindWorld } from '../support/kinds.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld({ bars: 300 })
const kinds = makeKindWorld()
afterAll(() => {
  world.remove()
  kinds.remove()
})

const place = (name: string): string => join(world.directory, name)
const features = (...flags: readonly string[]) =>
  ktrdr(['features', world.strategy, '--data', world.bars, ...flags], {
    dataDir: world.dataDir('data'),
  })

function rowsOf(path: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const names = head!.split(',')
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])),
  )
}

describe('ktrdr features', () => {
  it('writes a row for each bar, and says how many train, validate and test', async () => {
    const { code, json } = await features('--out', place('a.csv'), '--json')
    expect(code).toBe(0)
    const rows = rowsOf(place('a.csv'))
    expect(rows.length).toBe(300)
    expect(Object.keys(rows[0]!)).toEqual([
      'timestamp',
      'symbol',
      '1h_rsi_low',
      '1h_rsi_high',
      '1h_roc_5_raw',
      'label',
      'label_name',
      'label_end',
      'split',
    ])
    const { slices } = json()
    for (const [slice, count] of Object.entries(slices))
      expect(rows.filter(({ split }) => split === slice).length, slice).toBe(count)
    const train = rows.filter(({ split }) => split === 'train')
    const border = rows.find(({ split }) => split === 'validation')!['timestamp']!
    expect(train.length).toBeGreaterThan(100)
    for (const row of train) {
      expect(Object.values(row)).not.toContain('')
      expect(['BUY', 'HOLD', 'SELL'][Number(row['label'])]).toBe(row['label_name'])
      expect(row['label_end']! < border, 'decided before validation begins').toBe(true)
    }
    const mean = train.reduce((sum, row) => sum + Number(row['1h_roc_5_raw']), 0) / train.length
    expect(mean, 'a z-score over the training slice').toBeCloseTo(0, 5)
  })

  it('writes the same to Parquet', async () => {
    expect((await features('--out', place('b.parquet'))).code).toBe(0)
    expect((await features('--out', place('b.csv'))).code).toBe(0)
    const file = await asyncBufferFromFile(place('b.parquet'))
    const columnar = await parquetReadObjects({ file })
    for (const [i, row] of rowsOf(place('b.csv')).entries()) {
      const { timestamp, label_name: name, '1h_rsi_low': low } = columnar[i]!
      expect((timestamp as Date).toISOString().replace('.000Z', 'Z')).toBe(row['timestamp'])
      expect(name).toBe(row['label_name'])
      expect(Number.isNaN(low) ? '' : String(low)).toBe(row['1h_rsi_low'])
    }
  })

  it('writes features as they are with --raw', async () => {
    await features('--out', place('raw.csv'), '--raw')
    await features('--out', place('seen.csv'))
    const [raw, seen] = ['raw.csv', 'seen.csv'].map((name) => rowsOf(place(name)))
    expect(seen![100]!['1h_roc_5_raw']).not.toBe(raw![100]!['1h_roc_5_raw'])
    const close = (row: number): number =>
      Number(readFileSync(world.bars, 'utf8').split('\n')[row + 1]!.split(',')[4])
    const roc = ((close(100) - close(95)) / close(95)) * 100
    expect(Number(raw![100]!['1h_roc_5_raw'])).toBeCloseTo(roc, 10)
  })

  it('holds all symbols, with weights where labels have them', async () => {
    const out = (name: string) => ['--out', place(name), '--json']
    const of = (kind: string, name: string) => {
      const { strategy, data } = kinds.training(kind)
      const files = data.flatMap(({ symbol, path }) => ['--data', `${symbol}=${path}`])
      return ktrdr(['features', strategy.given, ...files, ...out(name)], {
        dataDir: world.dataDir('data'),
      })
    }
    expect((await of('a regression of two symbols', 'two.csv')).code).toBe(0)
    const two = rowsOf(place('two.csv'))
    expect(new Set(two.map(({ symbol }) => symbol))).toEqual(new Set(['AAA', 'BBB']))
    expect(Object.keys(two[0]!), 'values have no names').not.toContain('label_name')
    await of('an LSTM on the uniqueness of triple barriers at CUSUM events', 'weights.csv')
    const weights = rowsOf(place('weights.csv')).filter(({ split }) => split === 'train')
    expect(weights.every(({ weight }) => Number(weight) > 0 && Number(weight) <= 1)).toBe(true)
    expect(new Set(weights.map(({ weight }) => weight)).size).toBeGreaterThan(3)
  })

  it('replaces no file unless told to, and leaves none behind when something is wrong', async () => {
    writeFileSync(place('mine.csv'), 'mine')
    const { code, stderr } = await features('--out', place('mine.csv'))
    expect([code, stderr]).toEqual([2, expect.stringContaining('--force')])
    expect(readFileSync(place('mine.csv'), 'utf8')).toBe('mine')
    expect((await features('--out', place('mine.csv'), '--force')).code).toBe(0)
    expect((await features('--out', place('x.txt'))).code).toBe(2)
    expect((await features('--out', place('y.csv'), '--end', '2020-01-06T09:00')).code).toBe(7)
    expect(existsSync(place('y.csv'))).toBe(false)
  })
})

describe('ktrdr features of rules', () => {
  const SMA = join(ROOT, 'examples/strategies/sma-cross.yaml')
  const BARS = join(ROOT, 'examples/data/sp500-1d.csv')

  it('writes what they look at on each bar, and where each holds', async () => {
    const out = place('rules.csv')
    const args = ['features', SMA, '--data', BARS, '--out', out]
    const options = { dataDir: world.dataDir('data') }
    const { code, json, stderr } = await ktrdr(
      [...args, '--start', '2001-01-02', '--json'],
      options,
    )
    expect(code, stderr).toBe(0)
    const rows = rowsOf(out)
    const names = ['timestamp', 'symbol', 'fast', 'slow', 'long.enter', 'long.exit']
    expect(Object.keys(rows[0]!)).toEqual(names)
    expect(rows[0]!['timestamp'], 'the bars before it warm the averages up').toBe('2001-01-02')
    const closes = rowsOf(BARS).map((row) => Number(row['close'] ?? row['Close']))
    const skipped = closes.length - rows.length
    const mean = (bar: number, count: number): number =>
      closes.slice(bar - count + 1, bar + 1).reduce((sum, close) => sum + close, 0) / count
    for (const i of [0, 100, rows.length - 1]) {
      expect(Number(rows[i]!['fast'])).toBeCloseTo(mean(skipped + i, 10), 8)
      expect(Number(rows[i]!['slow'])).toBeCloseTo(mean(skipped + i, 30), 8)
    }
    const isAbove = rows.map(({ fast, slow }) => Number(fast) > Number(slow))
    const crossed = rows.map((row, i) => i > 0 && isAbove[i]! && !isAbove[i - 1]!)
    expect(rows.slice(1).map((row) => row['long.enter'] === '1')).toEqual(crossed.slice(1))
    const held = rows.filter((row) => row['long.enter'] === '1').length
    expect(held).toBeGreaterThan(10)
    expect(json()).toMatchObject({
      rows: rows.length,
      features: ['fast', 'slow'],
      slices: null,
      holds: { 'long.enter': held },
    })
    const { stdout } = await ktrdr([...args, '--force'], options)
    expect(stdout).toMatch(/of 2 operands to .*\n  long\.enter holds on \d+ bars\n/)
  })
})
