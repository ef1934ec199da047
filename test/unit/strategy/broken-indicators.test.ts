// Ways to break indicators, and the exact lines that the author reads.

import { describe } from 'vitest'
import { itTells } from './broken-files.ts'

describe('indicators, broken', () => {
  itTells([
    {
      what: 'indicators as a list, as in version 2',
      edits: [['  rsi_14: { type: rsi, period: 14 }\n  macd_f: {', '  - {']],
      lines: [
        '10:3 indicators: expected a mapping, was a list; write for example rsi_14: {type: rsi, period: 14} below it',
      ],
    },
    {
      what: 'a misspelt type',
      edits: [['type: rsi', 'type: rsy']],
      lines: ['10:19 indicators.rsi_14.type: unknown indicator type "rsy"; did you mean "rsi"?'],
    },
    {
      what: 'an indicator that repaints',
      edits: [['type: rsi, period: 14', 'type: ZigZag, threshold: 0.05']],
      lines: [
        '10:19 indicators.rsi_14.type: ZigZag cannot be a feature, because it repaints: its value at a bar depends on later bars, so it can only be a label',
      ],
    },
    {
      what: 'an indicator without a type',
      edits: [['{ type: rsi, period: 14 }', '{ period: 14 }']],
      lines: ['10:3 indicators.rsi_14.type: is missing; write for example type: rsi'],
    },
    {
      what: 'an indicator that is a word',
      edits: [['{ type: rsi, period: 14 }', 'rsi']],
      lines: [
        '10:11 indicators.rsi_14: expected a mapping, was "rsi"; write for example {type: rsi, period: 14}',
      ],
    },
    {
      what: 'a parameter out of bounds',
      edits: [['period: 14', 'period: 1']],
      lines: ['10:32 indicators.rsi_14.period: expected an integer from 2 to 100, was 1'],
    },
    {
      what: 'a misspelt parameter',
      edits: [['period: 14', 'perod: 14']],
      lines: ['10:24 indicators.rsi_14.perod: is not a parameter of rsi; did you mean "period"?'],
    },
    {
      what: 'a parameter in quotes',
      edits: [['period: 14', 'period: "14"']],
      lines: [
        '10:32 indicators.rsi_14.period: expected an integer from 2 to 100, was "14"; write 14 without quotes',
      ],
    },
    {
      what: 'a parameter in two spellings',
      edits: [['fast_period: 8', 'fast: 8, fast_period: 8']],
      lines: [
        '11:31 indicators.macd_f.fast: means fast_period, which is given too; keep one of the two',
      ],
    },
    {
      what: 'an id with a dot',
      edits: [['  macd_f: {', '  extra.one: { type: rsi }\n  macd_f: {']],
      lines: [
        '11:3 indicators["extra.one"]: is not possible as a name; use letters, digits, _ and -, and not digits alone',
      ],
    },
    {
      what: 'an id that is a number',
      edits: [['  macd_f: {', '  7: { type: rsi }\n  macd_f: {']],
      lines: [
        '11:3 indicators.7: is not possible as a name; use letters, digits, _ and -, and not digits alone',
      ],
    },
    {
      what: 'a data source that is not declared',
      edits: [['period: 14', 'period: 14, data_source: fred_DGS2']],
      lines: [
        "10:49 indicators.rsi_14.data_source: 'fred_DGS2' does not match any context_data: there is none",
      ],
    },
  ])
})
