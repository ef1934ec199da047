// The cell of an LSTM (src/neural/reference/lstm.ts), element by element over the rows [from, until). Gates i f g o.
//
//   lstm_forward    gates ← i = σ(zᵢ), f = σ(z_f), g = tanh(z_g), o = σ(z_o);  c = f·c₋ + i·g;  h = o·tanh(c)
//   lstm_backward   gates ← ∂z, given ∂h;  carried ← ∂c₋, given ∂c
//
// At the first step of a window c₋ is zero, at the last ∂c is; what is in memory is not read then.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4 } from '../../../wasm/values.ts'
import { defineCell } from './cell-loop.ts'
import type { Constants } from './constants.ts'
import { throughSigmoid, throughTanh } from './float32.ts'

const { add, mul } = f32x4

export function defineLstmCell(module: ModuleBuilder, constants: Constants): void {
  const forward = {
    before: 'i32',
    cell: 'i32',
    tanhCell: 'i32',
    hidden: 'i32',
    isFirst: 'i32',
  } as const
  defineCell(module, constants, 'lstm_forward', forward, (p, { gate, load, store, set, ...on }) => {
    const [i, f, g, o] = [load(gate(0)), load(gate(1)), load(gate(2)), load(gate(3))]
    const c = load(p.before, p.isFirst)
    for (const gated of [i, f, o]) on.sigmoid(gated)
    on.tanh(g)
    set(c, (half) => add(mul(f[half], c[half]), mul(i[half], g[half])))
    const t = on.pair()
    set(t, (half) => c[half])
    on.tanh(t)
    const h = on.pair()
    set(h, (half) => mul(o[half], t[half]))
    for (const [n, values] of [i, f, g, o].entries()) store(gate(n), values)
    store(p.cell, c)
    store(p.tanhCell, t)
    store(p.hidden, h)
  })

  const backward = {
    before: 'i32',
    tanhCell: 'i32',
    dHidden: 'i32',
    carried: 'i32',
    isFirst: 'i32',
    isLast: 'i32',
  } as const
  defineCell(
    module,
    constants,
    'lstm_backward',
    backward,
    (p, { gate, load, store, set, pair }) => {
      const [i, f, g, o] = [load(gate(0)), load(gate(1)), load(gate(2)), load(gate(3))]
      const one = constants.float(1)
      const before = load(p.before, p.isFirst)
      const [t, dh, dc] = [load(p.tanhCell), load(p.dHidden), load(p.carried, p.isLast)]
      const [di, df, dg, dO] = [pair(), pair(), pair(), pair()]
      set(dc, (half) => add(dc[half], throughTanh(one, mul(dh[half], o[half]), t[half])))
      set(di, (half) => throughSigmoid(one, mul(dc[half], g[half]), i[half]))
      set(df, (half) => throughSigmoid(one, mul(dc[half], before[half]), f[half]))
      set(dg, (half) => throughTanh(one, mul(dc[half], i[half]), g[half]))
      set(dO, (half) => throughSigmoid(one, mul(dh[half], t[half]), o[half]))
      set(dc, (half) => mul(dc[half], f[half]))
      for (const [n, values] of [di, df, dg, dO].entries()) store(gate(n), values)
      store(p.carried, dc)
    },
  )
}
