// A training step of a multilayer perceptron, as one thread does its share of it. Between the phases all threads meet;
// no phase adds up what two threads made, so their number changes no bit.
//
//   rows       blocks of rows: gather → forward → loss → gradients of the activations
//   gradients  pairs of panels of output units: gradient of the weights and biases → optimizer → transposed copy
//   update     only when the gradient is clipped: then `gradients` notes the sums of squares, and this does the rest

import { clipScale } from '../optimizer.ts'
import { dropoutThreshold } from '../dropout.ts'
import { layerSizes } from '../initialise.ts'
import type { FitSettings, MlpShape, SoftActivation } from '../network.ts'
import { lossRoutine } from './loss-routine.ts'
import { paddedRows } from './memory.ts'
import { placeMlpBatch, type MlpBatch } from './mlp-batch.ts'
import type { StoredParameter } from './parameters.ts'
import { STEP, type Plan } from './plan.ts'
import type { Routines } from './routines.ts'
import { ROW_BYTES } from './routines/tile.ts'
import { createUpdater, notedNorm } from './update.ts'
import { placedOnce, rowBlock, type Phases } from './phases.ts'

/** Rows that go through all layers together, so that their activations stay in the cache. */
const ROW_BLOCK = 64

type Layer = { readonly weight: StoredParameter; readonly bias: StoredParameter }
type Job = { readonly layer: number; readonly panel: number; readonly width: number }

