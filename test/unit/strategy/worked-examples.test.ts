import { describe, expect, it } from 'vitest'
import { featureIds } from '../../../src/features/feature-plan.ts'
import { parseStrategy } from '../../../src/strategy/load-strategy.ts'
import { EXAMPLE_A, EXAMPLE_C } from './examples.ts'
import { problemsOf } from './sample.ts'

describe('the worked examples of the format', () => {
  it('A (classes from zigzag) resolves', () => {
    const { strategy, warnings } = parseStrategy(EXAMPLE_A, 'pullback_mlp_1h.yaml')
    expect(featureIds(strategy), 'the features of spec §1.13').toEqual([
      '1h_dip_washed_out',
      '1h_dip_middling',
      '1h_dip_stretched',
      '1h_drift_under',
      '1h_drift_near',
      '1h_drift_over',
    ])
    expect(
      warnings.map(({ path }) => path),
      'bb_24 is unused',
    ).toEqual(['indicators.bb_24'])
  })

  it('C (regression) needs only one symbol instead of several', () => {
    const file = 'fwdret_mlp_daily.yaml'
    expect(problemsOf(EXAMPLE_C, file), 'only the symbols').toEqual([
      `${file}:4:23 training_data.symbols.mode: training on several symbols is not yet supported (now: mode: single)`,
    ])
    const single = EXAMPLE_C.replace(
      'multi_symbol, list: [AAPL, MSFT, NVDA]',
      'single, symbol: AAPL',
    )
    const { strategy, warnings } = parseStrategy(single, file)
    expect(featureIds(strategy), 'the features of spec §1.15').toEqual([
      '1d_speed_down',
      '1d_speed_up',
      '1d_place_floor',
      '1d_place_ceiling',
      '1d_atr_10_raw',
    ])
    expect(warnings, 'nothing to warn of').toEqual([])
    expect(strategy.training, 'training').toMatchObject({
      labels: { source: 'forward_return', horizon: 5 },
      loss: { kind: 'huber', delta: 0.02 },
      epochs: 80,
      learningRate: 0.0005,
    })
  })
})
