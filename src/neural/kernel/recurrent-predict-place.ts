// Where the forward pass of a recurrent network over a block of windows lives.

import type { RecurrentShape } from '../network.ts'
import { paddedRows, panelsOf, strideOf, type Allocator } from './memory.ts'
import { BLOCK_SAMPLES, stagingFloats, type Staging } from './predict-samples.ts'
import { gatePanels, STORED_GATES } from './recurrent-layers.ts'
import { ROW_BYTES } from './routines/tile.ts'

/** Time steps whose rows neighbouring windows share at once. */
export const SHARED_STEPS = 64
/** Rows of a block of neighbouring windows at so many steps. */
export const PREDICT_ROWS = paddedRows(BLOCK_SAMPLES + SHARED_STEPS - 1)
/** Of all matrices. */
export const PREDICT_STRIDE = strideOf(PREDICT_ROWS)

export type LayerState = {
  readonly hidden: number
  readonly cell: number
  /** b_ih + b_hh, where the gates add both. */
  readonly bias: number
}

export type RecurrentPredictPlace = Staging & {
  /** Features of rows; at the end the outputs. */
  readonly x: number
  /** Sums over the inputs of the first layer, of each row. */
  readonly rowSums: number
  /** Sums over the inputs of another layer, of each window. */
  readonly inputSums: number
  /** Sums over the states before: continued from those over the inputs (LSTM), or apart (GRU). */
  readonly sums: number
  readonly layers: readonly LayerState[]
}

export function placeRecurrentPredict(
  shape: RecurrentShape,
  { take }: Allocator,
): RecurrentPredictPlace {
  const panels = gatePanels(shape)
  const matrix = (count: number): number => take(PREDICT_STRIDE * count)
  return {
    features: take(stagingFloats(shape) * 4),
    samples: take(PREDICT_ROWS * 4),
    firstRows: take(PREDICT_ROWS * 4),
    x: matrix(panelsOf(Math.max(shape.inputs, shape.outputs))),
    rowSums: matrix(STORED_GATES * panels),
    inputSums: matrix(shape.layerCount > 1 ? STORED_GATES * panels : 0),
    sums: matrix(STORED_GATES * panels),
    layers: Array.from({ length: shape.layerCount }, () => ({
      hidden: matrix(panels),
      cell: matrix(panels),
      bias: take(STORED_GATES * panels * ROW_BYTES),
    })),
  }
}
