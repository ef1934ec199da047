// A linear layer y = W·x + b and its backward products. Matrices are row-major: x is rows × inputs, W is
// outputs × inputs, y is rows × outputs. Order of summation (the contract of `f32-muladd-v1`): each element of a
// product is one chain acc ← acc + a·b over the summed index in ascending order, multiply and add rounded
// separately. A chain begins with what its target holds, so that two products can follow each other in one chain.

import type { Parameter, Parameters } from './parameters.ts'

const f = Math.fround

export type Linear = { readonly weight: Parameter; readonly bias: Parameter }

export function linearNamed(parameters: Parameters, name: string): Linear {
  return { weight: parameters.get(`${name}.weight`)!, bias: parameters.get(`${name}.bias`)! }
}

/** y[m][n] = (Σₖ x[m][k]·W[n][k]) + b[n], the chain from 0 */
export function linearForward(x: Float32Array, { weight, bias }: Linear): Float32Array {
  const outputs = bias.data.length
  const y = new Float32Array((x.length / weight.rowLength) * outputs)
  addProduct(x, weight, y)
  // Storing to a Float32Array rounds the sum, here and below.
  for (let i = 0; i < y.length; i++) y[i]! += bias.data[i % outputs]!
  return y
}

/** ∂W and ∂b of a linear layer. */
export function addLinearGradient(
  x: Float32Array,
  dy: Float32Array,
  { weight, bias }: Linear,
): void {
  addWeightGradient(x, dy, weight)
  addBiasGradient(dy, bias)
}

/** y[m][n] += Σₖ x[m][k]·W[n][k] */
export function addProduct(x: Float32Array, { data, rowLength }: Parameter, y: Float32Array): void {
  const outputs = data.length / rowLength
  for (let i = 0; i < y.length; i++) {
    const n = i % outputs
    const xRow = ((i - n) / outputs) * rowLength
    const wRow = n * rowLength
    let sum = y[i]!
    for (let k = 0; k < rowLength; k++) sum = f(sum + f(x[xRow + k]! * data[wRow + k]!))
    y[i] = sum
  }
}

/** dx[m][k] += Σₙ dy[m][n]·W[n][k] */
export function addInputGradient(
  dy: Float32Array,
  { data, rowLength }: Parameter,
  dx: Float32Array,
): void {
  const outputs = data.length / rowLength
  for (let i = 0; i < dy.length; i++) {
    const n = i % outputs
    const dxRow = ((i - n) / outputs) * rowLength
    const wRow = n * rowLength
    const d = dy[i]!
    for (let k = 0; k < rowLength; k++) dx[dxRow + k]! += f(d * data[wRow + k]!)
  }
}

/** ∂x of a linear layer: its chains begin with 0. */
export function inputGradient(dy: Float32Array, weight: Parameter): Float32Array {
  const outputs = weight.data.length / weight.rowLength
  const dx = new Float32Array((dy.length / outputs) * weight.rowLength)
  addInputGradient(dy, weight, dx)
  return dx
}

/** ∂W[n][k] += Σₘ dy[m][n]·x[m][k] */
export function addWeightGradient(
  x: Float32Array,
  dy: Float32Array,
  { data, gradient, rowLength }: Parameter,
): void {
  const outputs = data.length / rowLength
  for (let i = 0; i < dy.length; i++) {
    const n = i % outputs
    const xRow = ((i - n) / outputs) * rowLength
    const wRow = n * rowLength
    const d = dy[i]!
    for (let k = 0; k < rowLength; k++) gradient[wRow + k]! += f(d * x[xRow + k]!)
  }
}

/** ∂b[n] += Σₘ dy[m][n] */
export function addBiasGradient(dy: Float32Array, { gradient }: Parameter): void {
  const outputs = gradient.length
  for (let i = 0; i < dy.length; i++) gradient[i % outputs]! += dy[i]!
}
