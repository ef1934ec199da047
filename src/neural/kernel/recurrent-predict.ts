// The forward pass of a recurrent network without dropout: a block of windows at a time, or one window, which has a
// shorter way of the same bits. Only the states of the time step at hand are kept.

import type { RecurrentKind, RecurrentShape, Samples } from '../network.ts'
import { createGates } from './gates.ts'
import { allocateFrom, paddedRows, strideOf } from './memory.ts'
import type { Predict } from './mlp-predict.ts'
import type { Plan } from './plan.ts'
import { BLOCK_SAMPLES, copyFloats, stage, unpackOutputs } from './predict-samples.ts'
import { CELLS, gatePanels, recurrentParameters, type RecurrentLayer } from './recurrent-layers.ts'
import { placeRecurrentPredict, type LayerState } from './recurrent-predict-place.ts'
import type { Routines } from './routines.ts'
import { ROW_BYTES } from './routines/tile.ts'

/** @param k columns of the hidden state that are added: none at the first time step */
type SumOfOne = (layer: RecurrentLayer, states: LayerState, source: number, k: number) => void

/** One time step of a layer, for the rows below `until`. */
type CellStep = (states: LayerState, matrixStride: number, until: number, isFirst: number) => void

export function createRecurrentPredict(
  routines: Routines,
  memory: WebAssembly.Memory,
  plan: Plan,
  shape: RecurrentShape,
): Predict {
  const floats = new Float32Array(memory.buffer)
  const words = new Int32Array(memory.buffer)
  const { layers, headWeight, headBias } = recurrentParameters(plan, shape)
  const place = placeRecurrentPredict(shape, allocateFrom(plan.predict))
  const { inputs, outputs, hiddenSize, sequenceLength } = shape
  const { sumsBiases } = CELLS[shape.kind]
  const panels = gatePanels(shape)
  const stride = strideOf(BLOCK_SAMPLES)
  const blockGates = createGates(routines, shape, stride)
  const { x, gates, recurrent, tanhCell } = place

  function addBiases(): void {
    if (!sumsBiases) return
    for (const [l, { inputBias: a, hiddenBias: b }] of layers.entries())
      routines.vector_sum(a.at, a.at + a.panels * ROW_BYTES, b.at, place.layers[l]!.bias)
  }

  const cells: Readonly<Record<RecurrentKind, CellStep>> = {
    lstm: ({ hidden, cell }, matrixStride, until, isFirst) => {
      routines.lstm_forward(
        gates,
        matrixStride,
        0,
        until,
        panels,
        cell,
        cell,
        tanhCell,
        hidden,
        isFirst,
      )
    },
    gru: ({ hidden }, matrixStride, until, isFirst) => {
      routines.gru_forward(
        gates,
        matrixStride,
        0,
        until,
        panels,
        recurrent,
        hidden,
        hidden,
        isFirst,
      )
    },
  }
  const cellStep = cells[shape.kind]

  /** Predicts as many samples as can be staged; gives their number. */
  function block(samples: Samples, from: number, into: Float32Array): number {
    const count = stage(floats, words, place, shape, samples, from)
    const rows = paddedRows(count) * ROW_BYTES
    for (let t = 0; t < sequenceLength; t++) {
      const isFirst = t === 0 ? 1 : 0
      const features = place.features + t * inputs * 4
      routines.gather(
        features,
        inputs * 4,
        place.samples,
        place.firstRows,
        x,
        stride,
        0,
        rows,
        inputs,
      )
      for (const [l, layer] of layers.entries()) {
        const states = place.layers[l]!
        const { hidden, bias } = states
        const source = l === 0 ? x : place.layers[l - 1]!.hidden
        blockGates.sum(layer, bias, source, hidden, isFirst, gates, recurrent, 0, rows)
        cellStep(states, stride, rows, isFirst)
      }
    }
    routines.product_bias(
      place.layers.at(-1)!.hidden,
      stride,
      headWeight.at,
      headWeight.panelBytes,
      x,
      stride,
      0,
      rows,
      hiddenSize,
      headWeight.panels,
      headBias.at,
    )
    unpackOutputs(floats, x, stride, outputs, count, into, from * outputs)
    return count
  }

  /** The sums in front of the gates, for one window: a matrix of one row, whose panels are ROW_BYTES apart. */
  const sumsOfOne: Readonly<Record<RecurrentKind, SumOfOne>> = {
    lstm: ({ inputWeight: wi, hiddenWeight: wh }, { hidden, bias }, source, k) => {
      const from = routines.vector_product_from
      from(source, wi.at, wi.panelBytes, bias, gates, wi.inputs, wi.panels)
      from(hidden, wh.at, wh.panelBytes, gates, gates, k, wh.panels)
    },
    gru: (layer, { hidden }, source, k) => {
      const { inputWeight: wi, hiddenWeight: wh, inputBias, hiddenBias } = layer
      const from = routines.vector_product_from
      from(source, wi.at, wi.panelBytes, inputBias.at, gates, wi.inputs, wi.panels)
      from(hidden, wh.at, wh.panelBytes, hiddenBias.at, recurrent, k, 2 * panels)
      const third = 2 * panels
      const bias = hiddenBias.at + third * ROW_BYTES
      const target = gates + (third + panels) * ROW_BYTES
      from(hidden, wh.at + third * wh.panelBytes, wh.panelBytes, bias, target, k, panels)
    },
  }
  const sumOne = sumsOfOne[shape.kind]

  function one({ features, firstRows }: Samples): Float32Array {
    const first = (firstRows ? firstRows[0]! : 0) * inputs
    for (let t = 0; t < sequenceLength; t++) {
      const from = first + t * inputs
      for (let i = 0; i < inputs; i++) floats[x / 4 + i] = features[from + i]!
      for (let l = 0; l < layers.length; l++) {
        const states = place.layers[l]!
        const source = l === 0 ? x : place.layers[l - 1]!.hidden
        sumOne(layers[l]!, states, source, t === 0 ? 0 : hiddenSize)
        cellStep(states, ROW_BYTES, ROW_BYTES, t === 0 ? 1 : 0)
      }
    }
    routines.vector_product_bias(
      place.layers.at(-1)!.hidden,
      headWeight.at,
      headWeight.panelBytes,
      headBias.at,
      x,
      hiddenSize,
      headWeight.panels,
    )
    return copyFloats(floats, x / 4, outputs)
  }

  return (samples) => {
    const { count } = samples
    addBiases()
    if (count === 1) return one(samples)
    const into = new Float32Array(count * outputs)
    for (let from = 0; from < count;) from += block(samples, from, into)
    return into
  }
}