export function createMlpPhases(
  routines: Routines,
  memory: WebAssembly.Memory,
  plan: Plan,
  shape: MlpShape,
  fit: FitSettings,
  thread: number,
): Phases {
  const { threads, parameters } = plan
  const words = new Int32Array(memory.buffer)
  const floats = new Float32Array(memory.buffer)
  const step = plan.step / 4
  const keys = step + STEP.keys
  const layers: Layer[] = layerSizes(shape).map((_, l) => ({
    weight: parameters[2 * l]!,
    bias: parameters[2 * l + 1]!,
  }))
  const last = layers.length - 1
  const jobs = jobsOf(layers).filter((_, i) => i % threads === thread)
  const threshold = dropoutThreshold(shape.dropout)
  const scale = threshold === 0 ? 1 : Math.fround(1 / (1 - shape.dropout))
  const { activation, inputs } = shape
  // The products know ReLU.
  const soft = activation === 'relu' ? null : softRoutines(routines, activation)
  const judge = lossRoutine(routines, fit.loss, shape.outputs, plan.lossScratch[thread]!)
  const { square, update, reset } = createUpdater(routines, floats, plan, fit, thread)
  const isClipped = fit.clipNorm !== null
  const gradientScratch = isClipped ? 0 : plan.gradientScratch[thread]!
  const biasScratch = isClipped ? 0 : plan.biasScratch[thread]!
  const clipNorm = fit.clipNorm ?? 0

  const batchOf = placedOnce((capacity) => placeMlpBatch(plan, shape, capacity))
  let count = 0
  let batch: MlpBatch = batchOf(0)

  function forward(from: number, until: number): void {
    const { stride, kept, activated } = batch
    for (let l = 0; l <= last; l++) {
      const { weight, bias } = layers[l]!
      const x = kept[l]!
      const y = kept[l + 1]!
      const { at, panelBytes, inputs: k, panels } = weight
      if (l === last) {
        routines.product_bias(x, stride, at, panelBytes, y, stride, from, until, k, panels, bias.at)
        return
      }
      const key0 = words[keys + 2 * l]!
      const key1 = words[keys + 2 * l + 1]!
      if (soft) {
        const a = activated[l]!
        routines.product_bias(x, stride, at, panelBytes, a, stride, from, until, k, panels, bias.at)
        if (threshold === 0) soft.activate(a, a, stride, from, until, panels)
        else
          soft.activateDropout(a, y, stride, from, until, panels, 0, key0, key1, threshold, scale)
      } else if (threshold === 0) {
        routines.product_relu(x, stride, at, panelBytes, y, stride, from, until, k, panels, bias.at)
      } else {
        routines.product_dropout(
          x,
          stride,
          at,
          panelBytes,
          y,
          stride,
          from,
          until,
          k,
          panels,
          bias.at,
          0,
          key0,
          key1,
          threshold,
          scale,
        )
      }
    }
  }

  function backward(from: number, until: number): void {
    const { stride, kept, activated, gradients } = batch
    for (let l = last; l > 0; l--) {
      const { transposed, transposedStride, outputs } = layers[l]!.weight
      const { panels } = layers[l - 1]!.weight
      const dz = gradients[l]!
      const d = gradients[l - 1]!
      if (!soft) {
        routines.product_mask(
          dz,
          stride,
          transposed,
          transposedStride,
          d,
          stride,
          from,
          until,
          outputs,
          panels,
          kept[l]!,
          scale,
        )
        continue
      }
      routines.product(
        dz,
        stride,
        transposed,
        transposedStride,
        d,
        stride,
        from,
        until,
        outputs,
        panels,
      )
      const a = activated[l - 1]!
      if (threshold === 0) soft.derive(a, d, stride, from, until, panels)
      else {
        const key0 = words[keys + 2 * l - 2]!
        const key1 = words[keys + 2 * l - 1]!
        soft.deriveDropout(a, d, stride, from, until, panels, 0, key0, key1, threshold, scale)
      }
    }
  }

  function rows(): void {
    count = words[step + STEP.count]!
    batch = batchOf(words[step + STEP.capacity]!)
    const share = floats[step + STEP.share]!
    const padded = paddedRows(count)
    const block = rowBlock(padded, threads, ROW_BLOCK)
    for (let row = thread * block; row < padded; row += threads * block) {
      const from = row * ROW_BYTES
      const until = Math.min(row + block, padded) * ROW_BYTES
      const { samples, stride, kept, targets, weights } = batch
      routines.gather(
        plan.features,
        inputs * 4,
        samples,
        plan.firstRows,
        kept[0]!,
        stride,
        from,
        until,
        inputs,
      )
      routines.gather_targets(samples, plan.targets, plan.weights, targets, weights, from, until)
      forward(from, until)
      judge(batch, from, until, share)
      backward(from, until)
    }
  }

  function weightGradients(): void {
    reset()
    const { stride, kept } = batch
    for (let i = 0; i < jobs.length; i++) {
      const { layer, panel, width } = jobs[i]!
      const { weight, bias } = layers[layer]!
      const z = batch.gradients[layer]! + panel * stride
      const gradient = isClipped ? weight.gradient + panel * weight.panelBytes : gradientScratch
      const biasGradient = isClipped ? bias.gradient + panel * ROW_BYTES : biasScratch
      const { inputs: k, panelBytes } = weight
      const x = kept[layer]!
      const rowsEnd = count * ROW_BYTES
      routines.weight_gradient(x, stride, z, stride, rowsEnd, k, gradient, panelBytes, width, 1)
      routines.column_sum(z, stride, rowsEnd, width, biasGradient, 1)
      if (isClipped) {
        square(weight, panel, width, gradient)
        square(bias, panel, width, biasGradient)
      } else {
        update(weight, panel, width, gradient, 1)
        update(bias, panel, width, biasGradient, 1)
      }
    }
  }

  function updateClipped(): void {
    const norm = notedNorm(floats, parameters)
    if (!Number.isFinite(norm)) return
    const clip = clipScale(norm, clipNorm)
    for (const { layer, panel, width } of jobs) {
      const { weight, bias } = layers[layer]!
      update(weight, panel, width, weight.gradient + panel * weight.panelBytes, clip)
      update(bias, panel, width, bias.gradient + panel * ROW_BYTES, clip)
    }
  }

  return { rows, gradients: weightGradients, update: isClipped ? updateClipped : null, batchOf }
}

function softRoutines(routines: Routines, kind: SoftActivation) {
  return {
    activate: routines[`activate_${kind}`],
    activateDropout: routines[`activate_${kind}_dropout`],
    derive: routines[`derive_${kind}`],
    deriveDropout: routines[`derive_${kind}_dropout`],
  }
}

function jobsOf(layers: readonly Layer[]): Job[] {
  return layers.flatMap(({ weight: { panels } }, layer) =>
    Array.from({ length: Math.ceil(panels / 2) }, (_, i) => ({
      layer,
      panel: 2 * i,
      width: Math.min(2, panels - 2 * i),
    })),
  )
}
