import { describe, expect, it } from 'vitest'
import { featureIds } from '../../../src/features/feature-plan.ts'
import { edited, parsed, warningsOf } from './sample.ts'

const timeframes = (lines: string) => ['mode: single\n    timeframe: 1h', lines] as const
const SEVERAL = timeframes('mode: multi_timeframe\n    list: [4h, 1h]')

describe('several symbols and timeframes', () => {
  it('are in the order of the file, in either spelling', () => {
    for (const key of ['list', 'symbols'])
      expect(
        parsed(edited(['mode: single, symbol: EURUSD', `mode: multi_symbol, ${key}: [B, A]`]))
          .symbols,
        key,
      ).toEqual(['B', 'A'])
    for (const key of ['list', 'timeframes']) {
      const { timeframes: all } = parsed(
        edited(timeframes(`mode: multi_timeframe\n    ${key}: [4h, 1h]`)),
      )
      expect(all, key).toEqual(['4h', '1h'])
    }
  })

  it('have their base in the first timeframe, unless the file says another', () => {
    expect(parsed(edited(SEVERAL)).baseTimeframe, 'the first').toBe('4h')
    const named = timeframes('mode: multi_timeframe\n    list: [4h, 1h]\n    base_timeframe: 1h')
    expect(parsed(edited(named)).baseTimeframe, 'the named one').toBe('1h')
  })

  it('give `timeframes: all` their order', () => {
    expect(featureIds(parsed(edited(SEVERAL))), 'input by input').toEqual([
      '4h_rsi_oversold',
      '4h_rsi_overbought',
      '1h_rsi_oversold',
      '1h_rsi_overbought',
      '1h_push_up',
      '4h_macd_f_raw',
      '1h_macd_f_raw',
    ])
  })

  it('warn of a timeframe that only costs data, but not of the base', () => {
    const text = edited(
      timeframes('mode: multi_timeframe\n    list: [1d, 1h, 4h]'),
      ['timeframes: all', 'timeframes: [1h]'],
      ['timeframes: all', 'timeframes: [1h]'],
    )
    expect(warningsOf(text), '4h').toEqual([
      'sample.yaml:7:20 training_data.timeframes.list[2]: 4h is not used by any input',
    ])
  })
})

describe('history_required', () => {
  it('is what the file says, and else left to the indicators', () => {
    expect(parsed(edited()).historyRequired, 'as given').toBe(250)
    expect(parsed(edited(['  history_required: 250\n', ''])).historyRequired, 'open').toBeNull()
  })

  it('warns when an indicator needs more, with the figure', () => {
    const slow = ['period: 14', 'period: 90'] as const
    const needs = (history: number) =>
      warningsOf(edited(slow, ['history_required: 250', `history_required: ${history}`]))
    expect(needs(90), 'just enough').toEqual([])
    expect(needs(89), 'one bar short').toEqual([
      'sample.yaml:8:21 training_data.history_required: is 89, but rsi_14 needs 90 bars of 1h before its first value; leave it out for as many as the indicators need',
    ])
  })

  it('counts bars of the base timeframe, of which a longer one has many', () => {
    const needs = (history: number) =>
      warningsOf(
        edited(timeframes('mode: multi_timeframe\n    list: [1h, 1d]'), [
          'history_required: 250',
          `history_required: ${history}`,
        ]),
      )
    expect(needs(480), 'the MACD line of 20 days').toEqual([])
    expect(needs(479), 'in its own bars, and those of the base').toEqual([
      'sample.yaml:8:21 training_data.history_required: is 479, but macd_f needs 20 bars of 1d before its first value, up to 480 of 1h; leave it out for as many as the indicators need',
    ])
  })

  it('counts for an indicator of a context series too, which is looked at bar by bar', () => {
    const text = edited(
      ['indicators:', 'context_data: [{ provider: vix }]\nindicators:'],
      ['period: 14', 'period: 100, data_source: vix'],
      ['history_required: 250', 'history_required: 60'],
    )
    expect(warningsOf(text), 'its warm-up').toEqual([
      expect.stringContaining('is 60, but rsi_14 needs 100 bars of 1h'),
    ])
  })
})
