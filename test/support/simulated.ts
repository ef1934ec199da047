// A whole simulation without a model: it wants to be long and short by turns.

import {
  beginSimulation,
  finishSimulation,
  simulate,
  type SimulationInputs,
} from '../../src/backtest/simulate.ts'
import { makeBars } from './make-bars.ts'

export function simulationOf(length: number, everyBars: number) {
  const inputs: SimulationInputs = {
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
  }
  const state = beginSimulation(inputs)
  simulate(state, inputs, length)
  return { inputs, result: finishSimulation(state, inputs) }
}
