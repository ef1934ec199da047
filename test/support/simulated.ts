// Whole simulations without a model: they want to be long and short by turns.

import { makeBars } from './make-bars.ts'
import { simulationInputs } from '../../src/backtest/simulation-inputs.ts'
import type { Bars } from '../../src/data/bars.ts'
import { runAll, SETTINGS, simulationOf } from './simulations.ts'

export function simulatedWalk(length: number, everyBars: number) {
  const inputs = simulationOf({
    symbol: 'WALK',
    bars: makeBars(length, 3),
    firstBar: 0,
    endBar: length,
    forecastAt: (bar) =>
      bar % everyBars === 0
        ? Float32Array.from((bar / everyBars) % 2 === 0 ? [0.8, 0.1, 0.1] : [0.1, 0.1, 0.8])
        : Float32Array.from([0, 1, 0]),
    settings: {
      capital: 100_000,
      commission: 0.0001,
      slippage: 0.0001,
      positionSize: 0.5,
      wholeUnits: false,
      decisions: {
        outputFormat: 'classification',
        confidenceThreshold: 0.5,
        roundTripCost: 0,
        minEdgeMultiplier: 0,
        positionAwareness: true,
        allowShortFromFlat: true,
        minSignalSeparationHours: 0,
        minSignalSeparationBars: 0,
      },
    },
  })
  return { inputs, result: runAll(inputs) }
}

/** Every symbol lacks other bars, begins on another one and is left open; all have a stop, and shorts cost a fee. */
export function simulatedPortfolio(symbols: readonly string[], length: number) {
  const settings = {
    ...SETTINGS,
    exits: { stopLoss: { kind: 'ratio', ratio: 0.03 } },
    costs: { borrowFee: 0.05 },
    leaveOpen: true,
  } as const
  const instruments = symbols.flatMap((symbol, i) => {
    const bars = withoutEvery(makeBars(length, i + 1), 11 + 3 * i)
    const every = 5 + i
    const forecastAt = (bar: number): Float32Array =>
      bar % every === 0
        ? Float32Array.from((bar / every) % 2 === 0 ? [0.8, 0.1, 0.1] : [0.1, 0.1, 0.8])
        : Float32Array.from([0, 1, 0])
    const scenario = { symbol, bars, firstBar: 2 * i, endBar: bars.length, forecastAt, settings }
    return simulationOf(scenario).instruments
  })
  const inputs = simulationInputs(instruments, settings)
  return { inputs, result: runAll(inputs) }
}

function withoutEvery(bars: Bars, nth: number): Bars {
  const kept = (column: Float64Array): Float64Array => column.filter((_, i) => i % nth !== nth - 1)
  const { timestampMs, open, high, low, close, volume } = bars
  const times = kept(timestampMs)
  return {
    length: times.length,
    timestampMs: times,
    open: kept(open),
    high: kept(high),
    low: kept(low),
    close: kept(close),
    volume: kept(volume),
  }
}
