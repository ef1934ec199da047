// The cell of an LSTM (src/neural/reference/lstm.ts), element by element over the rows [from, until). Gates i f g o.
//
//   lstm_forward    gates ← i = σ(zᵢ), f = σ(z_f), g = tanh(z_g), o = σ(z_o);  c = f·c₋ + i·g;  h = o·tanh(c)
//   lstm_states     the same where nobody goes back: only c, in place of c₋, and h are written
//   lstm_backward   gates ← ∂z, given ∂h;  carried ← ∂c₋, given ∂c
//
// At the first step of a window c₋ is zero, at the last ∂c is; what is in memory is not read then.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, type I32 } from '../../../wasm/values.ts'
import { defineCell, type CellWriter, type Pair } from './cell-loop.ts'
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
  defineCell(module, constants, 'lstm_forward', forward, (p, writer) => {
    const { gates, c, t, h } = advance(writer, p.before, p.isFirst)
    for (const [n, values] of gates.entries()) writer.store(writer.gate(n), values)
    writer.store(p.cell, c)
    writer.store(p.tanhCell, t)
    writer.store(p.hidden, h)
  })

  const states = { cell: 'i32', hidden: 'i32', isFirst: 'i32' } as const
  defineCell(module, constants, 'lstm_states', states, (p, writer) => {
    const { c, h } = advance(writer, p.cell, p.isFirst)
    writer.store(p.cell, c)
    writer.store(p.hidden, h)
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

/** The gates, c, tanh c and h of the current eight units. */
function advance(
  { gate, load, set, pair, tanh, sigmoid }: CellWriter,
  before: I32,
  isFirst: I32,
): { gates: readonly Pair[]; c: Pair; t: Pair; h: Pair } {
  const [i, f, g, o] = [load(gate(0)), load(gate(1)), load(gate(2)), load(gate(3))]
  const c = load(before, isFirst)
  for (const gated of [i, f, o]) sigmoid(gated)
  tanh(g)
  set(c, (half) => add(mul(f[half], c[half]), mul(i[half], g[half])))
  const t = pair()
  set(t, (half) => c[half])
  tanh(t)
  const h = pair()
  set(h, (half) => mul(o[half], t[half]))
  return { gates: [i, f, g, o], c, t, h }
}
