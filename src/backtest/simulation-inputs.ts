// Everything that a simulation looks at, laid out once: it is the same whenever a run is begun or resumed.

import { invariant } from '../core/errors.ts'
import type { SimulationSettings } from '../trading/simulation-settings.ts'
import { averageRanges, type Instrument, type RangesByPeriod } from './instrument.ts'
import { timelineOf, type Timeline } from './timeline.ts'

export type SimulationInputs = {
  /** By symbol, ascending: wherever their order matters it is this one. */
  readonly instruments: readonly Instrument[]
  /** For each instrument. */
  readonly ranges: readonly RangesByPeriod[]
  readonly timeline: Timeline
  readonly settings: SimulationSettings
}

export function simulationInputs(
  given: readonly Instrument[],
  settings: SimulationSettings,
): SimulationInputs {
  const instruments = given.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1))
  for (const { symbol, bars, firstBar, endBar } of instruments)
    invariant(
      0 <= firstBar && firstBar < endBar && endBar <= bars.length,
      `A simulation of the bars ${firstBar} to ${endBar} of ${symbol} does not fit ${bars.length} bars.`,
    )
  const { capital, commission, slippage, positionSize, leverage = 1 } = settings
  invariant(capital > 0, `A capital of ${capital} cannot trade.`)
  invariant(
    commission >= 0 && slippage >= 0 && slippage < 1,
    `Commission ${commission} and slippage ${slippage} are not shares.`,
  )
  invariant(
    positionSize > 0 && positionSize <= leverage,
    `A position size of ${positionSize} is not a share of the equity, times ${leverage}.`,
  )
  return {
    instruments,
    ranges: instruments.map(({ bars }) => averageRanges(bars, settings)),
    timeline: timelineOf(instruments),
    settings,
  }
}
