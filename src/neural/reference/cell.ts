// What a recurrent cell is, and what LSTM and GRU share. Gates of a time step are row-major, one row a sample:
// all units of the first gate, then all of the second.

import { tanh32 } from '../float32-math.ts'
import type { Parameter } from './parameters.ts'

const f = Math.fround

/** Weights are [gates · hidden, inputs or hidden], biases [gates · hidden]. */
export type CellWeights = {
  readonly inputWeight: Parameter
  readonly hiddenWeight: Parameter
  readonly inputBias: Parameter
  readonly hiddenBias: Parameter
}

/** One time step of a layer. */
export type CellStep = {
  readonly hidden: Float32Array
  /** The cell state of an LSTM; a GRU has its hidden state alone. */
  readonly cell: Float32Array | null
  /**
   * @param dHidden the gradient of `hidden`: from above, and from the next step through its gates
   * @param carried what flows from step to step past the gates, overwritten with that of the step before: the
   *   gradient of `cell`, or the share of ∂h that a GRU's update gate lets through
   */
  readonly backward: (dHidden: Float32Array, carried: Float32Array) => GateGradients
}

export type GateGradients = { readonly dInput: Float32Array; readonly dRecurrent: Float32Array }

/** @param before null at the first step, whose states before it are zero */
export type Cell = (weights: CellWeights, x: Float32Array, before: CellStep | null) => CellStep

/** Every row a copy of `row`. */
export function repeatRow(row: Float32Array, rows: number): Float32Array {
  const all = new Float32Array(rows * row.length)
  for (let m = 0; m < rows; m++) all.set(row, m * row.length)
  return all
}

/** Where the first gate of unit `u` is: `u` counts through all rows, `size` units to a row. */
export function gatesOf(u: number, size: number, gates: number): number {
  const unit = u % size
  return (u - unit) * gates + unit
}

/** 1 / (1 + e⁻ˣ) = ½·tanh(½x) + ½ */
export function gateSigmoid(x: number): number {
  return f(f(0.5 * tanh32(f(0.5 * x))) + 0.5)
}

/** `d` times the derivative of the sigmoid, where its value is `a`. */
export function throughSigmoid(d: number, a: number): number {
  return f(f(d * a) * f(1 - a))
}

/** `d` times the derivative of tanh, where its value is `a`. */
export function throughTanh(d: number, a: number): number {
  return f(d * f(1 - f(a * a)))
}
