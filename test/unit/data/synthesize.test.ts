import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TIMEFRAMES } from '../../../src/data/bars.ts'
import { barsTable } from '../../../src/data/bars-table.ts'
import { checkBars } from '../../../src/data/check-bars.ts'
import { fingerprintBars } from '../../../src/data/fingerprint.ts'
import { readBars } from '../../../src/data/read-bars.ts'
import { MARKETS, synthesizeBars, type SynthesisSettings } from '../../../src/data/synthesize.ts'
import { timeframeOf, typicalSpacingMs } from '../../../src/data/timeframe.ts'
import { writeTable } from '../../../src/data/write-table.ts'
import { tempDirectory } from '../../support/csv-files.ts'

const SETTINGS: SynthesisSettings = {
  bars: 5000,
  timeframe: '1h',
  seed: 42,
  market: 'stock',
  startMs: Date.UTC(2015, 0, 1),
}

/** Of the values at a lag: 1 is perfect, 0 none. */
function autocorrelation(values: readonly number[], lag: number): number {
  const mean = values.reduce((a, b) => a + b) / values.length
  const apart = values.map((value) => value - mean)
  const product = (by: number) =>
    apart.slice(by).reduce((sum, value, i) => sum + value * apart[i]!, 0)
  return product(lag) / product(0)
}

describe('synthesizeBars', () => {
  it('gives sound bars of its timeframe, for any settings', () => {
    const settings = fc.record({
      bars: fc.integer({ min: 60, max: 300 }),
      timeframe: fc.constantFrom(...TIMEFRAMES),
      seed: fc.nat(),
      market: fc.constantFrom(...MARKETS),
      startMs: fc.integer({ min: 0, max: Date.UTC(2030, 0, 1) }),
    })
    fc.assert(
      fc.property(settings, (given) => {
        const { bars, regimes } = synthesizeBars(given)
        expect(bars.length).toBe(given.bars)
        expect(regimes).toHaveLength(given.bars)
        expect(checkBars(bars).filter(({ severity }) => severity === 'error')).toEqual([])
        expect(timeframeOf(typicalSpacingMs(bars))).toBe(given.timeframe)
        expect(bars.timestampMs[0]).toBeGreaterThanOrEqual(given.startMs)
      }),
      { numRuns: 60 },
    )
  })

  it.each(MARKETS.flatMap((market) => TIMEFRAMES.map((timeframe) => [market, timeframe] as const)))(
    'leaves no gap in %s bars of %s',
    (market, timeframe) => {
      expect(checkBars(synthesizeBars({ ...SETTINGS, market, timeframe }).bars)).toEqual([])
    },
  )

  it('gives the same bars for the same seed, and others for another', () => {
    expect(synthesizeBars(SETTINGS)).toEqual(synthesizeBars(SETTINGS))
    const other = synthesizeBars({ ...SETTINGS, seed: 43 }).bars
    expect(other.close).not.toEqual(synthesizeBars(SETTINGS).bars.close)
  })

  it('begins the same, however many bars are asked for', () => {
    const few = synthesizeBars({ ...SETTINGS, bars: 100 })
    const many = synthesizeBars(SETTINGS)
    expect([...few.bars.close]).toEqual([...many.bars.close.subarray(0, 100)])
    expect(few.regimes).toEqual(many.regimes.slice(0, 100))
  })

  it.each(MARKETS)('moves as a %s does: fat tails, clusters of volatility, no memory', (market) => {
    const { bars, regimes } = synthesizeBars({ ...SETTINGS, market, bars: 20_000 })
    const returns = Array.from({ length: bars.length - 1 }, (_, i) =>
      Math.log(bars.close[i + 1]! / bars.close[i]!),
    )
    const moment = (power: number) =>
      returns.reduce((sum, value) => sum + value ** power, 0) / returns.length
    expect(moment(4) / moment(2) ** 2, 'kurtosis; a normal one has 3').toBeGreaterThan(4)
    expect(autocorrelation(returns.map(Math.abs), 1), 'size of moves').toBeGreaterThan(0.15)
    expect(Math.abs(autocorrelation(returns, 1)), 'their direction').toBeLessThan(0.05)
    expect(new Set(regimes)).toEqual(new Set(['bull', 'quiet', 'bear', 'crash']))
  })

  it('keeps the hours of its market', () => {
    const times = (market: SynthesisSettings['market'], timeframe: '1h' | '1d') => {
      const { bars } = synthesizeBars({ ...SETTINGS, market, timeframe, bars: 400 })
      return [...bars.timestampMs].map((ms) => new Date(ms))
    }
    const hours = (dates: Date[]) => [...new Set(dates.map((date) => date.getUTCHours()))]
    const days = (dates: Date[]) => [...new Set(dates.map((date) => date.getUTCDay()))].toSorted()
    expect(hours(times('stock', '1h'))).toEqual([14, 15, 16, 17, 18, 19, 20])
    expect(days(times('stock', '1d'))).toEqual([1, 2, 3, 4, 5])
    const sunday = times('forex', '1h').filter((date) => date.getUTCDay() === 0)
    expect(hours(sunday)).toEqual([22, 23])
    expect(days(times('crypto', '1d'))).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('has the bits that it had: ours, of 2026-11-27', () => {
    const hashes = MARKETS.map((market) =>
      fingerprintBars(synthesizeBars({ ...SETTINGS, market }).bars).close.slice(0, 16),
    )
    expect(hashes).toEqual(['225b58f82bf5cd03', 'cfb64ddd11179178', 'a2a54ff6b14b61e5'])
  })

  it.each(['csv', 'parquet'])('is read from %s as it was made', async (ending) => {
    const { bars, regimes } = synthesizeBars(SETTINGS)
    const path = `${tempDirectory()}/walk.${ending}`
    await writeTable(path, [...barsTable(bars), { name: 'regime', texts: regimes }])
    const read = await readBars(path)
    expect(read.bars).toEqual(bars)
    expect(read.columns.ignored).toEqual(['regime'])
  })
})
