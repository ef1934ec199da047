// A linear layer y = W·x + b and its two backward products. Matrices are row-major: x is rows × inputs,
// W is outputs × inputs. Order of summation (the contract of `f32-muladd-v1`): each element of a product is one
// chain acc ← acc + a·b over the summed index in ascending order, from 0, multiply and add rounded separately.

const f = Math.fround

/** y[m][n] = Σₖ x[m][k]·W[n][k] + b[n] */
export function linearForward(
  x: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  y: Float32Array,
  rows: number,
  inputs: number,
  outputs: number,
): void {
  for (let m = 0; m < rows; m++) {
    const xRow = m * inputs
    for (let n = 0; n < outputs; n++) {
      const wRow = n * inputs
      let sum = 0
      for (let k = 0; k < inputs; k++) sum = f(sum + f(x[xRow + k]! * weight[wRow + k]!))
      y[m * outputs + n] = sum + bias[n]!
    }
  }
}

/** dx[m][k] = Σₙ dy[m][n]·W[n][k] */
export function inputGradient(
  dy: Float32Array,
  weight: Float32Array,
  dx: Float32Array,
  rows: number,
  inputs: number,
  outputs: number,
): void {
  dx.fill(0, 0, rows * inputs)
  for (let m = 0; m < rows; m++) {
    const dxRow = m * inputs
    for (let n = 0; n < outputs; n++) {
      const d = dy[m * outputs + n]!
      const wRow = n * inputs
      // Storing to a Float32Array rounds the sum.
      for (let k = 0; k < inputs; k++) dx[dxRow + k]! += f(d * weight[wRow + k]!)
    }
  }
}

/** dW[n][k] = Σₘ dy[m][n]·x[m][k] and db[n] = Σₘ dy[m][n] */
export function weightGradient(
  x: Float32Array,
  dy: Float32Array,
  dWeight: Float32Array,
  dBias: Float32Array,
  rows: number,
  inputs: number,
  outputs: number,
): void {
  dWeight.fill(0)
  dBias.fill(0)
  for (let m = 0; m < rows; m++) {
    const xRow = m * inputs
    for (let n = 0; n < outputs; n++) {
      const d = dy[m * outputs + n]!
      const wRow = n * inputs
      dBias[n]! += d
      for (let k = 0; k < inputs; k++) dWeight[wRow + k]! += f(d * x[xRow + k]!)
    }
  }
}
