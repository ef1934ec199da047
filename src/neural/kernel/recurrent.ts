// A training step of a recurrent network, as one thread does its share of it (the phases: mlp.ts). Rows are windows,
// which know nothing of each other: a block of them runs forward and back through all of time without a meeting.
// Order of the sums through time: src/neural/reference/recurrent.ts.

import { dropoutThreshold } from '../dropout.ts'
import { clipScale } from '../optimizer.ts'
import type { FitSettings, RecurrentKind, RecurrentShape } from '../network.ts'
import { createGates, type Gates } from './gates.ts'
import { lossRoutine } from './loss-routine.ts'
import { paddedRows } from './memory.ts'
import { placedOnce, rowBlock, type Phases } from './phases.ts'
import { STEP, type Plan } from './plan.ts'
import { placeRecurrentBatch, type LayerPlace, type RecurrentBatch } from './recurrent-batch.ts'
import { createRecurrentGradients } from './recurrent-gradients.ts'
import { CELLS, gatePanels, recurrentParameters } from './recurrent-layers.ts'
import type { Routines } from './routines.ts'
import { ROW_BYTES } from './routines/tile.ts'
import { createUpdater, notedNorm } from './update.ts'

/** Windows that go through time together. */
const ROW_BLOCK = 32

/** One time step of a layer, for the rows [from, until), between the sums in front of the gates and the states. */
type CellStep = {
  readonly forward: (
    place: LayerPlace,
    t: number,
    isFirst: number,
    from: number,
    until: number,
  ) => void
  readonly backward: (
    place: LayerPlace,
    t: number,
    isFirst: number,
    isLast: number,
    from: number,
    until: number,
  ) => void
}

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
  const { sumsBiases } = CELLS[kind]
  const threshold = dropoutThreshold(shape.dropout)
  const scale = Math.fround(1 / (1 - shape.dropout))
  const judge = lossRoutine(routines, fit.loss, shape.outputs, plan.lossScratch[thread]!)
  const updater = createUpdater(routines, floats, plan, fit, thread)
  const ofGradients = createRecurrentGradients(routines, floats, plan, shape, updater, thread)
  const biases = plan.gateBiases[thread]!

  const batchOf = placedOnce((capacity) => placeRecurrentBatch(plan, shape, capacity))
  let batch: RecurrentBatch = batchOf(0)
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

  const cells: Readonly<Record<RecurrentKind, CellStep>> = {
    lstm: {
      forward: ({ gates: z, hidden, cell, tanhCell }, t, isFirst, from, until) => {
        const before = isFirst ? 0 : cell[t - 1]!
        routines.lstm_forward(
          z[t]!,
          batch.stride,
          from,
          until,
          panels,
          before,
          cell[t]!,
          tanhCell[t]!,
          hidden[t]!,
          isFirst,
        )
      },
      backward: ({ gates: z, cell, tanhCell }, t, isFirst, isLast, from, until) => {
        const before = isFirst ? 0 : cell[t - 1]!
        routines.lstm_backward(
          z[t]!,
          batch.stride,
          from,
          until,
          panels,
          before,
          tanhCell[t]!,
          batch.dHidden,
          batch.carried,
          isFirst,
          isLast,
        )
      },
    },
    gru: {
      forward: ({ gates: z, hidden }, t, isFirst, from, until) => {
        const before = isFirst ? 0 : hidden[t - 1]!
        routines.gru_forward(
          z[t]!,
          batch.stride,
          from,
          until,
          panels,
          batch.recurrent,
          before,
          hidden[t]!,
          isFirst,
        )
      },
      backward: ({ gates: z, hidden }, t, isFirst, isLast, from, until) => {
        const before = isFirst ? 0 : hidden[t - 1]!
        routines.gru_backward(
          z[t]!,
          batch.stride,
          from,
          until,
          panels,
          before,
          batch.dHidden,
          batch.carried,
          isFirst,
          isLast,
        )
      },
    },
  }
  const cellStep = cells[kind]

  function forwardLayer(l: number, from: number, until: number): void {
    const place = batch.layers[l]!
    const { hidden } = place
    const { recurrent } = batch
    const source = batch.inputs[l]!
    for (let t = 0; t <= newest; t++) {
      const isFirst = t === 0 ? 1 : 0
      const z = place.gates[t]!
      const before = isFirst ? 0 : hidden[t - 1]!
      gates.sum(layers[l]!, biases[l]!, source[t]!, before, isFirst, z, recurrent, from, until)
      cellStep.forward(place, t, isFirst, from, until)
      if (l < last && threshold !== 0)
        drop(l, t * hiddenSize, hidden[t]!, batch.inputs[l + 1]![t]!, from, until)
    }
  }

  function backwardLayer(l: number, from: number, until: number): void {
    const place = batch.layers[l]!
    const { dHidden } = batch
    for (let t = newest; t >= 0; t--) {
      const isFirst = t === 0 ? 1 : 0
      const isLast = t === newest ? 1 : 0
      if (l < last) {
        const above = batch.layers[l + 1]!.gates[t]!
        gates.backToInput(layers[l + 1]!.inputWeight, above, dHidden, from, until)
        if (threshold !== 0) drop(l, t * hiddenSize, dHidden, dHidden, from, until)
      }
      // The last layer's gradient comes from the head at the newest step, and from nowhere above before it.
      if (!isLast) {
        const later = place.gates[t + 1]!
        gates.backToHidden(layers[l]!.hiddenWeight, later, dHidden, l < last, from, until)
      }
      cellStep.backward(place, t, isFirst, isLast, from, until)
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
    const current = batchOf(words[step + STEP.capacity]!)
    if (current !== batch) {
      batch = current
      gates = createGates(routines, shape, batch.stride)
    }
    if (sumsBiases)
      for (const [l, { inputBias, hiddenBias }] of layers.entries())
        routines.vector_sum(
          inputBias.at,
          inputBias.at + inputBias.panels * ROW_BYTES,
          hiddenBias.at,
          biases[l]!,
        )
    const share = floats[step + STEP.share]!
    const padded = paddedRows(words[step + STEP.count]!)
    const block = rowBlock(padded, threads, ROW_BLOCK)
    for (let row = thread * block; row < padded; row += threads * block)
      windows(row * ROW_BYTES, Math.min(row + block, padded) * ROW_BYTES, share)
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

  return { rows, gradients, update: fit.clipNorm === null ? null : updateClipped, batchOf }
}
