// The gated recurrent unit (Cho et al. 2014), as PyTorch:
//
//   a = b_ih + W_ih·x        b = b_hh + W_hh·h₋          two chains, each begins with its bias
//   r = σ(aᵣ + bᵣ)   z = σ(a_z + b_z)   n = tanh(aₙ + r·bₙ)
//   h = n + z·(h₋ − n)

import { tanh32 } from '../float32-math.ts'
import { gateSigmoid, gatesOf, repeatRow, throughSigmoid, throughTanh, type Cell } from './cell.ts'
import { addProduct } from './linear.ts'

const f = Math.fround
const GATES = 3

export const gruStep: Cell = (weights, x, before) => {
  const { inputWeight, hiddenWeight, inputBias, hiddenBias } = weights
  const size = hiddenWeight.rowLength
  const rows = x.length / inputWeight.rowLength
  const a = repeatRow(inputBias.data, rows)
  addProduct(x, inputWeight, a)
  const b = repeatRow(hiddenBias.data, rows)
  if (before) addProduct(before.hidden, hiddenWeight, b)

  const hiddenBefore = before?.hidden ?? new Float32Array(rows * size)
  const gates = new Float32Array(a.length)
  const hidden = new Float32Array(rows * size)
  for (let u = 0; u < hidden.length; u++) {
    const at = gatesOf(u, size, GATES)
    const r = gateSigmoid(f(a[at]! + b[at]!))
    const z = gateSigmoid(f(a[at + size]! + b[at + size]!))
    const n = tanh32(f(a[at + 2 * size]! + f(r * b[at + 2 * size]!)))
    gates[at] = r
    gates[at + size] = z
    gates[at + 2 * size] = n
    hidden[u] = n + f(z * f(hiddenBefore[u]! - n))
  }

  return {
    hidden,
    cell: null,
    backward: (dHidden, passed) => {
      const dInput = new Float32Array(gates.length)
      const dRecurrent = new Float32Array(gates.length)
      for (let u = 0; u < hidden.length; u++) {
        const at = gatesOf(u, size, GATES)
        const r = gates[at]!
        const z = gates[at + size]!
        const n = gates[at + 2 * size]!
        const dh = f(dHidden[u]! + passed[u]!)
        const dn = throughTanh(f(dh * f(1 - z)), n)
        const dz = throughSigmoid(f(dh * f(hiddenBefore[u]! - n)), z)
        const dr = throughSigmoid(f(dn * b[at + 2 * size]!), r)
        dInput[at] = dr
        dInput[at + size] = dz
        dInput[at + 2 * size] = dn
        dRecurrent[at] = dr
        dRecurrent[at + size] = dz
        dRecurrent[at + 2 * size] = dn * r
        passed[u] = dh * z
      }
      return { dInput, dRecurrent }
    },
  }
}
