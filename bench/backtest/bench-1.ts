// The account of golden BENCH-1: all in at the next open, long only, 0.1 % a side; what is open at the end stays open.

import type { SimulationSettings } from '../../src/trading/simulation-settings.ts'

export const BENCH_1: SimulationSettings = {
  capital: 1_000_000,
  commission: 0.001,
  slippage: 0,
  positionSize: 1,
  wholeUnits: false,
  sides: 'long',
  leaveOpen: true,
  decisions: {
    outputFormat: 'position',
    confidenceThreshold: 0,
    roundTripCost: 0,
    minEdgeMultiplier: 0,
    positionAwareness: true,
    allowShortFromFlat: true,
    minSignalSeparationHours: 0,
    minSignalSeparationBars: 0,
  },
}
