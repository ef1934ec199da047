// Sums in front of the gates, and back through them, when a recurrent network trains.

import { gateCount } from '../initialise.ts'
import type { RecurrentKind, RecurrentShape } from '../network.ts'
import { panelsOf } from './memory.ts'
import { CELLS, gatePanels, recurrentPanel, type RecurrentLayer } from './recurrent-layers.ts'
import type { StoredParameter } from './parameters.ts'
import type { Routines } from './routines.ts'
import { BLOCK_BYTES, ROW_BYTES } from './routines/tile.ts'

export type Gates = {
  /**
   * The sums in front of the gates of one time step, from the inputs at `x` and, unless it is the first step, the
   * hidden states at `before`. A GRU's recurrent sums of r and z go to `recurrent`.
   * @param bias of an LSTM: b_ih + b_hh
   */
  readonly sum: (
    layer: RecurrentLayer,
    bias: number,
    x: number,
    before: number,
    isFirst: number,
    gates: number,
    recurrent: number,
    from: number,
    until: number,
  ) => void
  /** target = ∂gates·W_ih */
  readonly backToInput: (
    weight: StoredParameter,
    gates: number,
    target: number,
    from: number,
    until: number,
  ) => void
  /** target = ∂gates·W_hh, or the chain continued: target + ∂gates·W_hh */
  readonly backToHidden: (
    weight: StoredParameter,
    gates: number,
    target: number,
    isContinued: boolean,
    from: number,
    until: number,
  ) => void
}

export function createGates(routines: Routines, shape: RecurrentShape, stride: number): Gates {
  const panels = gatePanels(shape)
  const { hiddenSize: size } = shape
  const isDense = size % 8 === 0
  const gateBytes = panels * stride
  const count = gateCount(shape)
  const { alignedGates } = CELLS[shape.kind]

  function back(
    { transposed, transposedStride, inputs }: StoredParameter,
    gates: number,
    target: number,
    isContinued: boolean,
    isHidden: boolean,
    from: number,
    until: number,
  ): void {
    const targetPanels = panelsOf(inputs)
    // Without padding between them, gates that are neighbours are one sum.
    const whole = isHidden ? alignedGates : count
    let isNext = isContinued
    for (let gate = 0; gate < count;) {
      const length = isDense && gate === 0 ? whole : 1
      const stored = isHidden ? recurrentPanel(shape, gate * panels) / panels : gate
      const operands = [
        gates + stored * gateBytes,
        stride,
        transposed + gate * panels * BLOCK_BYTES,
        transposedStride,
        target,
        stride,
        from,
        until,
        length * size,
        targetPanels,
      ] as const
      if (isNext) routines.product_onto(...operands, target, stride)
      else routines.product(...operands)
      isNext = true
      gate += length
    }
  }

  const sums: Readonly<Record<RecurrentKind, Gates['sum']>> = {
    lstm: (
      { inputWeight: wi, hiddenWeight: wh },
      bias,
      x,
      before,
      isFirst,
      gates,
      _,
      from,
      until,
    ) => {
      routines.product_from(
        x,
        stride,
        wi.at,
        wi.panelBytes,
        gates,
        stride,
        from,
        until,
        wi.inputs,
        wi.panels,
        bias,
        before,
        wh.at,
        wh.panelBytes,
        isFirst ? 0 : size,
      )
    },
    gru: (layer, _, x, before, isFirst, gates, recurrent, from, until) => {
      const { inputWeight: wi, hiddenWeight: wh, inputBias, hiddenBias } = layer
      const hidden = isFirst ? 0 : size
      routines.product_from(
        x,
        stride,
        wi.at,
        wi.panelBytes,
        gates,
        stride,
        from,
        until,
        wi.inputs,
        wi.panels,
        inputBias.at,
        0,
        0,
        0,
        0,
      )
      routines.product_from(
        before,
        stride,
        wh.at,
        wh.panelBytes,
        recurrent,
        stride,
        from,
        until,
        hidden,
        2 * panels,
        hiddenBias.at,
        0,
        0,
        0,
        0,
      )
      routines.product_from(
        before,
        stride,
        wh.at + 2 * panels * wh.panelBytes,
        wh.panelBytes,
        gates + 3 * gateBytes,
        stride,
        from,
        until,
        hidden,
        panels,
        hiddenBias.at + 2 * panels * ROW_BYTES,
        0,
        0,
        0,
        0,
      )
    },
  }

  return {
    sum: sums[shape.kind],
    backToInput: (weight, gates, target, from, until) =>
      back(weight, gates, target, false, false, from, until),
    backToHidden: (weight, gates, target, isContinued, from, until) =>
      back(weight, gates, target, isContinued, true, from, until),
  }
}
