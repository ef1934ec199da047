// A training step of a recurrent network, as one thread does its share of it (the phases: mlp.ts). Rows are windows,
// which know nothing of each other: a block of them runs forward and back through all of time without a meeting.
// Order of the sums through time: src/neural/reference/recurrent.ts.

import { dropoutThreshold } from '../dropout.ts'
import { clipScale } from '../optimizer.ts'
import type { FitSettings, RecurrentShape } from '../network.ts'
import { createGates, type Gates } from './gates.ts'
import { lossRoutine } from './loss-routine.ts'
import { paddedRows } from './memory.ts'
import { rowBlock, type Phases } from './phases.ts'
import { STEP, type Plan } from './plan.ts'
import { placeRecurrentBatch, type RecurrentBatch } from './recurrent-batch.ts'
import { createRecurrentGradients } from './recurrent-gradients.ts'
import { gatePanels, recurrentParameters } from './recurrent-layers.ts'
import type { Routines } from './routines.ts'
import { createUpdater, notedNorm } from './update.ts'

/** Windows that go through time together. */
const ROW_BLOCK = 32

export function createRecurrentPhases(
  routines: Routines,
  memory: WebAssembly.Memory,
  plan: Plan,
  shape: RecurrentShape,
  fit: FitSettings,
  thread: number,
): Phases {
  const { threads } = plan
  const words = new Int32Array(memory.buffer)
  const floats = new Float32Array(memory.buffer)
  const step = plan.step / 4
  const { layers, headWeight, headBias } = recurrentParameters(plan, shape)
  const { kind, inputs, hiddenSize, sequenceLength, layerCount } = shape
  const last = layerCount - 1
  const newest = sequenceLength - 1
  const panels = gatePanels(shape)
  const isLstm = kind === 'lstm'
  const threshold = dropoutThreshold(shape.dropout)
  const scale = Math.fround(1 / (1 - shape.dropout))
  const judge = lossRoutine(routines, fit.loss, shape.outputs, plan.lossScratch[thread]!)
  const updater = createUpdater(routines, floats, plan, fit, thread)
  const ofGradients = createRecurrentGradients(routines, floats, plan, shape, updater, thread)
  const biases = plan.gateBiases[thread]!

  let capacity = -1
  let batch: RecurrentBatch = placeRecurrentBatch(plan, shape, 0)
  let gates: Gates = createGates(routines, shape, batch.stride)

  function drop(
    layer: number,
    unit: number,
    source: number,
    target: number,
    from: number,
    until: number,
  ): void {
    const key = step + STEP.keys + 2 * layer
    routines.dropout(
      source,
      target,
      batch.stride,
      from,
      until,
      panels,
      unit,
      words[key]!,
      words[key + 1]!,
      threshold,
      scale,
    )
  }

  function forwardLayer(l: number, from: number, until: number): void {
    const { hidden, cell, tanhCell, gates: gatesOf } = batch.layers[l]!
    const { stride, recurrent } = batch
    const source = batch.inputs[l]!
    for (let t = 0; t <= newest; t++) {
      const isFirst = t === 0 ? 1 : 0
      const z = gatesOf[t]!
      const before = isFirst ? 0 : hidden[t - 1]!
      gates.sum(layers[l]!, biases[l]!, source[t]!, before, isFirst, z, recurrent, from, until)
      if (isLstm) {
        const cellBefore = isFirst ? 0 : cell[t - 1]!
        routines.lstm_forward(
          z,
          stride,
          from,
          until,
          panels,
          cellBefore,
          cell[t]!,
          tanhCell[t]!,
          hidden[t]!,
          isFirst,
        )
      } else {
        routines.gru_forward(z, stride, from, until, panels, recurrent, before, hidden[t]!, isFirst)
      }
      if (l < last && threshold !== 0)
        drop(l, t * hiddenSize, hidden[t]!, batch.inputs[l + 1]![t]!, from, until)
    }
  }

  function backwardLayer(l: number, from: number, until: number): void {
    const { hidden, cell, tanhCell, gates: gatesOf } = batch.layers[l]!
    const { stride, dHidden, carried } = batch
    for (let t = newest; t >= 0; t--) {
      const isFirst = t === 0 ? 1 : 0
      const isLast = t === newest ? 1 : 0
      if (l < last) {
        gates.backToInput(
          layers[l + 1]!.inputWeight,
          batch.layers[l + 1]!.gates[t]!,
          dHidden,
          from,
          until,
        )
        if (threshold !== 0) drop(l, t * hiddenSize, dHidden, dHidden, from, until)
      }
      // The last layer's gradient comes from the head at the newest step, and from nowhere above before it.
      if (!isLast)
        gates.backToHidden(layers[l]!.hiddenWeight, gatesOf[t + 1]!, dHidden, l < last, from, until)
      const z = gatesOf[t]!
      if (isLstm) {
        const before = isFirst ? 0 : cell[t - 1]!
        routines.lstm_backward(
          z,
          stride,
          from,
          until,
          panels,
          before,
          tanhCell[t]!,
          dHidden,
          carried,
          isFirst,
          isLast,
        )
      } else {
        const before = isFirst ? 0 : hidden[t - 1]!
        routines.gru_backward(
          z,
          stride,
          from,
          until,
          panels,
          before,
          dHidden,
          carried,
          isFirst,
          isLast,
        )
      }
    }
  }

  function windows(from: number, until: number, share: number): void {
    const { samples, targets, weights, stride, outputs, summary, dHidden } = batch
    routines.gather_targets(samples, plan.targets, plan.weights, targets, weights, from, until)
    for (let t = 0; t <= newest; t++)
      routines.gather(
        plan.features + t * inputs * 4,
        inputs * 4,
        samples,
        plan.firstRows,
        batch.inputs[0]![t]!,
        stride,
        from,
        until,
        inputs,
      )
    for (let l = 0; l <= last; l++) forwardLayer(l, from, until)
    if (threshold !== 0) drop(last, 0, batch.layers[last]!.hidden[newest]!, summary, from, until)
    routines.product_bias(
      summary,
      stride,
      headWeight.at,
      headWeight.panelBytes,
      outputs,
      stride,
      from,
      until,
      hiddenSize,
      headWeight.panels,
      headBias.at,
    )
    judge(batch, from, until, share)
    routines.product(
      outputs,
      stride,
      headWeight.transposed,
      headWeight.transposedStride,
      dHidden,
      stride,
      from,
      until,
      shape.outputs,
      panels,
    )
    if (threshold !== 0) drop(last, 0, dHidden, dHidden, from, until)
    for (let l = last; l >= 0; l--) backwardLayer(l, from, until)
  }

  function rows(): void {
    if (words[step + STEP.capacity] !== capacity) {
      capacity = words[step + STEP.capacity]!
      batch = placeRecurrentBatch(plan, shape, capacity)
      gates = createGates(routines, shape, batch.stride)
    }
    if (isLstm)
      for (const [l, { inputBias, hiddenBias }] of layers.entries())
        routines.vector_sum(
          inputBias.at,
          inputBias.at + inputBias.panels * 32,
          hiddenBias.at,
          biases[l]!,
        )
    const share = floats[step + STEP.share]!
    const padded = paddedRows(words[step + STEP.count]!)
    const block = rowBlock(padded, threads, ROW_BLOCK)
    for (let row = thread * block; row < padded; row += threads * block)
      windows(row * 32, Math.min(row + block, padded) * 32, share)
  }

  function gradients(): void {
    updater.reset()
    ofGradients.sum(batch, words[step + STEP.count]!)
    if (fit.clipNorm === null) ofGradients.update(1)
    else ofGradients.square()
  }

  function updateClipped(): void {
    const norm = notedNorm(floats, plan.parameters)
    if (Number.isFinite(norm)) ofGradients.update(clipScale(norm, fit.clipNorm!))
  }

  return { rows, gradients, update: fit.clipNorm === null ? null : updateClipped }
}
