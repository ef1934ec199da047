// A stack of LSTM or GRU layers over a window, oldest row first, with a linear head on the last hidden state
// (PyTorch's nn.LSTM, nn.GRU + nn.Linear). States are zero before the window.
//
//   forward    each layer reads the sequence of the layer below, after its dropout;  outputs = head(dropout(h_T))
//   backward   through time, newest step first:  ∂hₜ = (from above)ₜ continued over ∂recurrentₜ₊₁·W_hh;
//              then, with t ascending, ∂W_ih += ∂inputₜᵀ·xₜ,  ∂W_hh += ∂recurrentₜᵀ·hₜ₋₁  and the biases
//
// ∂input and ∂recurrent are the gradients of the two sums in front of the gates (in an LSTM they are the same).

import type { RecurrentKind, RecurrentShape } from '../network.ts'
import type { Cell, CellStep, CellWeights } from './cell.ts'
import { gruStep } from './gru.ts'
import {
  addBiasGradient,
  addInputGradient,
  addLinearGradient,
  addWeightGradient,
  inputGradient,
  linearForward,
  linearNamed,
} from './linear.ts'
import { lstmStep } from './lstm.ts'
import type { Parameters } from './parameters.ts'
import type { Forward } from './pass.ts'
import type { Window } from './samples.ts'

const CELLS: Readonly<Record<RecurrentKind, Cell>> = { lstm: lstmStep, gru: gruStep }

export function recurrentForward(shape: RecurrentShape, parameters: Parameters): Forward {
  const { kind, hiddenSize, layerCount } = shape
  const cell = CELLS[kind]
  const layers = Array.from({ length: layerCount }, (_, l) => ({
    inputWeight: parameters.get(`${kind}.weight_ih_l${l}`)!,
    hiddenWeight: parameters.get(`${kind}.weight_hh_l${l}`)!,
    inputBias: parameters.get(`${kind}.bias_ih_l${l}`)!,
    hiddenBias: parameters.get(`${kind}.bias_hh_l${l}`)!,
  }))
  const head = linearNamed(parameters, 'head')
  const last = layerCount - 1

  return (window, drop) => {
    const dropSequence = (l: number, sequence: Window): Window =>
      sequence.map((values, t) => drop(l, values, hiddenSize, t * hiddenSize))
    const inputs = [window] // of each layer
    const passes: CellStep[][] = []
    for (const [l, layer] of layers.entries()) {
      const steps = readSequence(cell, layer, inputs[l]!)
      passes.push(steps)
      const hidden = steps.map((step) => step.hidden)
      // Of the last layer the head reads only the newest state.
      inputs.push(l < last ? dropSequence(l, hidden) : [drop(l, hidden.at(-1)!, hiddenSize)])
    }
    const summary = inputs[layerCount]![0]!

    function backward(dOutputs: Float32Array): void {
      addLinearGradient(summary, dOutputs, head)
      const dSummary = drop(last, inputGradient(dOutputs, head.weight), hiddenSize)
      let dSequence: Window = window.map((_, t) =>
        t < window.length - 1 ? new Float32Array(dSummary.length) : dSummary,
      )
      for (let l = last; l >= 0; l--) {
        const dInputs = sequenceGradient(layers[l]!, inputs[l]!, passes[l]!, dSequence)
        if (l === 0) return
        const { inputWeight } = layers[l]!
        dSequence = dropSequence(
          l - 1,
          dInputs.map((dInput) => inputGradient(dInput, inputWeight)),
        )
      }
    }
    return { outputs: linearForward(summary, head), backward }
  }
}

function readSequence(cell: Cell, weights: CellWeights, sequence: Window): CellStep[] {
  const steps: CellStep[] = []
  for (const x of sequence) steps.push(cell(weights, x, steps.at(-1) ?? null))
  return steps
}

/**
 * Adds the gradients of a layer's parameters.
 * @param dSequence from above: gradients of the hidden states, overwritten with the whole
 * @returns ∂input of each time step
 */
function sequenceGradient(
  { inputWeight, hiddenWeight, inputBias, hiddenBias }: CellWeights,
  sequence: Window,
  steps: readonly CellStep[],
  dSequence: Window,
): Window {
  const dInputs: Float32Array[] = []
  const dRecurrents: Float32Array[] = []
  const carried = new Float32Array(dSequence[0]!.length)
  for (let t = steps.length - 1; t >= 0; t--) {
    const later = dRecurrents[t + 1]
    if (later) addInputGradient(later, hiddenWeight, dSequence[t]!)
    const { dInput, dRecurrent } = steps[t]!.backward(dSequence[t]!, carried)
    dInputs[t] = dInput
    dRecurrents[t] = dRecurrent
  }
  for (const [t, x] of sequence.entries()) {
    addWeightGradient(x, dInputs[t]!, inputWeight)
    if (t > 0) addWeightGradient(steps[t - 1]!.hidden, dRecurrents[t]!, hiddenWeight)
    addBiasGradient(dInputs[t]!, inputBias)
    addBiasGradient(dRecurrents[t]!, hiddenBias)
  }
  return dInputs
}
