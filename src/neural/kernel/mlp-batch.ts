// Where a batch of a multilayer perceptron lives: behind the plan, as large as the largest batch so far.

import { dropoutThreshold } from '../dropout.ts'
import type { MlpShape } from '../network.ts'
import type { BatchPlace } from './phases.ts'
import { allocateFrom, paddedRows, panelsOf, strideOf } from './memory.ts'
import type { Plan } from './plan.ts'

export type MlpBatch = BatchPlace & {
  /** Input of each layer: the features, then activations after dropout; at the end the outputs. */
  readonly kept: readonly number[]
  /** Activations before dropout, where the derivative needs them (not ReLU). */
  readonly activated: readonly number[]
  /** ∂loss/∂z of each layer; that of the last layer is in the place of the outputs. */
  readonly gradients: readonly number[]
}

/** @param capacity rows that it can hold */
export function placeMlpBatch(plan: Plan, shape: MlpShape, capacity: number): MlpBatch {
  const { take, end } = allocateFrom(plan.end)
  const rows = paddedRows(capacity)
  const stride = strideOf(rows)
  const panels = (columns: number): number => take(stride * panelsOf(columns))
  const perRow = (): number => take(rows * 4)

  const samples = perRow()
  const [targets, weights, values, hits] = [perRow(), perRow(), perRow(), perRow()]
  const features = panels(shape.inputs)
  const hidden = shape.hiddenLayers.map(panels)
  const outputs = panels(shape.outputs)
  const isSeparate = shape.activation !== 'relu' && dropoutThreshold(shape.dropout) > 0
  const activated = isSeparate ? shape.hiddenLayers.map(panels) : hidden
  const gradients = [...shape.hiddenLayers.map(panels), outputs]
  return {
    samples,
    targets,
    weights,
    values,
    hits,
    stride,
    outputs,
    activated,
    gradients,
    kept: [features, ...hidden, outputs],
    end: end(),
  }
}
