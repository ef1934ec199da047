// A sound strategy file that the tests break one line at a time, and what they do with it.

import { KtrdrError } from '../../../src/core/errors.ts'
import { formatProblem, parseStrategy } from '../../../src/strategy/load-strategy.ts'
import type { Problem } from '../../../src/strategy/load-strategy.ts'
import type { Strategy } from '../../../src/strategy/strategy.ts'

export const SAMPLE = `name: sample
version: "3.0"
training_data:
  symbols: { mode: single, symbol: EURUSD }
  timeframes:
    mode: single
    timeframe: 1h
  history_required: 250
indicators:
  rsi_14: { type: rsi, period: 14 }
  macd_f: { type: macd, fast_period: 8, slow_period: 21, signal_period: 5 }
fuzzy_sets:
  rsi:
    indicator: rsi_14
    oversold: [0, 20, 35]
    overbought: { type: trapezoidal, parameters: [65, 80, 100, 100] }
  push:
    indicator: macd_f.histogram
    up: { type: gaussian, parameters: [1, 0.5] }
nn_inputs:
  - { fuzzy_set: rsi, timeframes: all }
  - { fuzzy_set: push, timeframes: [1h] }
  - raw_indicator: macd_f
    timeframes: all
    normalization: zscore
model:
  type: mlp
  architecture: { hidden_layers: [32, 16], activation: tanh, dropout: 0.1 }
decisions:
  output_format: classification
  confidence_threshold: 0.55
  filters: { min_signal_separation: 6 }
training:
  labels: { source: zigzag, zigzag_threshold: 0.012 }
  epochs: 60
  batch_size: 64
  learning_rate: 0.0007
  data_split: { train: 0.7, validation: 0.15, test: 0.15 }
`

/** A sound strategy that has rules instead of a network. */
export const RULES_SAMPLE = `name: sample
training_data:
  symbols: { mode: single, symbol: EURUSD }
  timeframes: { mode: multi_timeframe, list: [1h, 4h] }
indicators:
  fast: { type: sma, period: 10 }
  slow: { type: sma, period: 30 }
  rsi_14: { type: rsi, period: 14 }
  macd: { type: macd }
fuzzy_sets:
  rsi:
    indicator: rsi_14
    low: [0, 20, 40]
    high: [60, 80, 100]
rules:
  long:
    enter: fast crosses above slow and macd.signal > 0
    exit: fast crosses below slow or rsi.high > 0.5
  short:
    enter: close@4h < fast@4h[1] and not rsi.low > 0.2
`

/**
 * The sample with the first `before` replaced; a `before` that is not there is a mistake of the
 * test.
 */
export function edited(...edits: readonly (readonly [before: string, after: string])[]): string {
  let text = SAMPLE
  for (const [before, after] of edits) {
    if (!text.includes(before)) throw new Error(`the sample has no ${JSON.stringify(before)}`)
    text = text.replace(before, () => after)
  }
  return text
}

export function parsed(text: string): Strategy {
  return parseStrategy(text, 'sample.yaml').strategy
}

/** Lines of the refusal of `text`, or none when it is accepted. */
export function problemsOf(text: string, fileName = 'sample.yaml'): string[] {
  return refusalOf(text, fileName)?.message.split('\n') ?? []
}

export function refusalOf(text: string, fileName = 'sample.yaml'): KtrdrError | undefined {
  try {
    parseStrategy(text, fileName)
    return undefined
  } catch (error) {
    if (error instanceof KtrdrError) return error
    throw error
  }
}

export function warningsOf(text: string, fileName = 'sample.yaml'): string[] {
  return parseStrategy(text, fileName).warnings.map(formatProblem)
}

export function problemData(error: KtrdrError | undefined): readonly Problem[] {
  return (error?.details['problems'] ?? []) as readonly Problem[]
}
