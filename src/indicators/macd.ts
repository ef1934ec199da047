// Moving average convergence/divergence (Appel 1979): line = EMA_fast − EMA_slow, signal = EMA_signal(line),
// histogram = line − signal, all EMAs unadjusted from bar 0. Formula and defaults: upstream ktrdr, which has no
// warm-up; here the line warms up for max(fast, slow) − 1 bars and what builds on it for signal − 1 more.

import type { Indicator, Parameters } from './indicator.ts'
import { integer, numberOf, SOURCE, sourceColumn } from './parameters.ts'
import { alphaOfSpan, blankWarmup, exponentialMean } from './smoothing.ts'

function warmup(parameters: Parameters): [line: number, signal: number, histogram: number] {
  const slowest = Math.max(numberOf(parameters, 'fast_period'), numberOf(parameters, 'slow_period'))
  const signal = slowest - 1 + numberOf(parameters, 'signal_period') - 1
  return [slowest - 1, signal, signal]
}

export const macd: Indicator = {
  type: 'macd',
  aliases: [],
  parameters: {
    fast_period: integer(12, 1, 100),
    slow_period: integer(26, 1, 200),
    signal_period: integer(9, 1, 50),
    source: SOURCE,
  },
  outputs: ['line', 'signal', 'histogram'],
  warmup,
  compute: (bars, parameters) => {
    const source = sourceColumn(bars, parameters)
    const emaOf = (column: Float64Array, period: string): Float64Array =>
      exponentialMean(column, alphaOfSpan(numberOf(parameters, period)))

    const slow = emaOf(source, 'slow_period')
    const line = emaOf(source, 'fast_period').map((fast, t) => fast - slow[t]!)
    const signal = emaOf(line, 'signal_period')
    const histogram = line.map((value, t) => value - signal[t]!)

    const [ofLine, ofSignal, ofHistogram] = warmup(parameters)
    return [
      blankWarmup(line, ofLine),
      blankWarmup(signal, ofSignal),
      blankWarmup(histogram, ofHistogram),
    ]
  },
}
