import { describe, expect, it } from 'vitest'
import { featureIds } from '../../../src/features/feature-plan.ts'
import { parseStrategy } from '../../../src/strategy/load-strategy.ts'
import { EXAMPLE_A, EXAMPLE_B, EXAMPLE_C } from './examples.ts'

describe('the worked examples of the format', () => {
  it('A (mlp, classes from zigzag) has the features of spec §1.13, and bb_24 is unused', () => {
    const { strategy, warnings } = parseStrategy(EXAMPLE_A, 'pullback_mlp_1h.yaml')
    expect(featureIds(strategy), 'in this order').toEqual([
      '1h_dip_washed_out',
      '1h_dip_middling',
      '1h_dip_stretched',
      '1h_drift_under',
      '1h_drift_near',
      '1h_drift_over',
    ])
    expect(
      warnings.map(({ path }) => path),
      'one warning',
    ).toEqual(['indicators.bb_24'])
  })

  it('B (gru, two timeframes, triple barrier) has the features of spec §1.14', () => {
    const { strategy, warnings } = parseStrategy(EXAMPLE_B, 'breakout_gru_mtf.yaml')
    expect(featureIds(strategy), 'in this order').toEqual([
      '1h_push_fading',
      '1h_push_flat',
      '1h_push_growing',
      '4h_push_fading',
      '4h_push_flat',
      '4h_push_growing',
      '4h_trendiness_idle',
      '4h_trendiness_moving',
      '1h_crowd_thin',
      '1h_crowd_heavy',
      '1h_adx_14.plus_di_raw',
    ])
    expect(warnings, 'nothing to warn of').toEqual([])
    expect(strategy, 'the strategy').toMatchObject({
      timeframes: ['1h', '4h'],
      baseTimeframe: '1h',
      historyRequired: 400,
      model: { type: 'gru', sequenceLength: 24, hiddenSize: 40, layerCount: 2, dropout: 0.25 },
      decisions: { outputFormat: 'classification' },
      training: {
        labels: {
          source: 'triple_barrier',
          ptMultiplier: 2.5,
          slMultiplier: 1.2,
          maxHoldingPeriod: 36,
          volSpan: 40,
          volMethod: 'atr',
          computeWeights: false,
          cusum: null,
        },
        loss: { kind: 'focal', gamma: 1.5 },
      },
    })
  })

  it('C (regression, three symbols) has the features of spec §1.15', () => {
    const { strategy, warnings } = parseStrategy(EXAMPLE_C, 'fwdret_mlp_daily.yaml')
    expect(featureIds(strategy), 'in this order').toEqual([
      '1d_speed_down',
      '1d_speed_up',
      '1d_place_floor',
      '1d_place_ceiling',
      '1d_atr_10_raw',
    ])
    expect(warnings, 'nothing to warn of').toEqual([])
    expect(strategy, 'the strategy').toMatchObject({
      symbols: ['AAPL', 'MSFT', 'NVDA'],
      decisions: { outputFormat: 'regression' },
      training: {
        labels: { source: 'forward_return', horizon: 5 },
        loss: { kind: 'huber', delta: 0.02 },
        epochs: 80,
        learningRate: 0.0005,
      },
    })
  })
})
