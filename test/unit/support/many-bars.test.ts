import { expect, it } from 'vitest'
import { BAR_COLUMNS, sliceBars, TIMEFRAME_MS } from '../../../src/data/bars.ts'
import { loadBars } from '../../support/load-bars.ts'
import { MANY_SYMBOLS, MANY_TIMEFRAMES, manyBars, writeManyBars } from '../../support/many-bars.ts'
import { tempDir } from '../../support/program.ts'

const bars = manyBars(20)

it('reads back from its files bit for bit, without a warning', async () => {
  const paths = writeManyBars(tempDir(), bars)
  for (const symbol of MANY_SYMBOLS)
    for (const timeframe of MANY_TIMEFRAMES) {
      const loaded = await loadBars(paths[symbol][timeframe], timeframe)
      expect(loaded.warnings).toEqual([])
      expect(loaded.bars).toEqual(bars[symbol][timeframe])
    }
})

it.each(MANY_SYMBOLS)('%s has coarse bars of whole hours, which tell nothing else', (symbol) => {
  const { '1h': hours, ...coarse } = bars[symbol]
  for (const [timeframe, { length, timestampMs, ...columns }] of Object.entries(coarse)) {
    const size = TIMEFRAME_MS[timeframe as '4h'] / TIMEFRAME_MS['1h']
    expect(length * size).toBe(hours.length)
    for (let i = 0; i < length; i++) {
      const within = sliceBars(hours, i * size, (i + 1) * size)
      expect(timestampMs[i]! % TIMEFRAME_MS[timeframe as '4h'], 'on the clock').toBe(0)
      expect(within.timestampMs[0]).toBe(timestampMs[i])
      expect(BAR_COLUMNS.map((column) => columns[column][i])).toEqual([
        within.open[0],
        within.high.toSorted().at(-1),
        within.low.toSorted()[0],
        within.close[size - 1],
        within.volume.reduce((sum, volume) => sum + volume, 0),
      ])
    }
  }
})

it('has two walks, of which the second begins later, and both end together', () => {
  const [alpha, beta] = [bars.ALPHA['1h'], bars.BETA['1h']]
  expect(beta.timestampMs[0]! - alpha.timestampMs[0]!).toBe(5 * TIMEFRAME_MS['1d'])
  expect(beta.timestampMs.at(-1)).toBe(alpha.timestampMs.at(-1))
  expect(beta.close).not.toEqual(alpha.close.subarray(0, beta.length))
  expect(manyBars(20)).toEqual(bars)
})
