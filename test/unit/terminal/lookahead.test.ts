import { describe, expect, it } from 'vitest'
import { lookaheadScreen } from '../../../src/terminal/lookahead.ts'

type Report = Parameters<typeof lookaheadScreen>[0]
type SymbolReport = Report['symbols'][number]

const changes = (...ratios: (number | null)[]) =>
  ratios.map((ratio, i) => ({ bars: [10, 20, 50, 100, 200][i]!, ratio }))

const SYMBOL: SymbolReport = {
  symbol: 'SPY',
  bars: 5105,
  samples: ['2020-01-02T00:00:00.000Z', '2020-03-02T00:00:00.000Z'],
  checked: { feature: 2, label: 2, signal: 3 },
  lookahead: [],
  history: [
    {
      name: '1d_rsi_low',
      changes: changes(null, 0.62, 4e-4, 2e-10, 0),
      practically: 50,
      exactly: 100,
    },
    { name: '1d_roc_5_raw', changes: changes(0, 0, 0, 0, 0), practically: 10, exactly: 10 },
  ],
}

const REPORT: Report = {
  strategy: 'pullback',
  timeframe: '1d',
  model: null,
  symbols: [SYMBOL],
  history: { required: null, recommended: 50 },
  warnings: [],
}

describe('what looks ahead', () => {
  it('is looked for in rules, where there are no labels', () => {
    const [symbol] = REPORT.symbols
    const rules = { ...symbol!, checked: { feature: 2, label: 0, signal: 3 } }
    expect(lookaheadScreen({ ...REPORT, symbols: [rules] })).toContain(
      'Looked at: 2 features, 3 rules.',
    )
  })

  it('is said to be nothing', () => {
    expect(lookaheadScreen(REPORT)).toContain('\n\nNothing looks ahead.\n\n')
    expect(lookaheadScreen(REPORT)).toContain('Looked at: 2 features, 2 columns of labels.\n')
  })

  it('is a row each, with both values', () => {
    const finding = {
      kind: 'feature',
      name: '1d_swing_raw',
      bar: '2019-12-30T00:00:00.000Z',
      value: 321.5,
      changed: null,
      lastKnownBar: '2020-01-02T00:00:00.000Z',
      future: 'missing',
      samples: 1,
    } as const
    const label = {
      ...finding,
      kind: 'label',
      name: 'label_end',
      changed: 7,
      future: 'other',
    } as const
    const symbol = { ...SYMBOL, lookahead: [finding, label] }
    const screen = lookaheadScreen({ ...REPORT, model: '/models/a', symbols: [symbol] })
    expect(screen).toMatch(
      /^1d_swing_raw +2019-12-30 00:00:00 UTC +321\.5 +none +missing after 2020-01-02 00:00:00 UTC +1 of 2$/m,
    )
    expect(screen).toMatch(/^label label_end .* 321\.5 +7 +other after/m)
    expect(screen).toContain('what /models/a says')
    expect(screen).not.toContain('Nothing looks ahead')
  })
})

describe('the history', () => {
  it('is shown up to where nothing changes any more', () => {
    const screen = lookaheadScreen(REPORT)
    expect(screen).toMatch(/^CHANGE WITH … BARS +10 +20 +50 +100 +<0\.1% +<1e-9$/m)
    expect(screen).toMatch(/^1d_rsi_low +-- +62% +4e-4 +0 +50 +100$/m)
    expect(screen).toMatch(/^1d_roc_5_raw +0 +0 +0 +0 +10 +10$/m)
  })

  it.each<[string, Partial<Report>, string]>([
    ['what settles it', {}, 'history_required: 50 settles every feature to 0.1% (it is not set).'],
    [
      'what there is',
      { history: { required: 80, recommended: 50 } },
      'history_required: 50 settles every feature to 0.1% (it is 80).',
    ],
    [
      'nothing',
      { history: { required: null, recommended: 0 } },
      'No history_required is needed (it is not set)',
    ],
    [
      'what never settles',
      {
        symbols: [
          {
            ...SYMBOL,
            history: [
              { name: '1d_obv_raw', changes: changes(1, 0.9), practically: null, exactly: null },
            ],
          },
        ],
        history: { required: null, recommended: null },
      },
      'More than 20 bars of history are needed by 1d_obv_raw',
    ],
    [
      'that it cannot be told',
      {
        symbols: [
          { ...SYMBOL, history: [{ name: 'a', changes: [], practically: null, exactly: null }] },
        ],
      },
      'There are too few bars to tell',
    ],
  ])('is advised by %s', (_, report, advice) => {
    expect(lookaheadScreen({ ...REPORT, ...report })).toContain(advice)
  })

  it.each([40, 80])('has no line that a terminal of %d columns must break', (room) => {
    const long = lookaheadScreen(REPORT, room)
      .split('\n')
      .filter((line) => line.length > room)
    expect(long).toEqual([])
  })
})
