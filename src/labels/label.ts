// The contract of every labeler. Labels are the only place where the future may be seen, so each label says
// how far it looked: the splitter drops every row whose label ends behind the border of its slice.

/** Class numbers of signal labels, as upstream. */
export const SIGNALS = ['BUY', 'HOLD', 'SELL'] as const
export const BUY = 0
export const HOLD = 1
export const SELL = 2

/** Class numbers of market regimes and of contexts, as upstream. */
export const REGIMES = ['TRENDING_UP', 'TRENDING_DOWN', 'RANGING', 'VOLATILE'] as const
export const TRENDING_UP = 0
export const TRENDING_DOWN = 1
export const RANGING = 2
export const VOLATILE = 3

export const CONTEXTS = ['BULLISH', 'BEARISH', 'NEUTRAL'] as const
export const BULLISH = 0
export const BEARISH = 1
export const NEUTRAL = 2

export type Labels = {
  /** Names of the classes, by number; empty when the labels are values. */
  readonly classes: readonly string[]
  /** One entry a bar: the class number or the value; NaN where the bar has no (decided) label. */
  readonly values: Float64Array
  /** Index of the last bar whose data the label of this bar uses; −1 where there is no label. */
  readonly endBar: Int32Array
  /** How much the label of each bar counts, above 0; NaN where there is none; null = all alike. */
  readonly weights: Float64Array | null
}

export type LabelSettings =
  | { readonly source: 'zigzag'; readonly threshold: number }
  | { readonly source: 'forward_return'; readonly horizon: number }
  | TripleBarrierSettings
  | RegimeSettings
  | ContextSettings

export type TripleBarrierSettings = {
  readonly source: 'triple_barrier'
  /** Distance of the upper and of the lower barrier, in volatilities. */
  readonly ptMultiplier: number
  readonly slMultiplier: number
  /** Bars. */
  readonly maxHoldingPeriod: number
  readonly volSpan: number
  readonly volMethod: 'atr' | 'close'
  /** Weigh labels by their uniqueness (López de Prado 2018, ch. 4). */
  readonly computeWeights: boolean
  /** Only bars at which a CUSUM of log returns passes a threshold; null = all bars. */
  readonly cusum: {
    /** null = multiplier × mean volatility of the log returns so far. */
    readonly threshold: number | null
    readonly multiplier: number
  } | null
}

export type RegimeSettings = {
  readonly source: 'regime'
  readonly macroAtrMultiplier: number
  readonly microAtrMultiplier: number
  readonly atrPeriod: number
  readonly volLookback: number
  readonly volCrisisThreshold: number
  readonly progressionTolerance: number
}

export type ContextSettings = {
  readonly source: 'context'
  readonly horizon: number
  readonly bullishThreshold: number
  readonly bearishThreshold: number
}
