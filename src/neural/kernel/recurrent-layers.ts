// The parameters of a recurrent network by layer, and how its gates lie in memory.
//
// Gates of a time step, one after the other, each `panels` panels: LSTM i f g o; GRU r z n and bₙ (routines/gru-cell).
// What goes back through the hidden weights is i f g o, or r z bₙ: the third gate of W_hh belongs to the fourth here.

import type { RecurrentKind, RecurrentShape } from '../network.ts'
import { panelsOf } from './memory.ts'
import type { StoredParameter } from './parameters.ts'
import type { Plan } from './plan.ts'

/** Gates of a step as they lie in memory, of either kind. */
export const STORED_GATES = 4

type CellTraits = {
  /** Its gates add both biases to the same sum, so the sum of the biases is all they read. */
  readonly sumsBiases: boolean
  /** It has a cell state beside the hidden one. */
  readonly hasCellState: boolean
  /** Gates of the hidden weights that are stored as they stand there; those after them stand one further. */
  readonly alignedGates: number
}

/** What the kinds of cells differ in, as far as memory goes. */
export const CELLS: Readonly<Record<RecurrentKind, CellTraits>> = {
  lstm: { sumsBiases: true, hasCellState: true, alignedGates: 4 },
  gru: { sumsBiases: false, hasCellState: false, alignedGates: 2 },
}

export type RecurrentLayer = {
  readonly inputWeight: StoredParameter
  readonly hiddenWeight: StoredParameter
  readonly inputBias: StoredParameter
  readonly hiddenBias: StoredParameter
}

export type RecurrentParameters = {
  readonly layers: readonly RecurrentLayer[]
  readonly headWeight: StoredParameter
  readonly headBias: StoredParameter
}

export function recurrentParameters(
  { parameters }: Plan,
  shape: RecurrentShape,
): RecurrentParameters {
  const layers = Array.from({ length: shape.layerCount }, (_, l) => ({
    inputWeight: parameters[4 * l]!,
    hiddenWeight: parameters[4 * l + 1]!,
    inputBias: parameters[4 * l + 2]!,
    hiddenBias: parameters[4 * l + 3]!,
  }))
  const head = 4 * shape.layerCount
  return { layers, headWeight: parameters[head]!, headBias: parameters[head + 1]! }
}

/** Panels of one gate. */
export function gatePanels({ hiddenSize }: RecurrentShape): number {
  return panelsOf(hiddenSize)
}

/** The panel of the stored gates that goes with a panel of the hidden weights. */
export function recurrentPanel(shape: RecurrentShape, panel: number): number {
  const one = gatePanels(shape)
  return panel >= CELLS[shape.kind].alignedGates * one ? panel + one : panel
}
