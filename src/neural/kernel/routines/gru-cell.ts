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
import { f32x4, type I32 } from '../../../wasm/values.ts'
import { defineCell, type CellWriter, type Pair, type Stage } from './cell-loop.ts'
import type { Constants } from './constants.ts'
import { throughSigmoid, throughTanh } from './float32.ts'

const { add, sub, mul } = f32x4

export function defineGruCell(module: ModuleBuilder, constants: Constants): void {
  const forward = { recurrent: 'i32', before: 'i32', hidden: 'i32', isFirst: 'i32' } as const
  defineCell(module, constants, 'gru_forward', forward, (p, cell) => {
    const { gate, store } = cell
    const places = { z: gate(1), n: gate(2), bn: gate(3) }
    return [
      gatesStage(cell, p.recurrent, places.bn, (gates, row) => {
        for (const [i, values] of gates.entries()) store(gate(i), values, row)
      }),
      hiddenStage(cell, places, p.before, p.isFirst, (n, h, row) => {
        store(places.n, n, row)
        store(p.hidden, h, row)
      }),
    ]
  })

  const states = { recurrent: 'i32', hidden: 'i32', isFirst: 'i32' } as const
  defineCell(module, constants, 'gru_states', states, (p, cell) => {
    const { gate, store } = cell
    const places = { z: gate(1, p.recurrent), n: gate(2, p.recurrent) }
    return [
      gatesStage(cell, p.recurrent, places.n, ([, z, n], row) => {
        store(places.z, z, row)
        store(places.n, n, row)
      }),
      hiddenStage(cell, places, p.hidden, p.isFirst, (_, h, row) => store(p.hidden, h, row)),
    ]
  })

  const backward = {
    before: 'i32',
    dHidden: 'i32',
    carried: 'i32',
    isFirst: 'i32',
    isLast: 'i32',
  } as const
  defineCell(module, constants, 'gru_backward', backward, (p, { gate, load, store, set, pair }) => [
    {
      rows: 1,
      emit: () => {
        const one = constants.float(1)
        const [r, z, n, bn] = [load(gate(0)), load(gate(1)), load(gate(2)), load(gate(3))]
        const before = load(p.before, 0, p.isFirst)
        const [dh, carried] = [load(p.dHidden), load(p.carried, 0, p.isLast)]
        const [dr, dz, dn] = [pair(), pair(), pair()]
        set(dh, (half) => add(dh[half], carried[half]))
        set(dn, (half) => throughTanh(one, mul(dh[half], sub(one, z[half])), n[half]))
        set(dz, (half) => throughSigmoid(one, mul(dh[half], sub(before[half], n[half])), z[half]))
        set(dr, (half) => throughSigmoid(one, mul(dn[half], bn[half]), r[half]))
        set(bn, (half) => mul(dn[half], r[half]))
        set(carried, (half) => mul(dh[half], z[half]))
        for (const [i, values] of [dr, dz, dn, bn].entries()) store(gate(i), values)
        store(p.carried, carried)
      },
    },
  ])
}

/** r, z, and what n is the tanh of. */
function gatesStage(
  { gate, load, set, activate }: CellWriter,
  recurrent: I32,
  recurrentN: I32,
  keep: (gates: readonly [Pair, Pair, Pair], row: number) => void,
): Stage {
  const sum = (i: number, row: number): Pair => {
    const [a, b] = [load(gate(i), row), load(gate(i, recurrent), row)]
    set(a, (half) => add(a[half], b[half]))
    return a
  }
  return {
    rows: 2,
    emit: (rows) => {
      const gates = rows.map((row) => [sum(0, row), sum(1, row)] as const)
      activate(gates.flat(), [])
      for (const row of rows) {
        const [r, z] = gates[row]!
        const [n, bn] = [load(gate(2), row), load(recurrentN, row)]
        set(n, (half) => add(n[half], mul(r[half], bn[half])))
        keep([r, z, n], row)
      }
    },
  }
}

/** n and h, from z, what n is the tanh of, and h₋. */
function hiddenStage(
  { load, set, activate }: CellWriter,
  places: { readonly z: I32; readonly n: I32 },
  before: I32,
  isFirst: I32,
  keep: (n: Pair, h: Pair, row: number) => void,
): Stage {
  return {
    rows: 4,
    emit: (rows) => {
      const tanhs = rows.map((row) => load(places.n, row))
      activate([], tanhs)
      for (const row of rows) {
        const [n, z, h] = [tanhs[row]!, load(places.z, row), load(before, row, isFirst)]
        set(h, (half) => add(n[half], mul(z[half], sub(h[half], n[half]))))
        keep(n, h, row)
      }
    },
  }
}
