// Where a batch of a recurrent network lives: behind the plan, as large as the largest batch so far. The states of
// every time step stay for the way back.

import { dropoutThreshold } from '../dropout.ts'
import type { RecurrentShape } from '../network.ts'
import { allocateFrom, paddedRows, panelsOf, strideOf } from './memory.ts'
import type { BatchPlace } from './phases.ts'
import type { Plan } from './plan.ts'
import { CELLS, gatePanels, STORED_GATES } from './recurrent-layers.ts'

/** Addresses of the matrices of each time step. */
export type Sequence = readonly number[]

export type LayerPlace = {
  readonly gates: Sequence
  readonly hidden: Sequence
  /** Of cells that have a state of their own. */
  readonly cell: Sequence
  readonly tanhCell: Sequence
}

export type RecurrentBatch = BatchPlace & {
  /** What each layer reads: the features, then hidden states after dropout. */
  readonly inputs: readonly Sequence[]
  readonly layers: readonly LayerPlace[]
  /** The last hidden state of the last layer after dropout, which the head reads. */
  readonly summary: number
  /** Recurrent sums of a GRU's r and z, for the time step at hand. */
  readonly recurrent: number
  /** Gradients of the hidden state, and what is carried past the gates, for the time step at hand. */
  readonly dHidden: number
  readonly carried: number
}

/** @param capacity rows that it can hold */
export function placeRecurrentBatch(
  plan: Plan,
  shape: RecurrentShape,
  capacity: number,
): RecurrentBatch {
  const { take, end } = allocateFrom(plan.end)
  const rows = paddedRows(capacity)
  const stride = strideOf(rows)
  const panels = gatePanels(shape)
  const perRow = (): number => take(rows * 4)
  const matrix = (count: number): number => take(stride * count)
  const sequence = (count: number): Sequence =>
    Array.from({ length: shape.sequenceLength }, () => matrix(count))
  const { hasCellState } = CELLS[shape.kind]
  const isDropped = dropoutThreshold(shape.dropout) > 0

  const samples = perRow()
  const [targets, weights, values, hits] = [perRow(), perRow(), perRow(), perRow()]
  const features = sequence(panelsOf(shape.inputs))
  const layers = Array.from({ length: shape.layerCount }, (): LayerPlace => ({
    gates: sequence(STORED_GATES * panels),
    hidden: sequence(panels),
    cell: hasCellState ? sequence(panels) : [],
    tanhCell: hasCellState ? sequence(panels) : [],
  }))
  const below = layers.slice(0, -1)
  const handedUp = isDropped ? below.map(() => sequence(panels)) : below.map(({ hidden }) => hidden)
  return {
    samples,
    targets,
    weights,
    values,
    hits,
    stride,
    layers,
    inputs: [features, ...handedUp],
    summary: isDropped ? matrix(panels) : layers.at(-1)!.hidden.at(-1)!,
    outputs: matrix(panelsOf(shape.outputs)),
    recurrent: matrix(2 * panels),
    dHidden: matrix(panels),
    carried: matrix(panels),
    end: end(),
  }
}
