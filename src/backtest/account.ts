// What the positions of an account are worth, and what may still be held.

import type { SimulationInputs } from './simulation-inputs.ts'
import type { Position, SimulationState } from './simulation-state.ts'
import { lastBarAt } from './timeline.ts'

/** Negative for a short: the position is worth `signedUnits · price`. */
export function signedUnits({ side, units }: Position): number {
  return side === 'LONG' ? units : -units
}

export type Worth = {
  /** Value of what is held long and of what is sold short, both ≥ 0. */
  readonly long: number
  readonly short: number
}

/** At the last closes up to `step`. @param without the index of an instrument that is left out */
export function worthAt(
  { books }: SimulationState,
  { instruments, timeline }: SimulationInputs,
  step: number,
  without = -1,
): Worth {
  let long = 0
  let short = 0
  for (let index = 0; index < books.length; index++) {
    const { position } = books[index]!
    if (position === null || index === without) continue
    const close = instruments[index]!.bars.close[lastBarAt(timeline, instruments, index, step)]!
    if (position.side === 'LONG') long += position.units * close
    else short += position.units * close
  }
  return { long, short }
}

/** Cash and positions, at the last closes up to `step`. */
export function equityAt(state: SimulationState, inputs: SimulationInputs, step: number): number {
  const { books, cash } = state
  const { instruments, timeline } = inputs
  let equity = cash
  for (let index = 0; index < books.length; index++) {
    const { position } = books[index]!
    if (position === null) continue
    const close = instruments[index]!.bars.close[lastBarAt(timeline, instruments, index, step)]!
    equity += signedUnits(position) * close
  }
  return equity
}

/** What may be bought or sold short besides what is held: all positions are worth `leverage` times the equity at most. */
export function freeNotional(cash: number, { long, short }: Worth, leverage: number): number {
  return leverage * cash + (leverage - 1) * long - (leverage + 1) * short
}

/**
 * The price at which the equity falls to the maintenance margin of all positions, the others at their last closes; null:
 * a long never meets it; 0: a short does at any price.
 */
export function marginPrice(
  position: Position,
  cash: number,
  others: Worth,
  maintenanceMargin: number | undefined,
): number | null {
  if (maintenanceMargin === undefined) return null
  const equity = cash + others.long - others.short
  const required = maintenanceMargin * (others.long + others.short)
  const price =
    position.side === 'LONG'
      ? (required - equity) / (position.units * (1 - maintenanceMargin))
      : (equity - required) / (position.units * (1 + maintenanceMargin))
  if (price > 0) return price
  return position.side === 'LONG' ? null : 0
}
