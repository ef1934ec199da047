// Long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), as PyTorch:
//
//   z = (b_ih + b_hh) + W_ih·x + W_hh·h₋                one chain, in this order
//   i = σ(zᵢ)   f = σ(z_f)   g = tanh(z_g)   o = σ(z_o)
//   c = f·c₋ + i·g        h = o·tanh(c)

import { tanh32 } from '../float32-math.ts'
import { gateSigmoid, gatesOf, repeatRow, throughSigmoid, throughTanh, type Cell } from './cell.ts'
import { addProduct } from './linear.ts'

const f = Math.fround
const GATES = 4

export const lstmStep: Cell = (weights, x, before) => {
  const { inputWeight, hiddenWeight, inputBias, hiddenBias } = weights
  const size = hiddenWeight.rowLength
  const rows = x.length / inputWeight.rowLength
  const bias = inputBias.data.map((b, n) => b + hiddenBias.data[n]!)
  const gates = repeatRow(bias, rows)
  addProduct(x, inputWeight, gates)
  if (before) addProduct(before.hidden, hiddenWeight, gates)

  const cellBefore = before?.cell ?? new Float32Array(rows * size)
  const cell = new Float32Array(rows * size)
  const tanhCell = new Float32Array(rows * size)
  const hidden = new Float32Array(rows * size)
  for (let u = 0; u < hidden.length; u++) {
    const at = gatesOf(u, size, GATES)
    const i = gateSigmoid(gates[at]!)
    const forget = gateSigmoid(gates[at + size]!)
    const g = tanh32(gates[at + 2 * size]!)
    const o = gateSigmoid(gates[at + 3 * size]!)
    gates[at] = i
    gates[at + size] = forget
    gates[at + 2 * size] = g
    gates[at + 3 * size] = o
    cell[u] = f(forget * cellBefore[u]!) + f(i * g)
    tanhCell[u] = tanh32(cell[u]!)
    hidden[u] = o * tanhCell[u]!
  }

  return {
    hidden,
    cell,
    backward: (dHidden, dCell) => {
      const dGates = new Float32Array(gates.length)
      for (let u = 0; u < hidden.length; u++) {
        const at = gatesOf(u, size, GATES)
        const i = gates[at]!
        const forget = gates[at + size]!
        const g = gates[at + 2 * size]!
        const o = gates[at + 3 * size]!
        const dh = dHidden[u]!
        const dc = f(dCell[u]! + throughTanh(f(dh * o), tanhCell[u]!))
        dGates[at] = throughSigmoid(f(dc * g), i)
        dGates[at + size] = throughSigmoid(f(dc * cellBefore[u]!), forget)
        dGates[at + 2 * size] = throughTanh(f(dc * i), g)
        dGates[at + 3 * size] = throughSigmoid(f(dh * tanhCell[u]!), o)
        dCell[u] = dc * forget
      }
      return { dInput: dGates, dRecurrent: dGates }
    },
  }
}
