// Metrics side by side, how figures are spelled, and the screen of `ktrdr compare`.

import { describe, expect, it } from 'vitest'
import {
  compareMetrics,
  trainingMetrics,
  type ComparedRun,
} from '../../../src/report/comparison.ts'
import {
  figureText,
  metricLabel,
  momentText,
  orderedKeys,
  wordsOf,
} from '../../../src/report/figures.ts'
import { compareScreen } from '../../../src/terminal/compare.ts'

const run = (label: string, metrics: ComparedRun['metrics']): ComparedRun => ({
  operationId: `op_backtesting_20241212_100000_${label}`,
  label,
  name: 'momentum',
  market: 'EURUSD 1h',
  range: '2020-01-01 … 2020-12-31',
  trading: label === 'bbb222' ? 'stop 2 %' : '',
  metrics,
})

const RUNS = [
  run('aaa111', {
    totalReturnRatio: 0.124,
    maxDrawdownRatio: 0.05,
    trades: 87,
    sharpeRatio: null,
    group: {},
  }),
  run('bbb222', { totalReturnRatio: -0.02, maxDrawdownRatio: 0.05, trades: 12, oddRatio: 0.5 }),
  run('ccc333', { totalReturnRatio: 0.124, maxDrawdownRatio: 0.07, trades: 3 }),
]

describe('comparing', () => {
  const rows = compareMetrics(RUNS)

  it('has a row for each metric that any of them has, known ones first', () => {
    expect(rows.map(({ key, texts }) => [key, ...texts])).toEqual([
      ['totalReturnRatio', '+12.4%', '-2.0%', '+12.4%'],
      ['maxDrawdownRatio', '-5.0%', '-5.0%', '-7.0%'],
      ['trades', '87', '12', '3'],
      ['oddRatio', '--', '50.0%', '--'],
    ])
    expect(rows[0]!.values).toEqual([0.124, -0.02, 0.124])
  })

  it('marks the best, all of them when they are equal, and nobody where more is not better', () => {
    expect(rows.map(({ best }) => best)).toEqual([[0, 2], [0, 1], [], []])
    expect(compareMetrics(RUNS.slice(0, 1).concat(RUNS.slice(2)))[0]!.best, 'both alike').toEqual(
      [],
    )
  })

  it('takes the scores of the test slice out of a training', () => {
    expect(trainingMetrics({ bestEpoch: 3, test: { accuracy: 0.5 } })).toEqual({
      bestEpoch: 3,
      accuracy: 0.5,
    })
    expect(trainingMetrics({ bestEpoch: 3, test: null })).toEqual({ bestEpoch: 3 })
  })

  it('is a table with a star at the best', () => {
    const screen = compareScreen(
      { runs: RUNS, rows, path: '/tmp/c.html', warnings: ['They differ.'] },
      80,
    )
    expect(screen).toMatch(/^Return +\+12\.4% \* +-2\.0% +\+12\.4% \*$/m)
    expect(screen).toMatch(/^bbb222 .*31 {2}stop 2 %$/m)
    expect(screen).toMatch(/^aaa111 .*31$/m)
    expect(screen).toContain('! They differ.')
    expect(screen).toContain('/tmp/c.html')
  })

  it.each([80, 50, 34])('fits %d columns: what has no room goes below', (room) => {
    const screen = compareScreen({ runs: RUNS, rows, path: null, warnings: [] }, room)
    for (const line of screen.split('\n')) expect(line.length).toBeLessThanOrEqual(room)
    for (const { label } of RUNS)
      expect(screen.split(label).length, 'in the legend and as a head').toBe(3)
  })
})

describe('figures', () => {
  it.each([
    [0.12345, 'percent', '12.3%'],
    [0.00012, 'percent', '0.01%'],
    [0.02, 'signed percent', '+2.0%'],
    [0.05, 'fall', '-5.0%'],
    [0, 'fall', '0.00%'],
    [1.2345, 'ratio', '1.23'],
    [0.868234, 'number', '0.8682'],
    [12345.6, 'money', '12 346'],
    [-12345.6, 'money', '-12 346'],
    [null, 'money', '--'],
    [NaN, 'percent', '--'],
    ['7', 'count', '--'],
  ] as const)('%s as %s is %s', (value, unit, text) => {
    expect(figureText(value, unit)).toBe(text)
  })

  it('name a metric that is not known by its key', () => {
    expect(metricLabel('ulcerOfNobodyRatio')).toEqual({
      label: 'Ulcer of nobody',
      unit: 'percent',
      better: null,
    })
    expect(metricLabel('constructor').unit, 'nothing is inherited').toBe('number')
    expect(wordsOf('maxDrawdown95Bars')).toBe('Max drawdown 95 bars')
    expect(orderedKeys(['zebra', 'trades', 'totalReturnRatio', 'trades'])).toEqual([
      'totalReturnRatio',
      'trades',
      'zebra',
    ])
  })

  it('name a day at midnight, else a moment', () => {
    expect(momentText(Date.UTC(2020, 3, 17))).toBe('2020-04-17')
    expect(momentText(Date.UTC(2020, 3, 17, 14, 30))).toBe('2020-04-17 14:30')
  })
})
