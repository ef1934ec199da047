// The cell of a GRU (src/neural/reference/gru.ts), element by element over the rows [from, until). The gates of a step
// are four: r z n, and beside them bₙ, the recurrent sum of n, which a backward pass needs.
//
//   gru_forward    gates hold a (r z n) and bₙ, `recurrent` holds b (r z);
//                  gates ← r = σ(aᵣ + bᵣ), z = σ(a_z + b_z), n = tanh(aₙ + r·bₙ), bₙ;  h = n + z·(h₋ − n)
//   gru_states     h in place of h₋, where nobody goes back: `gates` hold a and `recurrent` b, of r z n both
//   gru_backward   gates ← ∂a (r z n) and ∂bₙ, given ∂h; ∂b (r z) is the same as ∂a;  carried ← ∂h·z
//
// At the first step of a window h₋ is zero, at the last the carried gradient is; what is in memory is not read then.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, i32, type I32 } from '../../../wasm/values.ts'
import { defineCell, type CellWriter, type Pair } from './cell-loop.ts'
import type { Constants } from './constants.ts'
import { throughSigmoid, throughTanh } from './float32.ts'

const { add, sub, mul } = f32x4

export function defineGruCell(module: ModuleBuilder, constants: Constants): void {
  const forward = { recurrent: 'i32', before: 'i32', hidden: 'i32', isFirst: 'i32' } as const
  defineCell(module, constants, 'gru_forward', forward, (p, writer) => {
    const { gate, load, store } = writer
    const gates = [load(gate(0)), load(gate(1)), load(gate(2))] as const
    const bn = load(gate(3))
    const recurrent = [load(p.recurrent), load(next(p.recurrent, writer))] as const
    const h = advance(writer, gates, [...recurrent, bn], load(p.before, p.isFirst))
    for (const [i, values] of gates.entries()) store(gate(i), values)
    store(p.hidden, h)
  })

  const states = { recurrent: 'i32', hidden: 'i32', isFirst: 'i32' } as const
  defineCell(module, constants, 'gru_states', states, (p, writer) => {
    const { gate, load, store } = writer
    const gates = [load(gate(0)), load(gate(1)), load(gate(2))] as const
    const b2 = next(p.recurrent, writer)
    const recurrent = [load(p.recurrent), load(b2), load(next(b2, writer))] as const
    store(p.hidden, advance(writer, gates, recurrent, load(p.hidden, p.isFirst)))
  })

  const backward = {
    before: 'i32',
    dHidden: 'i32',
    carried: 'i32',
    isFirst: 'i32',
    isLast: 'i32',
  } as const
  defineCell(module, constants, 'gru_backward', backward, (p, { gate, load, store, set, pair }) => {
    const one = constants.float(1)
    const [r, z, n, bn] = [load(gate(0)), load(gate(1)), load(gate(2)), load(gate(3))]
    const before = load(p.before, p.isFirst)
    const [dh, carried] = [load(p.dHidden), load(p.carried, p.isLast)]
    const [dr, dz, dn] = [pair(), pair(), pair()]
    set(dh, (half) => add(dh[half], carried[half]))
    set(dn, (half) => throughTanh(one, mul(dh[half], sub(one, z[half])), n[half]))
    set(dz, (half) => throughSigmoid(one, mul(dh[half], sub(before[half], n[half])), z[half]))
    set(dr, (half) => throughSigmoid(one, mul(dn[half], bn[half]), r[half]))
    set(bn, (half) => mul(dn[half], r[half]))
    set(carried, (half) => mul(dh[half], z[half]))
    for (const [i, values] of [dr, dz, dn, bn].entries()) store(gate(i), values)
    store(p.carried, carried)
  })
}

/** The matrix of the next gate. */
function next(matrix: I32, { gate }: CellWriter): I32 {
  return i32.add(matrix, i32.sub(gate(1), gate(0)))
}

type Three = readonly [Pair, Pair, Pair]

/** a becomes r z n, h₋ becomes h, which is given back. */
function advance(
  { set, tanh, sigmoid }: CellWriter,
  [r, z, n]: Three,
  [br, bz, bn]: Three,
  h: Pair,
): Pair {
  set(r, (half) => add(r[half], br[half]))
  set(z, (half) => add(z[half], bz[half]))
  sigmoid(r)
  sigmoid(z)
  set(n, (half) => add(n[half], mul(r[half], bn[half])))
  tanh(n)
  set(h, (half) => add(n[half], mul(z[half], sub(h[half], n[half]))))
  return h
}
