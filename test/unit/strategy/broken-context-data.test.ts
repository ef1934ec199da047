// Ways to break context_data, and the exact lines that the author reads.

import { describe, expect, it } from 'vitest'
import { itTells } from './broken-files.ts'
import { edited, warningsOf } from './sample.ts'

/** The sample with these series, and its RSI on one of them. */
function context(entries: string, source: string) {
  return [
    ['indicators:', `context_data: [${entries}]\nindicators:`],
    ['period: 14', `period: 14, data_source: ${source}`],
  ] as const
}

describe('context_data, broken', () => {
  itTells([
    {
      what: 'a provider without what names its series',
      edits: context('{ provider: fred }, { provider: ib }, { provider: cftc_cot }', 'x'),
      lines: [
        '9:16 context_data[0].series: is missing: provider: fred needs it; write for example series: [DGS10, DGS2]',
        '9:36 context_data[1].symbol: is missing: provider: ib needs it; write for example symbol: GBPUSD',
        '9:54 context_data[2].report: is missing: provider: cftc_cot needs it; write for example report: EUR',
      ],
    },
    {
      what: 'a misspelt data source',
      edits: context('{ provider: fred, series: DGS10 }', 'fred_DSG10'),
      lines: [
        '11:49 indicators.rsi_14.data_source: \'fred_DSG10\' does not match any context_data; did you mean "fred_DGS10"?',
      ],
    },
    {
      what: 'a data source like none there is',
      edits: context('{ provider: cftc_cot, report: EUR }', 'vix'),
      lines: [
        "11:49 indicators.rsi_14.data_source: 'vix' does not match any context_data; available source ids: cot_EUR_net_pos, cot_EUR_net_pct",
      ],
    },
    {
      what: 'the volume of a series',
      edits: context('{ provider: vix }', 'vix, source: volume'),
      lines: [
        '11:62 indicators.rsi_14.source: is volume, and a series of context_data has none; remove it',
      ],
    },
    {
      what: 'a series given twice',
      edits: context(
        '{ provider: fred, series: DGS2 }, { provider: fred, series: [DGS2] }',
        'fred_DGS2',
      ),
      lines: ['9:50 context_data[1]: gives the series fred_DGS2 a second time'],
    },
    {
      what: 'a series that is a symbol',
      edits: context('{ provider: ib, symbol: EURUSD }', 'EURUSD'),
      lines: [
        '9:16 context_data[0]: gives the series EURUSD, which is a symbol of training_data; indicators see its bars without a data_source',
      ],
    },
    {
      what: 'a lag without a unit',
      edits: context('{ provider: vix, publication_lag: 2 }', 'vix'),
      lines: [
        '9:50 context_data[0].publication_lag: expected a duration in minutes, hours or days, was 2; write for example 30m, 2h or 3d',
      ],
    },
    {
      what: 'a provider with a space',
      edits: context('{ provider: the fed }', 'x'),
      lines: [
        '9:28 context_data[0].provider: expected a name of 1 to 40 letters, digits, _, - and ., was "the fed"; write for example provider: fred',
      ],
    },
    {
      what: 'series that are a mapping',
      edits: context('{ provider: fred, series: {} }', 'fred_DGS2'),
      lines: [
        '9:42 context_data[0].series: expected a series or a list of series, was a mapping; write for example series: [DGS10, DGS2]',
      ],
    },
    {
      what: 'an entry that is a word',
      edits: context('fred', 'fred_DGS2'),
      lines: [
        '9:16 context_data[0]: expected a mapping, was "fred"; write for example {provider: fred, series: DGS10}',
      ],
    },
    {
      what: 'a mapping instead of a list',
      edits: [
        ['indicators:', 'context_data: { provider: fred }\nindicators:'],
        ['period: 14', 'period: 14, data_source: fred_DGS2'],
      ],
      lines: [
        '9:15 context_data: expected a list of series, was a mapping; write for example - {provider: fred, series: DGS10} below it',
      ],
    },
  ])
})

describe('warnings about context_data', () => {
  it('tell that a series has one value, whichever price is asked for', () => {
    const [warning] = warningsOf(edited(...context('{ provider: vix }', 'vix, source: high')))
    expect(warning, 'the key').toBe(
      'sample.yaml:11:54 indicators.rsi_14.source: ignored: a series of context_data has one value, not four prices',
    )
  })

  it.each([
    [
      'a declaration that nothing looks at',
      '{ provider: vix }, { provider: ib, symbol: GBPUSD }',
      'vix',
      ['35 context_data[1]: is not used by any indicator that an input needs'],
    ],
    [
      'a series of several that nothing looks at',
      '{ provider: fred, series: [A, B, C] }',
      'yield_spread_A_B',
      ['49 context_data[0].series[2]: is not used by any indicator that an input needs'],
    ],
    [
      'keys of another provider',
      '{ provider: ib, symbol: X, series: A, report: EUR }',
      'X',
      [
        '43 context_data[0].series: ignored: it belongs to provider: fred',
        '54 context_data[0].report: ignored: it belongs to provider: cftc_cot',
      ],
    ],
    [
      'keys that the file decides',
      '{ provider: ib, symbol: X, timeframe: 1h, instrument_type: forex }',
      'X',
      [
        '43 context_data[0].timeframe: ignored: the values are those of the file given with --data',
        '58 context_data[0].instrument_type: ignored: the values are those of the file given with --data',
      ],
    ],
    [
      'another alignment',
      '{ provider: vix, alignment: nearest }',
      'vix',
      ['44 context_data[0].alignment: is "nearest", read as forward_fill'],
    ],
    ['nothing else', '{ provider: vix, alignment: forward_fill, publication_lag: 90m }', 'vix', []],
    ['the other half of a report', '{ provider: cftc_cot, report: EUR }', 'cot_EUR_net_pct', []],
  ])('tell of %s', (_, entries, source, lines) => {
    expect(warningsOf(edited(...context(entries, source))), 'these').toEqual(
      lines.map((line) => `sample.yaml:9:${line}`),
    )
  })
})
