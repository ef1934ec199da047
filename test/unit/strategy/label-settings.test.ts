import { describe, expect, it } from 'vitest'
import { edited, parsed, warningsOf } from './sample.ts'

const labelled = (labels: string) =>
  edited(['source: zigzag, zigzag_threshold: 0.012', labels], [MARKET, ''])
const MARKET = '  confidence_threshold: 0.55\n  filters: { min_signal_separation: 6 }\n'

describe('label settings', () => {
  it('have upstream’s defaults', () => {
    const defaults = (source: string) => parsed(labelled(`source: ${source}`)).training.labels
    expect(defaults('triple_barrier'), 'triple_barrier').toEqual({
      source: 'triple_barrier',
      ptMultiplier: 2,
      slMultiplier: 1.5,
      maxHoldingPeriod: 50,
      volSpan: 50,
      volMethod: 'atr',
      computeWeights: false,
      cusum: null,
    })
    expect(defaults('regime'), 'regime').toEqual({
      source: 'regime',
      macroAtrMultiplier: 3,
      microAtrMultiplier: 1,
      atrPeriod: 14,
      volLookback: 120,
      volCrisisThreshold: 2,
      progressionTolerance: 0.5,
    })
    expect(defaults('context'), 'context').toEqual({
      source: 'context',
      horizon: 5,
      bullishThreshold: 0.005,
      bearishThreshold: -0.005,
    })
  })

  it.each([
    ['0.02', { threshold: 0.02, multiplier: 0.5 }],
    ['0', { threshold: null, multiplier: 0.5 }],
    ['-1, cusum_multiplier: 0.7', { threshold: null, multiplier: 0.7 }],
  ])('cusum_threshold: %s filters', (threshold, cusum) => {
    const text = labelled(`source: triple_barrier, cusum_threshold: ${threshold}`)
    expect(parsed(text).training.labels, 'a threshold, or an automatic one').toMatchObject({
      cusum,
    })
    expect(warningsOf(text), 'nothing to warn of').toEqual([])
  })

  it.each([
    ['atr', 'atr'],
    ['close', 'close'],
    ['std', 'close'],
    ['whatever', 'close'],
  ])('vol_method: %s is read as %s, as upstream does', (given, volMethod) => {
    const text = labelled(`source: triple_barrier, vol_method: ${given}`)
    expect(parsed(text).training.labels, 'the method').toMatchObject({ volMethod })
  })

  it.each([
    ['micro_atr_mult: 3', '3 is not below macro_atr_mult 3'],
    ['macro_atr_mult: 0.5', '1 is not below macro_atr_mult 0.5'],
  ])('warn of scales that are the wrong way round: %s', (key, what) => {
    const [warning, ...others] = warningsOf(labelled(`source: regime, ${key}`))
    const name = key.split(':')[0]!
    expect(warning, 'with both figures').toBe(
      `sample.yaml:32:45 training.labels.${name}: micro_atr_mult ${what}, so that no trend has short swings`,
    )
    expect(others, 'no other').toEqual([])
  })

  it.each([
    ['zigzag', 'classification'],
    ['triple_barrier', 'classification'],
    ['regime', 'regime_classification'],
    ['context', 'context_classification'],
  ])('%s makes of classification %s', (source, outputFormat) => {
    const { decisions } = parsed(labelled(`source: ${source}`))
    expect(decisions.outputFormat, 'the classes').toBe(outputFormat)
  })
})
