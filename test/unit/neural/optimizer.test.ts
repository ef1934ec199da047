import { describe, expect, it } from 'vitest'
import type { OptimizerSettings } from '../../../src/neural/network.ts'
import { slotNames } from '../../../src/neural/optimizer.ts'
import {
  clipGradients,
  gradientNorm,
  optimizerStep,
} from '../../../src/neural/reference/optimizer.ts'

// Reference: golden vectors of the upstream specification, Appendix A.5 (independent implementation);
// AdamW by hand from Loshchilov & Hutter 2019.

function run(
  settings: OptimizerSettings,
  learningRate: number,
  gradients: readonly number[],
): number[] {
  const weight = Float32Array.of(1)
  const slots = Object.fromEntries(
    slotNames(settings.kind).map((name) => [name, new Float32Array(1)]),
  )
  return gradients.map((gradient, i) => {
    optimizerStep(settings, i + 1, learningRate)(weight, Float32Array.of(gradient), slots)
    return weight[0]!
  })
}

describe('optimizers', () => {
  it.each<OptimizerSettings>([
    { kind: 'adam', weightDecay: 0 },
    { kind: 'sgd', momentum: 0.9, weightDecay: 0 },
    { kind: 'rmsprop', weightDecay: 0 },
  ])('$kind keeps no subnormal number of a weight that has no gradient any more', (settings) => {
    const slots = Object.fromEntries(
      slotNames(settings.kind).map((name) => [name, Float32Array.of(1e-25)]),
    )
    const weight = Float32Array.of(1)
    for (let step = 1; step <= 1000; step++)
      optimizerStep(settings, step, 0.001)(weight, Float32Array.of(0), slots)
    for (const [name, [kept]] of Object.entries(slots))
      expect(kept === 0 || kept! > 1e-28, name).toBe(true)
    expect(slots[slotNames(settings.kind)[0]!]![0], 'decayed').toBe(0)
  })

  it('adam with L2 decay', () => {
    const [w1, w2] = run({ kind: 'adam', weightDecay: 1e-4 }, 0.001, [0.5, -0.2])
    expect(w1).toBeCloseTo(0.999, 6)
    expect(w2).toBeCloseTo(0.9986541674, 6)
  })
  it('adamw shrinks the weight, not the gradient', () => {
    expect(run({ kind: 'adamw', weightDecay: 0.1 }, 0.01, [0.5])[0]).toBeCloseTo(
      1 * (1 - 0.001) - 0.01,
      6,
    )
  })
  it('sgd: the momentum starts at the first gradient', () => {
    expect(run({ kind: 'sgd', momentum: 0.9, weightDecay: 0 }, 0.01, [0.5, 0.5])[1]).toBeCloseTo(
      0.9855,
      6,
    )
  })
  it('rmsprop', () => {
    expect(run({ kind: 'rmsprop', weightDecay: 0 }, 0.001, [0.5, -0.2])[1]).toBeCloseTo(
      0.9937300205,
      6,
    )
  })
  it('step t uses βᵗ and nothing remembered: late first steps differ from step 1', () => {
    const weight = Float32Array.of(1)
    const slots = { m: new Float32Array(1), v: new Float32Array(1) }
    optimizerStep({ kind: 'adam', weightDecay: 0 }, 1000, 0.001)(
      weight,
      Float32Array.of(0.5),
      slots,
    )
    // m̂ = 0.05/(1−0.9¹⁰⁰⁰), v̂ = 0.00025/(1−0.999¹⁰⁰⁰)
    const expected = 1 - (0.001 * 0.05) / Math.sqrt(0.00025 / (1 - 0.999 ** 1000))
    expect(weight[0]).toBeCloseTo(expected, 6)
  })
})

describe('clipping', () => {
  it('scales [3, 4] to norm 1', () => {
    const data = Float32Array.of(3, 4)
    const norm = gradientNorm([{ data, rowLength: 2 }])
    clipGradients([{ data }], norm, 1)
    expect(norm).toBe(5)
    expect(data[0]).toBeCloseTo(0.59999988, 7)
    expect(data[1]).toBeCloseTo(0.79999984, 7)
  })
  it('leaves a short gradient as it is, bit for bit', () => {
    const data = Float32Array.of(0.3, -0.4)
    clipGradients([{ data }], gradientNorm([{ data, rowLength: 1 }]), 1)
    expect(data).toEqual(Float32Array.of(0.3, -0.4))
  })
})
