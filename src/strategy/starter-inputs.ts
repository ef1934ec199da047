// The templates of `ktrdr init`: which indicators, what is said of them in words, and what the network sees.
// Everything is free of the price level: oscillators, percentages, and raw values with a normalization.

import { invariant } from '../core/errors.ts'
import type { Timeframe } from '../data/bars.ts'
import type { StarterTemplate } from './starter-choices.ts'

export type StarterInputs = {
  readonly idea: string
  readonly timeframes: readonly Timeframe[]
  readonly indicators: string
  readonly fuzzySets: string
  readonly nnInputs: string
}

/** Percent by which a price moves in one bar, more or less. */
const MOVES: Readonly<Record<Timeframe, number>> = {
  '1m': 0.03,
  '5m': 0.07,
  '15m': 0.12,
  '30m': 0.17,
  '1h': 0.25,
  '4h': 0.5,
  '1d': 1.2,
  '1w': 2.7,
}

/** About four to fifteen bars of the shorter in one of the longer: enough to be another view. */
const LONGER: Readonly<Partial<Record<Timeframe, Timeframe>>> = {
  '1m': '15m',
  '5m': '1h',
  '15m': '1h',
  '30m': '4h',
  '1h': '4h',
  '4h': '1d',
  '1d': '1w',
}

/** What a strategy of several timeframes looks at besides its own; undefined when there is nothing longer. */
export function longerTimeframe(timeframe: Timeframe): Timeframe | undefined {
  return LONGER[timeframe]
}

export function starterInputs(template: StarterTemplate, timeframe: Timeframe): StarterInputs {
  switch (template) {
    case 'momentum':
      return momentum(timeframe)
    case 'mean-reversion':
      return meanReversion(timeframe)
    case 'trend':
      return trend(timeframe)
    case 'multi-timeframe':
      return multiTimeframe(timeframe)
  }
}

function momentum(timeframe: Timeframe): StarterInputs {
  return {
    idea: 'Go with moves that have begun',
    timeframes: [timeframe],
    indicators: `  rsi_14: { type: rsi, period: 14 }
  roc_10: { type: roc, period: 10 } # change over ten bars, in percent
  macd_12_26: { type: macd, fast_period: 12, slow_period: 26, signal_period: 9 }`,
    fuzzySets: `  strength:
    indicator: rsi_14
    weak: { type: trapezoidal, parameters: [0, 0, 30, 45] }
    middling: [35, 50, 65]
    strong: { type: trapezoidal, parameters: [55, 70, 100, 100] }
${speed(timeframe)}`,
    nnInputs: `  - { fuzzy_set: strength, timeframes: all }
  - { fuzzy_set: speed, timeframes: all }
  - { raw_indicator: macd_12_26.histogram, timeframes: all, normalization: zscore }`,
  }
}

function meanReversion(timeframe: Timeframe): StarterInputs {
  return {
    idea: 'Buy what has fallen too far, sell what has risen too far',
    timeframes: [timeframe],
    indicators: `  rsi_7: { type: rsi, period: 7 }
  stoch_14: { type: stochastic, k_period: 14, d_period: 3, smooth_k: 3 } # outputs k (primary) and d
  roc_5: { type: roc, period: 5 } # change over five bars, in percent
  atr_14: { type: atr, period: 14 } # how far it moves in a bar`,
    fuzzySets: `  stretch:
    indicator: rsi_7
    washed_out: { type: trapezoidal, parameters: [0, 0, 20, 35] }
    middling: [25, 50, 75]
    stretched: { type: trapezoidal, parameters: [65, 80, 100, 100] }
  place:
    indicator: stoch_14.k # where in the range of the last 14 bars
    floor: { type: trapezoidal, parameters: [0, 0, 15, 40] }
    middle: [20, 50, 80]
    ceiling: { type: trapezoidal, parameters: [60, 85, 100, 100] }`,
    nnInputs: `  - { fuzzy_set: stretch, timeframes: all }
  - { fuzzy_set: place, timeframes: all }
  - { raw_indicator: roc_5, timeframes: all, normalization: zscore }
  - { raw_indicator: atr_14, timeframes: all, normalization: zscore }`,
  }
}

