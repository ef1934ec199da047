// The forward pass of a recurrent network without dropout: a block of windows at a time, or one window, which has a
// shorter way of the same bits. Only the states of the time step at hand are kept.
//
// The sums over the inputs of the first layer come first in every chain (LSTM) or stand apart (GRU), so those of a row are
// the same in all windows that hold it. Where the windows of a block are neighbours they are worked out once a row.

import { softmax } from '../loss.ts'
import type { RecurrentKind, RecurrentShape, Samples } from '../network.ts'
import { allocateFrom, paddedRows } from './memory.ts'
import type { Predict } from './mlp-predict.ts'
import type { Plan } from './plan.ts'
import { copyFloats, stage, unpackOutputs } from './predict-samples.ts'
import { CELLS, gatePanels, recurrentParameters, type RecurrentLayer } from './recurrent-layers.ts'
import {
  placeRecurrentPredict,
  PREDICT_ROWS,
  PREDICT_STRIDE,
  SHARED_STEPS,
  type LayerState,
} from './recurrent-predict-place.ts'
import type { Routines } from './routines.ts'
import { ROW_BYTES } from './routines/tile.ts'

/**
 * One time step of a layer, for the rows below `until`: from the states before to those after.
 * @param inputSums sums over the inputs
 */
type LayerStep = (
  layer: RecurrentLayer,
  states: LayerState,
  inputSums: number,
  isFirst: boolean,
  until: number,
) => void

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
  const stride = PREDICT_STRIDE
  const { x, rowSums, inputSums, sums } = place

  function addBiases(): void {
    if (!sumsBiases) return
    for (const [l, { inputBias: a, hiddenBias: b }] of layers.entries())
      routines.vector_sum(a.at, a.at + a.panels * ROW_BYTES, b.at, place.layers[l]!.bias)
  }

  /** What the sums over the inputs of a layer begin with. */
  const biasOf = (l: number): number =>
    sumsBiases ? place.layers[l]!.bias : layers[l]!.inputBias.at

  /** Sums over the inputs of layer `l`, of the rows below `until`. */
  function sumInputs(l: number, source: number, target: number, until: number): void {
    const { at, panelBytes, inputs: k, panels: count } = layers[l]!.inputWeight
    const bias = biasOf(l)
    routines.product_from(
      source,
      stride,
      at,
      panelBytes,
      target,
      stride,
      0,
      until,
      k,
      count,
      bias,
      0,
      0,
      0,
      0,
    )
  }

  const steps: Readonly<Record<RecurrentKind, LayerStep>> = {
    lstm: ({ hiddenWeight: w }, { hidden, cell }, from, isFirst, until) => {
      const k = isFirst ? 0 : hiddenSize
      routines.product_onto(
        hidden,
        stride,
        w.at,
        w.panelBytes,
        sums,
        stride,
        0,
        until,
        k,
        w.panels,
        from,
        stride,
      )
      routines.lstm_states(sums, stride, 0, until, panels, cell, hidden, isFirst ? 1 : 0)
    },
    gru: ({ hiddenWeight: w, hiddenBias }, { hidden }, from, isFirst, until) => {
      const k = isFirst ? 0 : hiddenSize
      routines.product_from(
        hidden,
        stride,
        w.at,
        w.panelBytes,
        sums,
        stride,
        0,
        until,
        k,
        w.panels,
        hiddenBias.at,
        0,
        0,
        0,
        0,
      )
      routines.gru_states(from, stride, 0, until, panels, sums, hidden, isFirst ? 1 : 0)
    },
  }
  const step = steps[shape.kind]

  /** Whether window i of a block begins with row i of the staging place. */
  function areNeighbours(count: number): boolean {
    for (let i = 1; i < count; i++) if (words[place.firstRows / 4 + i] !== i) return false
    return words[place.firstRows / 4] === 0
  }

  /** Puts the rows after those that the windows of a block begin with beside them; the last fills the last tile. */
  function lookAhead(count: number, rows: number): void {
    for (let i = count; i < paddedRows(rows); i++)
      words[place.firstRows / 4 + i] = Math.min(i, rows - 1)
  }

  /** The sums over the inputs of the first layer, of `count` rows that are `t` ahead of the first rows of windows. */
  function sumRows(t: number, count: number): void {
    const until = paddedRows(count) * ROW_BYTES
    const features = place.features + t * inputs * 4
    const rowBytes = inputs * 4
    routines.gather(features, rowBytes, place.samples, place.firstRows, x, stride, 0, until, inputs)
    sumInputs(0, x, rowSums, until)
  }

  /** Predicts as many samples as can be staged; gives their number. */
  function block(
    samples: Samples,
    from: number,
    into: Float32Array,
    asProbabilities: boolean,
  ): number {
    const count = stage(floats, words, place, shape, samples, from)
    const until = paddedRows(count) * ROW_BYTES
    const shared = areNeighbours(count) ? SHARED_STEPS : 1
    for (let t = 0; t < sequenceLength; t++) {
      const ahead = t % shared
      if (ahead === 0) {
        const rows = count - 1 + Math.min(shared, sequenceLength - t)
        if (shared > 1) lookAhead(count, rows)
        sumRows(t, rows)
      }
      step(layers[0]!, place.layers[0]!, rowSums + ahead * ROW_BYTES, t === 0, until)
      for (let l = 1; l < layers.length; l++) {
        sumInputs(l, place.layers[l - 1]!.hidden, inputSums, until)
        step(layers[l]!, place.layers[l]!, inputSums, t === 0, until)
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
      until,
      hiddenSize,
      headWeight.panels,
      headBias.at,
    )
    if (asProbabilities) routines.softmax(x, stride, 0, until, outputs)
    unpackOutputs(floats, x, stride, outputs, count, into, from * outputs)
    return count
  }

  /** One time step of one window: a matrix of one row, whose panels are ROW_BYTES apart. */
  function stepOne(l: number, source: number, isFirst: number): void {
    const { inputWeight: wi, hiddenWeight: wh, hiddenBias } = layers[l]!
    const { hidden, cell } = place.layers[l]!
    const k = isFirst ? 0 : hiddenSize
    const from = routines.vector_product_from
    from(source, wi.at, wi.panelBytes, biasOf(l), rowSums, wi.inputs, wi.panels)
    const start = sumsBiases ? rowSums : hiddenBias.at
    from(hidden, wh.at, wh.panelBytes, start, sums, k, wh.panels)
    if (shape.kind === 'lstm')
      routines.lstm_states(sums, ROW_BYTES, 0, ROW_BYTES, panels, cell, hidden, isFirst)
    else routines.gru_states(rowSums, ROW_BYTES, 0, ROW_BYTES, panels, sums, hidden, isFirst)
  }

  function one({ features, firstRows }: Samples): Float32Array {
    const first = (firstRows ? firstRows[0]! : 0) * inputs
    for (let t = 0; t < sequenceLength; t++) {
      const from = first + t * inputs
      for (let i = 0; i < inputs; i++) floats[x / 4 + i] = features[from + i]!
      for (let l = 0; l < layers.length; l++)
        stepOne(l, l === 0 ? x : place.layers[l - 1]!.hidden, t === 0 ? 1 : 0)
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

  return (samples, asProbabilities) => {
    const { count } = samples
    addBiases()
    if (count === 1) return asProbabilities ? softmax(one(samples), 1, outputs) : one(samples)
    // `stage` numbers windows only, and those that are neighbours look further ahead.
    for (let i = 0; i < PREDICT_ROWS; i++) words[place.samples / 4 + i] = i
    const into = new Float32Array(count * outputs)
    for (let from = 0; from < count;) from += block(samples, from, into, asProbabilities)
    return into
  }
}
