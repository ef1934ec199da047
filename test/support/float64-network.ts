// An independent float64 implementation of networks and losses, written from the formulas of PyTorch's
// documentation: the oracle of the gradients. It shares nothing with src/neural but types, and takes dropout as
// a factor a unit.

import type { Activation, LossSettings, NetworkShape, Rows } from '../../src/neural/network.ts'

export type Doubles = Readonly<Record<string, Float64Array>>

/** 0 for a dropped unit, 1/(1 − p) for a kept one, 1 without dropout. */
export type KeepFactor = (layer: number, row: number, unit: number) => number

type Ask = {
  readonly weights: Doubles
  /** Row of the batch. */
  readonly row: number
  /** Rows of the sample, oldest first; one for an MLP. */
  readonly window: readonly Float64Array[]
  readonly keep: KeepFactor
  /** Sees every value that an activation with a kink at 0 is given. */
  readonly onKink?: (z: number) => void
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))

function activate(kind: Activation, z: number): number {
  if (kind === 'relu') return Math.max(z, 0)
  if (kind === 'leaky_relu') return z > 0 ? z : 0.01 * z
  return kind === 'tanh' ? Math.tanh(z) : sigmoid(z)
}

/** W·x + b */
function affine(weight: Float64Array, bias: Float64Array, x: Float64Array): Float64Array {
  return bias.map((b, n) => x.reduce((sum, value, k) => sum + weight[n * x.length + k]! * value, b))
}

export function outputsOf(shape: NetworkShape, ask: Ask): Float64Array {
  return shape.kind === 'mlp' ? mlpOutputs(shape, ask) : recurrentOutputs(shape, ask)
}

function mlpOutputs(
  { hiddenLayers, activation }: Extract<NetworkShape, { kind: 'mlp' }>,
  { weights, row, window, keep, onKink }: Ask,
): Float64Array {
  let a = window[0]!
  for (let l = 0; l <= hiddenLayers.length; l++) {
    const z = affine(weights[`layers.${l}.weight`]!, weights[`layers.${l}.bias`]!, a)
    if (l === hiddenLayers.length) return z
    if (activation === 'relu' || activation === 'leaky_relu') for (const value of z) onKink?.(value)
    a = z.map((value, unit) => activate(activation, value) * keep(l, row, unit))
  }
  return a
}

function recurrentOutputs(
  { kind, hiddenSize, layerCount }: Extract<NetworkShape, { kind: 'lstm' | 'gru' }>,
  { weights, row, window, keep }: Ask,
): Float64Array {
  let sequence = window
  for (let l = 0; l < layerCount; l++) {
    const of = (name: string): Float64Array => weights[`${kind}.${name}_l${l}`]!
    let h = new Float64Array(hiddenSize)
    let c = new Float64Array(hiddenSize)
    sequence = sequence.map((x) => {
      const a = affine(of('weight_ih'), of('bias_ih'), x)
      const b = affine(of('weight_hh'), of('bias_hh'), h)
      const gate = (number: number, u: number): number => number * hiddenSize + u
      const sum = (number: number, u: number): number => a[gate(number, u)]! + b[gate(number, u)]!
      if (kind === 'lstm') {
        c = c.map((old, u) => sigmoid(sum(1, u)) * old + sigmoid(sum(0, u)) * Math.tanh(sum(2, u)))
        h = c.map((state, u) => sigmoid(sum(3, u)) * Math.tanh(state))
      } else {
        h = h.map((old, u) => {
          const reset = sigmoid(sum(0, u))
          const update = sigmoid(sum(1, u))
          const fresh = Math.tanh(a[gate(2, u)]! + reset * b[gate(2, u)]!)
          return (1 - update) * fresh + update * old
        })
      }
      return h
    })
    // The head reads the last state alone, whose units are numbered from 0.
    sequence =
      l < layerCount - 1
        ? sequence.map((state, t) => state.map((v, u) => v * keep(l, row, t * hiddenSize + u)))
        : [sequence.at(-1)!.map((v, u) => v * keep(l, row, u))]
  }
  return affine(weights['head.weight']!, weights['head.bias']!, sequence[0]!)
}

/** Mean of the losses of the rows, weighted by class (in the divisor only for cross-entropy) and by sample. */
export function lossOf(
  settings: LossSettings,
  classWeights: readonly number[] | null,
  outputs: readonly Float64Array[],
  { targets, weights }: Pick<Rows, 'targets' | 'weights'>,
): number {
  let sum = 0
  let divisor = 0
  for (const [m, output] of outputs.entries()) {
    const y = targets[m]!
    const sampleWeight = weights?.[m] ?? 1
    if (settings.kind === 'huber' || settings.kind === 'mse') {
      const e = Math.abs(output[0]! - y)
      const inside = settings.kind === 'huber' && e <= settings.delta
      const value =
        settings.kind === 'mse'
          ? e * e
          : inside
            ? (e * e) / 2
            : settings.delta * (e - settings.delta / 2)
      sum += sampleWeight * value
      divisor += sampleWeight
      continue
    }
    const classWeight = classWeights?.[y] ?? 1
    const total = output.reduce((s, z) => s + Math.exp(z), 0)
    const p = Math.exp(output[y]!) / total
    const focus = settings.kind === 'focal' ? (1 - p) ** settings.gamma : 1
    sum += sampleWeight * classWeight * focus * -Math.log(p)
    divisor += settings.kind === 'focal' ? sampleWeight : sampleWeight * classWeight
  }
  return sum / divisor
}