function trend(timeframe: Timeframe): StarterInputs {
  return {
    idea: 'Stay with a trend while it lasts',
    timeframes: [timeframe],
    indicators: `  adx_14: { type: adx, period: 14 } # outputs adx (primary), plus_di and minus_di
  roc_20: { type: roc, period: 20 }
  roc_60: { type: roc, period: 60 }
  macd_12_26: { type: macd, fast_period: 12, slow_period: 26, signal_period: 9 }`,
    fuzzySets: `  trendiness: # how much of a trend, up or down
    indicator: adx_14
    idle: { type: trapezoidal, parameters: [0, 0, 15, 25] }
    moving: [15, 27, 40]
    running: { type: trapezoidal, parameters: [30, 45, 100, 100] }
  direction:
    indicator: roc_60
    down: { type: gaussian, parameters: [${move(timeframe, 60, -1)}, ${move(timeframe, 60, 0.5)}] } # mean, deviation
    flat: { type: gaussian, parameters: [0, ${move(timeframe, 60, 0.5)}] }
    up: { type: gaussian, parameters: [${move(timeframe, 60, 1)}, ${move(timeframe, 60, 0.5)}] }`,
    nnInputs: `  - { fuzzy_set: trendiness, timeframes: all }
  - { fuzzy_set: direction, timeframes: all }
  - { raw_indicator: roc_20, timeframes: all, normalization: zscore }
  - { raw_indicator: adx_14.plus_di, timeframes: all, normalization: minmax }
  - { raw_indicator: adx_14.minus_di, timeframes: all, normalization: minmax }
  - { raw_indicator: macd_12_26, timeframes: all, normalization: zscore } # a bare id is the primary output`,
  }
}

function multiTimeframe(timeframe: Timeframe): StarterInputs {
  const longer = longerTimeframe(timeframe)
  invariant(longer, `nothing is longer than ${timeframe}`)
  return {
    idea: `Dips of the ${timeframe} bars inside the trend of the ${longer} bars`,
    timeframes: [timeframe, longer],
    indicators: `  rsi_14: { type: rsi, period: 14 }
  roc_10: { type: roc, period: 10 } # change over ten bars, in percent
  adx_14: { type: adx, period: 14 } # how much of a trend`,
    fuzzySets: `  strength:
    indicator: rsi_14
    weak: { type: trapezoidal, parameters: [0, 0, 30, 45] }
    middling: [35, 50, 65]
    strong: { type: trapezoidal, parameters: [55, 70, 100, 100] }
${speed(timeframe)}
  trendiness:
    indicator: adx_14
    idle: { type: trapezoidal, parameters: [0, 0, 15, 25] }
    moving: { type: trapezoidal, parameters: [15, 30, 100, 100] }`,
    nnInputs: `  - { fuzzy_set: strength, timeframes: all }
  - { fuzzy_set: speed, timeframes: [${timeframe}] }
  - { fuzzy_set: trendiness, timeframes: [${longer}] }
  - { raw_indicator: roc_10, timeframes: [${longer}], normalization: zscore }`,
  }
}

function speed(timeframe: Timeframe): string {
  const [far, deviation] = [move(timeframe, 10, 1.2), move(timeframe, 10, 0.6)]
  return `  speed:
    indicator: roc_10
    falling: { type: gaussian, parameters: [${-far}, ${deviation}] } # mean and standard deviation
    drifting: { type: gaussian, parameters: [0, ${deviation}] }
    rising: { type: gaussian, parameters: [${far}, ${deviation}] }`
}

/** So many times the usual change over `bars`, in percent, to two digits. */
function move(timeframe: Timeframe, bars: number, times: number): number {
  return Number((times * MOVES[timeframe] * Math.sqrt(bars)).toPrecision(2))
}
