import { describe, expect, it } from 'vitest'
import { expectMaskable } from '../../../../src/neural/dropout.ts'
import type { MlpShape, RecurrentShape } from '../../../../src/neural/network.ts'
import { dropNothing, dropOfStep } from '../../../../src/neural/reference/drop.ts'

const ones = (n: number): Float32Array => new Float32Array(n).fill(1)
const mean = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('dropout of a step', () => {
  it.each([0.1, 0.2, 0.5, 0.9])('p = %d preserves the mean (4 standard errors of it)', (p) => {
    const dropped = dropOfStep(p, 1, 1)(0, ones(40_000), 40)
    expect(Math.abs(mean(dropped) - 1)).toBeLessThan(4 * Math.sqrt(p / (1 - p) / 40_000))
  })

  it('multiplies what it keeps by 1/(1 − p) and sets the rest to 0', () => {
    const dropped = dropOfStep(0.2, 1, 1)(0, ones(1000), 40)
    expect([...new Set(dropped)].toSorted()).toEqual([0, Math.fround(1 / 0.8)])
  })

  it('is the same whenever the same values pass: forward and backward', () => {
    const drop = dropOfStep(0.5, 3, 9)
    expect(drop(1, ones(600), 20)).toEqual(drop(1, ones(600), 20))
    expect(drop(1, ones(600), 20)).not.toEqual(drop(0, ones(600), 20))
  })

  it('numbers the units of a row from firstUnit: time steps have masks of their own', () => {
    const drop = dropOfStep(0.5, 3, 9)
    const wide = drop(0, ones(60), 60) // one row of 60 units
    expect([...drop(0, ones(20), 20, 40)]).toEqual([...wide.subarray(40)])
  })

  it('leaves everything when nothing is dropped', () => {
    const values = ones(5)
    expect(dropOfStep(0, 1, 1)(0, values, 5)).toBe(values)
    expect(dropNothing(0, values, 5)).toBe(values)
  })
})

describe('the size of a mask', () => {
  const shape = (sequenceLength: number, hiddenSize: number, dropout: number): RecurrentShape => ({
    kind: 'gru',
    inputs: 3,
    sequenceLength,
    hiddenSize,
    layerCount: 2,
    outputs: 3,
    dropout,
  })

  it('is below 65 536 units a row, or the network is refused', () => {
    expect(() => expectMaskable(shape(511, 128, 0.1))).not.toThrow()
    expect(() => expectMaskable(shape(512, 128, 0.1))).toThrow(/512 · 128/)
  })

  const mlp = (widest: number, dropout: number): MlpShape => ({
    kind: 'mlp',
    inputs: 3,
    hiddenLayers: [8, widest],
    outputs: 3,
    activation: 'relu',
    dropout,
  })

  it('is below 65 536 units of a layer', () => {
    expect(() => expectMaskable(mlp(65_535, 0.1))).not.toThrow()
    expect(() => expectMaskable(mlp(65_536, 0.1))).toThrow('a layer of 65536')
  })

  it('is at most 65 536 rows', () => {
    for (const one of [mlp(8, 0.1), shape(2, 8, 0.1)]) {
      expect(() => expectMaskable(one, 65_536)).not.toThrow()
      expect(() => expectMaskable(one, 65_537)).toThrow('batches of 65537')
    }
  })

  it('does not matter without dropout', () => {
    expect(() => expectMaskable(shape(4096, 512, 0), 1e6)).not.toThrow()
    expect(() => expectMaskable(mlp(70_000, 0), 1e6)).not.toThrow()
  })
})
