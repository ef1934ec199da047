// Gradients of the weights of a recurrent network: one thread's share of the output units of each layer. Time runs
// outside the units, so that the states of a step are read once; each sum runs over t ascending, rows within.

import type { RecurrentShape } from '../network.ts'
import { roundUp } from './memory.ts'
import type { StoredParameter } from './parameters.ts'
import type { Plan } from './plan.ts'
import type { RecurrentBatch } from './recurrent-batch.ts'
import { CELLS, gatePanels, recurrentPanel, recurrentParameters } from './recurrent-layers.ts'
import type { Routines } from './routines.ts'
import { PANEL_COLUMNS, ROW_BYTES } from './routines/tile.ts'
import type { Updater } from './update.ts'

export type RecurrentGradients = {
  readonly sum: (batch: RecurrentBatch, count: number) => void
  readonly square: () => void
  readonly update: (scale: number) => void
}

/** Neighbouring panels of a parameter that go with neighbouring panels of the gates. */
type Run = { readonly panel: number; readonly panels: number; readonly gate: number }

/** Panels [from, until) of a parameter. */
type Share = {
  readonly parameter: StoredParameter
  readonly from: number
  readonly until: number
  readonly runs: readonly Run[]
}

export function createRecurrentGradients(
  routines: Routines,
  floats: Float32Array,
  plan: Plan,
  shape: RecurrentShape,
  { square, update }: Updater,
  thread: number,
): RecurrentGradients {
  const { layers, headWeight, headBias } = recurrentParameters(plan, shape)
  const { sequenceLength } = shape
  const { sumsBiases } = CELLS[shape.kind]
  const shareOf = (parameter: StoredParameter, isHidden: boolean): Share => {
    const each = roundUp(Math.ceil(parameter.panels / plan.threads), 2)
    const from = Math.min(thread * each, parameter.panels)
    const until = Math.min(from + each, parameter.panels)
    return { parameter, from, until, runs: runsOf(shape, from, until, isHidden) }
  }
  const shares = layers.map((layer) => ({
    inputWeight: shareOf(layer.inputWeight, false),
    hiddenWeight: shareOf(layer.hiddenWeight, true),
    inputBias: shareOf(layer.inputBias, false),
    hiddenBias: shareOf(layer.hiddenBias, true),
  }))
  const headShares = { weight: shareOf(headWeight, false), bias: shareOf(headBias, false) }
  const all = [...shares.flatMap((layer) => Object.values(layer)), ...Object.values(headShares)]

  function addWeights(
    { parameter, runs }: Share,
    x: number,
    gates: number,
    stride: number,
    rowsEnd: number,
    isFresh: number,
  ): void {
    const { gradient, panelBytes, inputs } = parameter
    for (const { panel, panels, gate } of runs) {
      const z = gates + gate * stride
      const target = gradient + panel * panelBytes
      routines.weight_gradient(
        x,
        stride,
        z,
        stride,
        rowsEnd,
        inputs,
        target,
        panelBytes,
        panels,
        isFresh,
      )
    }
  }

  function addBiases(
    { parameter, runs }: Share,
    gates: number,
    stride: number,
    rowsEnd: number,
    isFresh: number,
  ): void {
    for (const { panel, panels, gate } of runs) {
      const target = parameter.gradient + panel * ROW_BYTES
      routines.column_sum(gates + gate * stride, stride, rowsEnd, panels, target, isFresh)
    }
  }

  /** Gates that add both biases give both the same gradient. */
  function copyGradient({ parameter, from, until }: Share, target: Share): void {
    const first = parameter.gradient / 4
    const to = target.parameter.gradient / 4 + from * PANEL_COLUMNS
    floats.copyWithin(to, first + from * PANEL_COLUMNS, first + until * PANEL_COLUMNS)
  }

  function sum(batch: RecurrentBatch, count: number): void {
    const { stride, summary, outputs } = batch
    const rowsEnd = count * ROW_BYTES
    for (const [l, share] of shares.entries()) {
      const { gates, hidden } = batch.layers[l]!
      for (let t = 0; t < sequenceLength; t++) {
        const z = gates[t]!
        const isFresh = t === 0 ? 1 : 0
        addWeights(share.inputWeight, batch.inputs[l]![t]!, z, stride, rowsEnd, isFresh)
        // Before the first step the state is zero, and so is what it adds.
        const before = t === 0 ? 0 : hidden[t - 1]!
        addWeights(share.hiddenWeight, before, z, stride, t === 0 ? 0 : rowsEnd, isFresh)
        addBiases(share.inputBias, z, stride, rowsEnd, isFresh)
        if (!sumsBiases) addBiases(share.hiddenBias, z, stride, rowsEnd, isFresh)
      }
      if (sumsBiases) copyGradient(share.inputBias, share.hiddenBias)
    }
    addWeights(headShares.weight, summary, outputs, stride, rowsEnd, 1)
    addBiases(headShares.bias, outputs, stride, rowsEnd, 1)
  }

  return {
    sum,
    square: () => {
      for (const { parameter, from, until } of all)
        if (from < until)
          square(parameter, from, until - from, parameter.gradient + from * parameter.panelBytes)
    },
    update: (scale) => {
      for (const { parameter, from, until } of all) {
        const gradient = parameter.gradient + from * parameter.panelBytes
        if (from < until) update(parameter, from, until - from, gradient, scale)
      }
    },
  }
}

/** Panels go with panels, but for gates of W_hh that are stored one further. */
function runsOf(shape: RecurrentShape, from: number, until: number, isHidden: boolean): Run[] {
  const aligned = isHidden ? CELLS[shape.kind].alignedGates * gatePanels(shape) : until
  const ranges = [
    [from, Math.min(aligned, until)],
    [Math.max(aligned, from), until],
  ] as const
  return ranges
    .filter(([low, high]) => low < high)
    .map(([low, high]) => ({
      panel: low,
      panels: high - low,
      gate: isHidden ? recurrentPanel(shape, low) : low,
    }))
}
