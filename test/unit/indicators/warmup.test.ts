import { expect, it } from 'vitest'
import { INDICATORS } from '../../../src/indicators/catalog.ts'
import { checkParameters, indicatorWarmup } from '../../../src/indicators/compute.ts'

// Decided, not computed: strategies and checkpoints rely on these bars being left out.
const WARMUPS: Readonly<Record<string, readonly number[]>> = {
  adx: [27, 14, 14],
  atr: [13],
  bollingerbands: [19, 19, 19],
  exponentialmovingaverage: [19],
  macd: [25, 33, 33],
  momentum: [10],
  roc: [10],
  rsi: [14],
  simplemovingaverage: [19],
  stochastic: [15, 17],
  weightedmovingaverage: [19],
  williamsr: [13],
}

it.each([...INDICATORS.values()])('$type warms up as documented', (indicator) => {
  const { parameters } = checkParameters(indicator, {})
  const use = { id: 'x', type: indicator.type, parameters }
  expect(indicatorWarmup(use), 'bars, with default parameters').toEqual(WARMUPS[indicator.type])
})
