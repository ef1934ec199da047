// Where the forward pass of a recurrent network over a block of windows lives.

import type { RecurrentShape } from '../network.ts'
import { panelsOf, strideOf, type Allocator } from './memory.ts'
import { BLOCK_SAMPLES, stagingFloats, type Staging } from './predict-samples.ts'
import { gatePanels, STORED_GATES } from './recurrent-layers.ts'
import { ROW_BYTES } from './routines/tile.ts'

export type LayerState = {
  readonly hidden: number
  readonly cell: number
  /** b_ih + b_hh, where the gates add both. */
  readonly bias: number
}

export type RecurrentPredictPlace = Staging & {
  /** The features of a time step; at the end the outputs. */
  readonly x: number
  readonly gates: number
  readonly recurrent: number
  readonly tanhCell: number
  readonly layers: readonly LayerState[]
}

export function placeRecurrentPredict(
  shape: RecurrentShape,
  { take }: Allocator,
): RecurrentPredictPlace {
  const stride = strideOf(BLOCK_SAMPLES)
  const panels = gatePanels(shape)
  const matrix = (count: number): number => take(stride * count)
  const words = (): number => take(BLOCK_SAMPLES * 4)
  return {
    features: take(stagingFloats(shape) * 4),
    samples: words(),
    firstRows: words(),
    x: matrix(panelsOf(Math.max(shape.inputs, shape.outputs))),
    gates: matrix(STORED_GATES * panels),
    recurrent: matrix(2 * panels),
    tanhCell: matrix(panels),
    layers: Array.from({ length: shape.layerCount }, () => ({
      hidden: matrix(panels),
      cell: matrix(panels),
      bias: take(STORED_GATES * panels * ROW_BYTES),
    })),
  }
}
