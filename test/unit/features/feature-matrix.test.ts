import { describe, expect, it } from 'vitest'
import { sliceBars } from '../../../src/data/bars.ts'
import {
  completeBars,
  computeFeatures,
  featureMatrix,
  fitNormalizations,
} from '../../../src/features/feature-matrix.ts'
import type { FeaturePlan } from '../../../src/features/feature-plan.ts'
import { marketOf } from '../../../src/features/market.ts'
import { makeBars } from '../../support/make-bars.ts'

const plan: FeaturePlan = {
  indicators: [
    { id: 'rsi_5', type: 'rsi', parameters: { period: 5, source: 'close' } },
    {
      id: 'bb',
      type: 'bollingerbands',
      parameters: { period: 10, multiplier: 2, source: 'close' },
    },
  ],
  fuzzySets: [
    {
      id: 'dip',
      indicator: { ref: 'rsi_5', indicatorId: 'rsi_5', output: 0 },
      memberships: [
        { name: 'low', type: 'triangular', parameters: [0, 20, 40] },
        { name: 'high', type: 'gaussian', parameters: [80, 10] },
      ],
    },
  ],
  inputs: [
    {
      kind: 'raw',
      indicator: { ref: 'bb.upper', indicatorId: 'bb', output: 0 },
      timeframes: ['1d'],
      normalization: 'zscore',
    },
    { kind: 'fuzzy', fuzzySetId: 'dip', timeframes: ['1d'] },
    {
      kind: 'raw',
      indicator: { ref: 'rsi_5', indicatorId: 'rsi_5', output: 0 },
      timeframes: ['1d'],
      normalization: 'minmax',
    },
  ],
}

const bars = makeBars(200)
const features = computeFeatures(marketOf(bars, '1d'), plan)

describe('features', () => {
  it('stand in canonical order', () => {
    expect(features.ids).toEqual(['1d_bb.upper_raw', '1d_dip_low', '1d_dip_high', '1d_rsi_5_raw'])
    expect(features.columns.length).toBe(4)
  })

  it('are complete from the longest warm-up on', () => {
    const complete = completeBars(features, 0, bars.length)
    expect(complete[0], 'bollinger 10 is NaN on 9 bars').toBe(9)
    expect(complete.length).toBe(191)
    expect(completeBars(features, 50, 60)).toEqual(
      Int32Array.from({ length: 10 }, (_, i) => 50 + i),
    )
  })

  it('do not look ahead: cutting the bars behind a row leaves its bytes', () => {
    const rows = Int32Array.of(30, 60, 99)
    const early = computeFeatures(marketOf(sliceBars(bars, 0, 100), '1d'), plan)
    expect(featureMatrix(early, {}, rows)).toEqual(featureMatrix(features, {}, rows))
  })

  it('are normalised by what was fitted on the given rows, wherever they are applied', () => {
    const training = completeBars(features, 0, 100)
    const fitted = fitNormalizations([{ features, bars: training }])
    expect(Object.keys(fitted)).toEqual(['1d_bb.upper_raw', '1d_rsi_5_raw'])
    const matrix = featureMatrix(features, fitted, training)
    const column = (j: number): number[] => [...training.keys()].map((i) => matrix[i * 4 + j]!)
    const mean = column(0).reduce((sum, x) => sum + x, 0) / training.length
    const variance = column(0).reduce((sum, x) => sum + (x - mean) ** 2, 0) / (training.length - 1)
    expect(mean).toBeCloseTo(0, 5)
    expect(variance, 'sample variance of a z-score').toBeCloseTo(1, 5)
    expect([Math.min(...column(3)), Math.max(...column(3))], 'minmax').toEqual([0, 1])
    const later = featureMatrix(features, fitted, Int32Array.of(150))
    const raw = features.columns[0]![150]!
    expect(later[0]).toBe(
      Math.fround((raw - fitted['1d_bb.upper_raw']!.offset) * fitted['1d_bb.upper_raw']!.scale),
    )
  })

  it('a constant raw input becomes 0, not NaN', () => {
    const flat = {
      ...features,
      columns: [new Float64Array(200).fill(7), ...features.columns.slice(1)],
    }
    const rows = completeBars(flat, 20, 40)
    expect(featureMatrix(flat, fitNormalizations([{ features: flat, bars: rows }]), rows)[0]).toBe(
      0,
    )
  })
})
