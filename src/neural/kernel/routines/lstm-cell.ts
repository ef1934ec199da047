// The cell of an LSTM (src/neural/reference/lstm.ts), element by element over the rows [from, until). Gates i f g o.
//
//   lstm_forward    gates ← i = σ(zᵢ), f = σ(z_f), g = tanh(z_g), o = σ(z_o);  c = f·c₋ + i·g;  h = o·tanh(c)
//   lstm_states     the same where nobody goes back: only c, in place of c₋, and h are written
//   lstm_backward   gates ← ∂z, given ∂h;  carried ← ∂c₋, given ∂c
//
// At the first step of a window c₋ is zero, at the last ∂c is; what is in memory is not read then.

import type { ModuleBuilder } from '../../../wasm/module.ts'
import { f32x4, type I32 } from '../../../wasm/values.ts'
import { defineCell, type CellWriter, type Pair, type Stage } from './cell-loop.ts'
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
  defineCell(module, constants, 'lstm_forward', forward, (p, cell) => [
    gatesStage(cell, p.before, p.isFirst, (gates, c) => {
      for (const [n, values] of gates.entries()) cell.store(cell.gate(n), values)
      cell.store(p.cell, c)
    }),
    hiddenStage(cell, p.cell, cell.gate(3), (t, h, row) => {
      cell.store(p.tanhCell, t, row)
      cell.store(p.hidden, h, row)
    }),
  ])

  const states = { cell: 'i32', hidden: 'i32', isFirst: 'i32' } as const
  defineCell(module, constants, 'lstm_states', states, (p, cell) => [
    gatesStage(cell, p.cell, p.isFirst, ([, , , o], c) => {
      cell.store(p.cell, c)
      cell.store(p.hidden, o)
    }),
    hiddenStage(cell, p.cell, p.hidden, (_, h, row) => cell.store(p.hidden, h, row)),
  ])

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
    (p, { gate, load, store, set, pair }) => [
      {
        rows: 1,
        emit: () => {
          const [i, f, g, o] = [load(gate(0)), load(gate(1)), load(gate(2)), load(gate(3))]
          const one = constants.float(1)
          const before = load(p.before, 0, p.isFirst)
          const [t, dh, dc] = [load(p.tanhCell), load(p.dHidden), load(p.carried, 0, p.isLast)]
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
      },
    ],
  )
}

/** The gates and c, from the sums in front of the gates. */
function gatesStage(
  { gate, load, set, activate }: CellWriter,
  before: I32,
  isFirst: I32,
  keep: (gates: readonly [Pair, Pair, Pair, Pair], c: Pair) => void,
): Stage {
  return {
    rows: 1,
    emit: () => {
      const [i, f, g, o] = [load(gate(0)), load(gate(1)), load(gate(2)), load(gate(3))]
      const c = load(before, 0, isFirst)
      activate([i, f, o], [g])
      set(c, (half) => add(mul(f[half], c[half]), mul(i[half], g[half])))
      keep([i, f, g, o], c)
    },
  }
}

/** tanh c and h, from c and o. */
function hiddenStage(
  { load, set, pair, activate }: CellWriter,
  cell: I32,
  output: I32,
  keep: (t: Pair, h: Pair, row: number) => void,
): Stage {
  return {
    rows: 4,
    emit: (rows) => {
      const tanhs = rows.map((row) => load(cell, row))
      activate([], tanhs)
      for (const row of rows) {
        const [t, o, h] = [tanhs[row]!, load(output, row), pair()]
        set(h, (half) => mul(o[half], t[half]))
        keep(t, h, row)
      }
    },
  }
}
