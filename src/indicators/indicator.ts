// The contract of every indicator: a pure function from bars to columns of float64.
//
// Words: an *output* is one column; *warm-up* is the number of leading bars on which an output is NaN because
// its window is not full yet. Invariants (test/contract/indicator): an output is NaN exactly on its warm-up
// when the bars are sound, and its value at bar t depends on no bar after t; unless it `repaints`.

import type { Bars } from '../data/bars.ts'

export type ParameterSpec =
  | {
      readonly kind: 'integer'
      readonly default: number
      readonly min: number
      readonly max: number
    }
  | {
      readonly kind: 'number'
      readonly default: number
      readonly min: number
      readonly max: number
      /** True when `min` itself is not allowed. */
      readonly exclusiveMin?: boolean
      /** True when `max` itself is not allowed. */
      readonly exclusiveMax?: boolean
    }
  | { readonly kind: 'boolean'; readonly default: boolean }
  | { readonly kind: 'choice'; readonly default: string; readonly choices: readonly string[] }

export type ParameterValue = number | boolean | string
export type Parameters = Readonly<Record<string, ParameterValue>>

export type Indicator = {
  /** Canonical type name in strategies, e.g. `bollingerbands`. */
  readonly type: string
  readonly aliases: readonly string[]
  readonly parameters: Readonly<Record<string, ParameterSpec>>
  /** Output names, primary first; empty for an indicator with a single, nameless output. */
  readonly outputs: readonly string[]
  /** Values depend on later bars, with gaps of NaN: for looking at, never a feature. */
  readonly repaints?: true
  /** Warm-up of each output, in the order of `outputs` (one entry for a single output). */
  readonly warmup: (parameters: Parameters) => readonly number[]
  /** One column of `bars.length` values for each output. */
  readonly compute: (bars: Bars, parameters: Parameters) => Float64Array[]
}

/** An indicator of a strategy: its id there, its canonical type, all parameters with defaults filled in. */
export type IndicatorUse = {
  readonly id: string
  readonly type: string
  readonly parameters: Parameters
  /** The context series whose values it takes for the close; absent = the bars themselves. */
  readonly dataSource?: string
}

/** One column of an indicator: `ref` as the strategy spells it (`macd_f.histogram`), `output` its index. */
export type IndicatorRef = {
  readonly ref: string
  readonly indicatorId: string
  readonly output: number
}
