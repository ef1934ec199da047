import { expect, it } from 'vitest'
import { INDICATORS } from '../../../src/indicators/catalog.ts'
import { checkParameters, indicatorWarmup } from '../../../src/indicators/compute.ts'

// Decided, not computed: strategies and checkpoints rely on these bars being left out.
const WARMUPS: Readonly<Record<string, readonly number[]>> = {
  adline: [0, 0, 0, 10, 21, 49, 0],
  adx: [27, 14, 14],
  aroon: [13, 13, 13],
  atr: [13],
  bollingerbands: [19, 19, 19],
  bollingerbandwidth: [19],
  cci: [19],
  cmf: [20, 0, 0, 25, 28, 28, 20, 20],
  distancefromma: [19],
  donchianchannels: [19, 19, 19],
  exponentialmovingaverage: [19],
  fishertransform: [11, 12],
  ichimoku: [8, 25, 25, 51, 0],
  keltnerchannels: [19, 19, 19],
  macd: [25, 33, 33],
  mfi: [14],
  momentum: [10],
  obv: [0],
  parabolicsar: [1],
  roc: [10],
  rsi: [14],
  rvi: [12, 15],
  simplemovingaverage: [19],
  squeezeintensity: [19],
  stochastic: [15, 17],
  supertrend: [9, 9],
  volumeratio: [19],
  vwap: [19],
  weightedmovingaverage: [19],
  williamsr: [13],
  zigzag: [0],
}

it.each([...INDICATORS.values()])('$type warms up as documented', (indicator) => {
  const { parameters } = checkParameters(indicator, {})
  const use = { id: 'x', type: indicator.type, parameters }
  expect(indicatorWarmup(use), 'bars, with default parameters').toEqual(WARMUPS[indicator.type])
})
