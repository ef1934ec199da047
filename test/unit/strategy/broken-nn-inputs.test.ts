// Ways to break nn_inputs, and the exact lines that the author reads.

import { describe } from 'vitest'
import { itTells } from './broken-files.ts'

describe('nn_inputs, broken', () => {
  itTells([
    {
      what: 'an input with both sources',
      edits: [['fuzzy_set: rsi,', 'fuzzy_set: rsi, raw_indicator: rsi_14,']],
      lines: ['21:5 nn_inputs[0]: specify either fuzzy_set or raw_indicator, not both'],
    },
    {
      what: 'an input without a source',
      edits: [['fuzzy_set: rsi, ', '']],
      lines: ['21:5 nn_inputs[0]: must specify either fuzzy_set or raw_indicator'],
    },
    {
      what: 'an unknown fuzzy set',
      edits: [['fuzzy_set: rsi,', 'fuzzy_set: rsii,']],
      lines: [
        '21:18 nn_inputs[0].fuzzy_set: \'rsii\' not found in fuzzy_sets; did you mean "rsi"?',
      ],
    },
    {
      what: 'an unknown raw indicator',
      edits: [['raw_indicator: macd_f', 'raw_indicator: atr_9']],
      lines: [
        "23:20 nn_inputs[2].raw_indicator: 'atr_9' not found in indicators; available indicators: rsi_14, macd_f",
      ],
    },
    {
      what: 'a raw output that there is not',
      edits: [['raw_indicator: macd_f', 'raw_indicator: macd_f.signl']],
      lines: [
        "23:20 nn_inputs[2].raw_indicator: invalid output 'signl' for macd indicator 'macd_f'; did you mean \"signal\"?",
      ],
    },
    {
      what: 'a raw output of an indicator that has one',
      edits: [['raw_indicator: macd_f', 'raw_indicator: rsi_14.rsi']],
      lines: [
        "23:20 nn_inputs[2].raw_indicator: indicator 'rsi_14' (type: rsi) is single-output and does not support dot notation; remove '.rsi'",
      ],
    },
    {
      what: 'timeframes as a bare word',
      edits: [['timeframes: all }', 'timeframes: 1h }']],
      lines: [
        '21:35 nn_inputs[0].timeframes: expected all or a list of timeframes, was "1h"; write all, or a list such as [1h]',
      ],
    },
    {
      what: 'an empty list of timeframes',
      edits: [['timeframes: all }', 'timeframes: [] }']],
      lines: [
        '21:35 nn_inputs[0].timeframes: expected all or a list of timeframes, was []; write all, or a list such as [1h]',
      ],
    },
    {
      what: 'a timeframe outside training_data',
      edits: [['[1h]', '[1h, 4h]']],
      lines: ["22:41 nn_inputs[1].timeframes[1]: invalid timeframe '4h'; available timeframes: 1h"],
    },
    {
      what: 'no timeframes',
      edits: [[', timeframes: all }', ' }']],
      lines: ['21:5 nn_inputs[0].timeframes: is missing; write all, or a list such as [1h]'],
    },
    {
      what: 'normalization of a fuzzy set',
      edits: [['timeframes: all }', 'timeframes: all, normalization: minmax }']],
      lines: [
        '21:40 nn_inputs[0].normalization: is only valid with raw_indicator, not fuzzy_set; remove it',
      ],
    },
    {
      what: 'a misspelt normalization',
      edits: [['zscore', 'z-score']],
      lines: [
        '25:20 nn_inputs[2].normalization: expected one of none, minmax or zscore, was "z-score"; did you mean "zscore"?',
      ],
    },
    {
      what: 'a feature given twice',
      edits: [['fuzzy_set: push', 'fuzzy_set: rsi']],
      lines: ['22:5 nn_inputs[1]: gives the feature 1h_rsi_oversold a second time'],
    },
  ])
})
