// The money side of a backtest: what one starts with, what trading costs, how large a position is.

import type { DecisionSettings } from './decision-settings.ts'

export type SimulationSettings = {
  /** Cash before the first bar, above 0. */
  readonly capital: number
  /** Share of the notional, paid on every fill. */
  readonly commission: number
  /** Share of the price by which every fill is worse than the open, in [0, 1). */
  readonly slippage: number
  /** Share of the equity that an entry invests, commission included, in (0, 1]. */
  readonly positionSize: number
  /** Round units down, as for shares. */
  readonly wholeUnits: boolean
  readonly decisions: DecisionSettings
}
