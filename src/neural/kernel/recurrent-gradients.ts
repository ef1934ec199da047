// Gradients of the weights of a recurrent network: one thread's share of the output units of each layer. Time runs
// outside the units, so that the states of a step are read once; each sum runs over t ascending, rows within.

import type { RecurrentShape } from '../network.ts'
import { roundUp } from './memory.ts'
import type { StoredParameter } from './parameters.ts'
import type { Plan } from './plan.ts'
import type { RecurrentBatch } from './recurrent-batch.ts'
import { gatePanels, recurrentPanel, recurrentParameters } from './recurrent-layers.ts'
import type { Routines } from './routines.ts'
import type { Updater } from './update.ts'

export type RecurrentGradients = {
  readonly sum: (batch: RecurrentBatch, count: number) => void
  readonly square: () => void
  readonly update: (scale: number) => void
}

/** Panels [from, until) of a parameter. */
type Share = { readonly parameter: StoredParameter; readonly from: number; readonly until: number }

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
  const isLstm = shape.kind === 'lstm'
  const shareOf = (parameter: StoredParameter): Share => {
    const each = roundUp(Math.ceil(parameter.panels / plan.threads), 2)
    const from = Math.min(thread * each, parameter.panels)
    return { parameter, from, until: Math.min(from + each, parameter.panels) }
  }
  const shares = layers.map((layer) => ({
    inputWeight: shareOf(layer.inputWeight),
    hiddenWeight: shareOf(layer.hiddenWeight),
    inputBias: shareOf(layer.inputBias),
    hiddenBias: shareOf(layer.hiddenBias),
  }))
  const headShares = { weight: shareOf(headWeight), bias: shareOf(headBias) }
  const all = [...shares.flatMap((layer) => Object.values(layer)), ...Object.values(headShares)]

  /** @param gates of this time step; those that go with a panel are at `panelOf(panel)` */
  function addWeights(
    { parameter, from, until }: Share,
    x: number,
    gates: number,
    stride: number,
    isHidden: boolean,
    count: number,
    isFresh: number,
  ): void {
    const { gradient, panelBytes, inputs } = parameter
    for (let panel = from; panel < until; panel += 2) {
      const isPair = panel + 1 < until
      const weightGradient = isPair ? routines.weight_gradient_2 : routines.weight_gradient_1
      const z = gates + (isHidden ? recurrentPanel(shape, panel) : panel) * stride
      const target = gradient + panel * panelBytes
      weightGradient(x, stride, z, stride, count * 32, inputs, target, panelBytes, isFresh)
    }
  }

  function addBiases(
    { parameter, from, until }: Share,
    gates: number,
    stride: number,
    isHidden: boolean,
    count: number,
    isFresh: number,
  ): void {
    // Panels are neighbours among the gates too, up to a GRU's third gate and from there on.
    const third = isHidden && shape.kind === 'gru' ? 2 * gatePanels(shape) : until
    for (const [low, high] of [
      [from, Math.min(third, until)],
      [Math.max(third, from), until],
    ] as const) {
      if (low >= high) continue
      const z = gates + (isHidden ? recurrentPanel(shape, low) : low) * stride
      routines.column_sum(z, stride, count * 32, high - low, parameter.gradient + low * 32, isFresh)
    }
  }

  /** The gates of an LSTM add both biases, so their gradients are the same. */
  function copyGradient({ parameter, from, until }: Share, target: Share): void {
    const first = parameter.gradient / 4
    const to = target.parameter.gradient / 4 + from * 8
    floats.copyWithin(to, first + from * 8, first + until * 8)
  }

  function sum(batch: RecurrentBatch, count: number): void {
    const { stride, summary, outputs } = batch
    for (const [l, share] of shares.entries()) {
      const { gates, hidden } = batch.layers[l]!
      for (let t = 0; t < sequenceLength; t++) {
        const z = gates[t]!
        const isFresh = t === 0 ? 1 : 0
        addWeights(share.inputWeight, batch.inputs[l]![t]!, z, stride, false, count, isFresh)
        // Before the first step the state is zero, and so is what it adds.
        const before = t === 0 ? 0 : hidden[t - 1]!
        addWeights(share.hiddenWeight, before, z, stride, true, t === 0 ? 0 : count, isFresh)
        addBiases(share.inputBias, z, stride, false, count, isFresh)
        if (!isLstm) addBiases(share.hiddenBias, z, stride, true, count, isFresh)
      }
      if (isLstm) copyGradient(share.inputBias, share.hiddenBias)
    }
    addWeights(headShares.weight, summary, outputs, stride, false, count, 1)
    addBiases(headShares.bias, outputs, stride, false, count, 1)
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
