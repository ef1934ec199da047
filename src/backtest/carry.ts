// What holding a position costs while time passes: the fee for what was borrowed to sell short, and funding.

import { firstBarAtOrAfter } from '../data/bars.ts'
import { YEAR_MS } from '../performance/bars-per-year.ts'
import type { SimulationSettings } from '../trading/simulation-settings.ts'
import { signedUnits } from './account.ts'
import type { Instrument } from './instrument.ts'
import type { Position, SimulationState } from './simulation-state.ts'

/** For the time since the open of the bar before; below 0 when more is received than paid. */
export function carryCost(
  position: Position,
  { bars, funding }: Instrument,
  bar: number,
  { costs }: SimulationSettings,
): number {
  const { timestampMs, close, open } = bars
  const [sinceMs, untilMs] = [timestampMs[bar - 1]!, timestampMs[bar]!]
  let cost = 0
  if (position.side === 'SHORT' && costs?.borrowFee !== undefined)
    cost += costs.borrowFee * position.units * close[bar - 1]! * ((untilMs - sinceMs) / YEAR_MS)
  if (funding === undefined) return cost
  for (let i = firstBarAtOrAfter(funding, sinceMs); i < funding.length; i++) {
    const dueMs = funding.timestampMs[i]!
    if (dueMs > untilMs) break
    if (dueMs > sinceMs) cost += funding.rate[i]! * signedUnits(position) * open[bar]!
  }
  return cost
}

export function payCarry(state: SimulationState, position: Position, cost: number): void {
  position.financingCost += cost
  state.cash -= cost
}

export function paysCarry(
  { side }: Position,
  { funding }: Instrument,
  { costs }: SimulationSettings,
): boolean {
  return funding !== undefined || (side === 'SHORT' && (costs?.borrowFee ?? 0) > 0)
}
