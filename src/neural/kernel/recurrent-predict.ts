// The forward pass of a recurrent network without dropout: a block of windows at a time, or one window, which has a
// shorter way of the same bits. Only the states of the time step at hand are kept.

import type { RecurrentShape, Samples } from '../network.ts'
import { createGates } from './gates.ts'
import { allocateFrom, strideOf } from './memory.ts'
import type { Predict } from './mlp-predict.ts'
import type { Plan } from './plan.ts'
import { BLOCK_SAMPLES, copyFloats, stage, unpackOutputs } from './predict-samples.ts'
import { gatePanels, recurrentParameters } from './recurrent-layers.ts'
import { placeRecurrentPredict } from './recurrent-predict-place.ts'
import type { Routines } from './routines.ts'

/** Bytes from panel to panel of a matrix of one row. */
const ROW_STRIDE = 32

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
  const isLstm = shape.kind === 'lstm'
  const panels = gatePanels(shape)
  const stride = strideOf(BLOCK_SAMPLES)
  const blockGates = createGates(routines, shape, stride)
  const { x, gates, recurrent, tanhCell } = place

  function addBiases(): void {
    if (!isLstm) return
    for (const [l, { inputBias: a, hiddenBias: b }] of layers.entries())
      routines.vector_sum(a.at, a.at + a.panels * 32, b.at, place.layers[l]!.bias)
  }

  function cellStep(l: number, matrixStride: number, until: number, isFirst: number): void {
    const { hidden, cell } = place.layers[l]!
    if (isLstm)
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
    else
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
  }

  function block(samples: Samples, from: number, count: number, into: Float32Array): void {
    stage(floats, words, place, shape, samples, from, count)
    const rows = Math.ceil(count / 4) * 4 * 32
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
        const { hidden, bias } = place.layers[l]!
        const source = l === 0 ? x : place.layers[l - 1]!.hidden
        blockGates.sum(layer, bias, source, hidden, isFirst, gates, recurrent, 0, rows)
        cellStep(l, stride, rows, isFirst)
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
  }

  /** The sums in front of the gates, for one window. */
  function sumOne(l: number, source: number, isFirst: boolean): void {
    const { inputWeight: wi, hiddenWeight: wh, inputBias, hiddenBias } = layers[l]!
    const { hidden, bias } = place.layers[l]!
    const from = routines.vector_product_from
    const k = isFirst ? 0 : hiddenSize
    from(source, wi.at, wi.panelBytes, isLstm ? bias : inputBias.at, gates, wi.inputs, wi.panels)
    if (isLstm) {
      from(hidden, wh.at, wh.panelBytes, gates, gates, k, wh.panels)
      return
    }
    from(hidden, wh.at, wh.panelBytes, hiddenBias.at, recurrent, k, 2 * panels)
    const third = 2 * panels
    from(
      hidden,
      wh.at + third * wh.panelBytes,
      wh.panelBytes,
      hiddenBias.at + third * 32,
      gates + 3 * panels * ROW_STRIDE,
      k,
      panels,
    )
  }

  function one({ features, firstRows }: Samples): Float32Array {
    const first = (firstRows ? firstRows[0]! : 0) * inputs
    for (let t = 0; t < sequenceLength; t++) {
      const from = first + t * inputs
      for (let i = 0; i < inputs; i++) floats[x / 4 + i] = features[from + i]!
      for (let l = 0; l < layers.length; l++) {
        sumOne(l, l === 0 ? x : place.layers[l - 1]!.hidden, t === 0)
        cellStep(l, ROW_STRIDE, ROW_STRIDE, t === 0 ? 1 : 0)
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
    for (let from = 0; from < count; from += BLOCK_SAMPLES)
      block(samples, from, Math.min(BLOCK_SAMPLES, count - from), into)
    return into
  }
}
