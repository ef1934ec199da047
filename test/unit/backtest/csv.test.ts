import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tradesCsv } from '../../../src/backtest/trades-csv.ts'
import { equityText, equityTextOf } from '../../support/equity-text.ts'
import {
  anySimulation,
  barsOf,
  runAll,
  script,
  SETTINGS,
  simulationOf,
} from '../../support/simulations.ts'

const inputs = simulationOf({
  bars: barsOf([100, 100, 110, 110, 100, 100], [100, 105, 110, 110, 100, 90]),
  firstBar: 0,
  endBar: 6,
  forecastAt: script({ 0: 'BUY', 1: 'SELL', 3: 'SELL' }),
  settings: { ...SETTINGS, commission: 0.125, slippage: 0, positionSize: 0.5, wholeUnits: true },
})

/** Rows without the header, as cells. */
function cellsOf(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','))
}

describe('trades.csv', () => {
  it('is these bytes', () => {
    expect(tradesCsv(runAll(inputs))).toBe(
      [
        'trade,side,units,entryBar,entryTime,entryPrice,exitBar,exitTime,exitPrice,exitReason,confidence,grossPnl,commission,slippageCost,netPnl,returnRatio,holdingBars,holdingMs,maxFavorableExcursion,maxAdverseExcursion,symbol,entries,financingCost',
        '1,LONG,444,1,2024-01-01T01:00:00.000Z,100,2,2024-01-01T02:00:00.000Z,110,signal,0.75,4440,11655,0,-7215,-0.1625,1,3600000,2220,0,X,1,0',
        '2,SHORT,412,4,2024-01-01T04:00:00.000Z,100,5,2024-01-01T05:00:00.000Z,90,end of data,0.75,4120,9785,0,-5665,-0.1375,1,3600000,4120,0,X,1,0',
        '',
      ].join('\n'),
    )
  })

  it('reads back to the same float64s', () => {
    fc.assert(
      fc.property(anySimulation, (any) => {
        const { trades } = runAll(any)
        for (const [i, cells] of cellsOf(tradesCsv({ trades })).entries()) {
          const trade = trades[i]!
          const read = [2, 5, 8, 10, 11, 12, 13, 14, 15, 18, 19].map((column) =>
            Number(cells[column]),
          )
          expect(read).toEqual([
            trade.units,
            trade.entryPrice,
            trade.exitPrice,
            trade.confidence,
            trade.grossPnl,
            trade.commission,
            trade.slippageCost,
            trade.netPnl,
            trade.returnRatio,
            trade.maxFavorableExcursion,
            trade.maxAdverseExcursion,
          ])
          expect(Date.parse(cells[4]!)).toBe(trade.entryTimeMs)
          expect(Date.parse(cells[7]!)).toBe(trade.exitTimeMs)
        }
      }),
    )
  })
})

describe('equity.csv', () => {
  it('is these bytes', () => {
    expect(equityTextOf(runAll(inputs), inputs)).toBe(
      [
        'bar,time,close,equity,position',
        '0,2024-01-01T00:00:00.000Z,100,100000,FLAT',
        '1,2024-01-01T01:00:00.000Z,105,96670,LONG',
        '2,2024-01-01T02:00:00.000Z,110,92785,FLAT',
        '3,2024-01-01T03:00:00.000Z,110,92785,FLAT',
        '4,2024-01-01T04:00:00.000Z,100,87635,SHORT',
        '5,2024-01-01T05:00:00.000Z,90,87120,SHORT',
        '',
      ].join('\n'),
    )
  })

  it('has a row a bar whose positions add up to the bars in position', () => {
    fc.assert(
      fc.property(anySimulation, (any) => {
        const result = runAll(any)
        const rows = cellsOf(equityTextOf(result, any))
        expect(rows.length).toBe(any.endBar - any.firstBar)
        expect(rows.map((cells) => Number(cells[3]))).toEqual([...result.equity])
        expect(rows.filter((cells) => cells[4] !== 'FLAT').length).toBe(result.barsInPosition)
        expect(rows.map((cells) => Number(cells[0]))[0]).toBe(any.firstBar)
      }),
    )
  })

  it('of several symbols has two columns for each, empty before its first bar', () => {
    const columns = {
      firstBar: null,
      timeMs: Float64Array.of(0, 60_000),
      equity: Float64Array.of(1000, 1010.5),
      instruments: [
        { symbol: 'B', close: Float64Array.of(10, 11), units: Float64Array.of(0, -2.5) },
        { symbol: 'A', close: Float64Array.of(NaN, 7), units: Float64Array.of(0, 0) },
      ],
    }
    expect(equityText(columns)).toBe(
      [
        'time,equity,B_close,B_units,A_close,A_units',
        '1970-01-01T00:00:00.000Z,1000,10,0,,0',
        '1970-01-01T00:01:00.000Z,1010.5,11,-2.5,7,0',
        '',
      ].join('\n'),
    )
  })

  it('is the same text whatever the pieces that it comes in', () => {
    const length = 20_000
    const columns = {
      firstBar: 3,
      timeMs: Float64Array.from({ length }, (_, i) => 60_000 * i),
      equity: Float64Array.from({ length }, (_, i) => i / 3),
      instruments: [
        {
          symbol: 'X',
          close: Float64Array.from({ length }, (_, i) => i / 7),
          units: new Float64Array(length).fill(1),
        },
      ],
    }
    const rows = cellsOf(equityText(columns))
    expect(rows.map(([bar]) => Number(bar))).toEqual(Array.from({ length }, (_, i) => 3 + i))
    expect(rows.map(([, time]) => Date.parse(time!))).toEqual([...columns.timeMs])
    expect(rows.map((cells) => Number(cells[3]))).toEqual([...columns.equity])
  })
})
