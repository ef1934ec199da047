import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exactJson, type Json } from '../../../src/core/hash.ts'
import type { Timeframe } from '../../../src/data/bars.ts'
import { dataNeedsOf } from '../../../src/jobs/data-needs.ts'
import { loadMarketData } from '../../../src/jobs/market-data.ts'
import {
  loadRules,
  ruleIntentsOf,
  ruleStrategyOf,
  type RuleRequest,
} from '../../../src/jobs/rule-inputs.ts'
import { symbolLookahead } from '../../../src/jobs/symbol-lookahead.ts'
import { backtestRequest } from '../../support/job-runs.ts'
import { barsCsv, makeWorld } from '../../support/world.ts'

const world = makeWorld({ bars: 600 })
afterAll(() => world.remove())

const textOf = (timeframes: string, enter: string) => `name: rules
training_data:
  symbols: { mode: single, symbol: WALK }
  timeframes: { ${timeframes} }
indicators:
  fast: { type: sma, period: 4 }
  slow: { type: sma, period: 12 }
rules:
  long:
    enter: ${enter}
    exit: fast crosses below slow
`
const ONE = textOf('mode: single, timeframe: 1h', 'fast crosses above slow')
const SEVERAL = textOf(
  'mode: multi_timeframe, list: [1h, 4h]',
  'fast crosses above slow and close > slow@4h[1]',
)

function requestOf(text: string, timeframe: Timeframe | null = null): RuleRequest {
  const path = join(world.directory, 'rules.yaml')
  writeFileSync(path, text)
  const { model: _, ...rest } = backtestRequest(world, '')
  return {
    ...rest,
    rules: { given: path, directories: [], snapshot: null },
    traded: { symbols: null, timeframe },
  }
}

describe('a backtest of rules', () => {
  it('is the same again from its resolved settings, whatever became of the file', async () => {
    const first = await loadRules(requestOf(SEVERAL))
    writeFileSync(join(world.directory, 'rules.yaml'), 'gone')
    const settings = JSON.parse(exactJson(first.settings)) as Json
    const again = await loadRules(settings as unknown as RuleRequest)
    expect(again.fingerprints).toEqual(first.fingerprints)
    expect(again.settings).toEqual(first.settings)
    expect(again.warnings.join()).toContain('rules.yaml was edited since the start')
  })

  it('has other fingerprints with other rules', async () => {
    const first = await loadRules(requestOf(SEVERAL))
    const other = await loadRules(requestOf(SEVERAL.replace('[1]', '[2]')))
    const differs = Object.keys(first.fingerprints).filter(
      (key) => first.fingerprints[key] !== other.fingerprints[key],
    )
    expect(differs).toEqual(['strategy', 'intents'])
  })

  it('is on any timeframe, when the strategy has one, and on one of its own, when it has several', async () => {
    const barsOf = async (text: string, timeframe: Timeframe | null) => {
      const { inputs } = await loadRules(requestOf(text, timeframe))
      return [inputs.timeframe, inputs.simulation.instruments[0]!.bars.length]
    }
    expect(await barsOf(ONE, null)).toEqual(['1h', 600])
    expect(await barsOf(ONE, '4h')).toEqual(['4h', 150])
    expect(await barsOf(ONE, '1d')).toEqual(['1d', 25])
    expect(await barsOf(SEVERAL, '4h')).toEqual(['4h', 150])
    await expect(barsOf(SEVERAL, '1d')).rejects.toMatchObject({
      code: 'USAGE',
      message: 'The strategy rules is for bars of 1h, 4h, not of 1d.',
      suggestions: ['--timeframe 1h', '--timeframe 4h'],
    })
  })

  it('is of all symbols that data was named for, in whatever order', async () => {
    const both = ONE.replace('mode: single, symbol: WALK', 'mode: multi_symbol, list: [A, B]')
    const path = join(world.directory, 'other.csv')
    writeFileSync(path, barsCsv(400, 2))
    const data = (...symbols: readonly string[]) =>
      symbols.map((symbol) => ({ symbol, path: symbol === 'A' ? world.bars : path, used: null }))
    const load = (...symbols: readonly string[]) =>
      loadRules({ ...requestOf(both), data: data(...symbols) })
    const [one, other, alone] = await Promise.all([load('A', 'B'), load('B', 'A'), load('B')])
    const traded = one.inputs.simulation.instruments.map(({ symbol, bars }) => [
      symbol,
      bars.length,
    ])
    expect(traded).toEqual([
      ['A', 600],
      ['B', 400],
    ])
    expect(other.fingerprints).toEqual(one.fingerprints)
    expect(other.inputs.source).toEqual(one.inputs.source)
    expect(one.fingerprints['A intents']).not.toBe(one.fingerprints['B intents'])
    expect(alone.fingerprints['intents']).toBe(one.fingerprints['B intents'])
  })

  it('needs a bar on which all that its rules look at has a value', async () => {
    const request = requestOf(ONE.replace('fast crosses above slow', 'close > close[600]'))
    await expect(loadRules(request)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: 'No bar of WALK in this range has a value of all that the rules look at.',
    })
  })

  it('begins after history_required bars', async () => {
    const text = ONE.replace('1h }', '1h }\n  history_required: 77')
    expect((await loadRules(requestOf(text))).inputs.simulation.instruments[0]!.firstBar).toBe(77)
    expect((await loadRules(requestOf(ONE))).inputs.simulation.instruments[0]!.firstBar).toBe(12)
  })
})

describe('lookahead', () => {
  it('looks at the operands of rules, and at where they hold', async () => {
    const request = requestOf(SEVERAL)
    const { strategy } = ruleStrategyOf({ path: request.rules.given, text: SEVERAL }, null)
    const { symbols } = await loadMarketData(request.data, dataNeedsOf(strategy), request.range)
    const report = symbolLookahead(strategy, symbols[0]!, null, 12)
    expect(report.checked).toEqual({ feature: 4, label: 0, signal: 2 })
    expect(report.lookahead).toEqual([])
    expect(report.history.map(({ name }) => name)).toEqual([
      'fast',
      'slow',
      'close',
      'slow@4h[1]',
      'long.enter',
      'long.exit',
    ])
    const { bits } = ruleIntentsOf(strategy, symbols[0]!)
    expect(new Set(bits), 'some bars want something').toEqual(new Set([0, 1, 2]))
  })
})
