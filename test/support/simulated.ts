// A whole simulation without a model: it wants to be long and short by turns.

import { makeBars } from './make-bars.ts'
import { runAll, simulationOf } from './simulations.ts'

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
