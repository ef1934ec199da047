// How a forecast becomes an order: the `decisions` section of a strategy, defaults filled in.

const OUTPUT_FORMATS = [
  'classification',
  'regression',
  'regime_classification',
  'context_classification',
] as const
/** BUY, HOLD and SELL; an expected return; or classes of the market that say nothing of what to do. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** Whether forecasts say what to do. */
export function givesSignals({ outputFormat }: Pick<DecisionSettings, 'outputFormat'>): boolean {
  return outputFormat !== 'regime_classification' && outputFormat !== 'context_classification'
}

/** Whether no forecast opens a short, whatever it is; of positions from a file nobody knows. */
export function neverGoesShort({
  outputFormat,
  positionAwareness,
  allowShortFromFlat,
}: DecisionSettings): boolean {
  return outputFormat === 'classification' && positionAwareness && !allowShortFromFlat
}

export type DecisionSettings = {
  /** `position`: of signals from a file that say what to hold, −1, 0 or 1. */
  readonly outputFormat: OutputFormat | 'position'
  /** Classification: a signal less probable than this is HOLD. */
  readonly confidenceThreshold: number
  /** Regression: a forecast must exceed roundTripCost · minEdgeMultiplier (shares of the price). */
  readonly roundTripCost: number
  readonly minEdgeMultiplier: number
  /** Suppress signals that the position already follows. */
  readonly positionAwareness: boolean
  /** Classification: may a SELL open a short? Regression always may. */
  readonly allowShortFromFlat: boolean
  /** Time since the last fill before a new entry; both must have passed. Exits are never held back (C6). */
  readonly minSignalSeparationHours: number
  readonly minSignalSeparationBars: number
}

/** Those of a strategy, whose network answers in one of its own formats. */
export type StrategyDecisions = DecisionSettings & { readonly outputFormat: OutputFormat }
