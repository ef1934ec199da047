// Ways to break decisions, and the exact lines that the author reads.

import { describe } from 'vitest'
import { itTells } from './broken-files.ts'

describe('decisions, broken', () => {
  itTells([
    {
      what: 'a misspelt output format',
      edits: [['output_format: classification', 'output_format: clasification']],
      lines: [
        '30:18 decisions.output_format: expected classification or regression, was "clasification"; did you mean "classification"?',
      ],
    },
    {
      what: 'regression without costs and with classes',
      edits: [
        [
          'output_format: classification\n  confidence_threshold: 0.55',
          'output_format: regression',
        ],
      ],
      lines: [
        '29:1 decisions.cost_model: is missing: regression needs it; write for example cost_model: {round_trip_cost: 0.002, min_edge_multiplier: 1.5}',
        '33:21 training.labels.source: must be forward_return for regression, was zigzag; write source: forward_return',
      ],
    },
    {
      what: 'regression with half a cost model',
      edits: [
        [
          'output_format: classification\n  confidence_threshold: 0.55',
          'output_format: regression\n  cost_model: { round_trip_cost: 0 }',
        ],
        ['source: zigzag, zigzag_threshold: 0.012', 'source: forward_return'],
      ],
      lines: [
        '31:3 decisions.cost_model.min_edge_multiplier: is missing: regression needs it; write for example min_edge_multiplier: 1.5',
        '31:34 decisions.cost_model.round_trip_cost: expected a number above 0 and at most 1, was 0',
      ],
    },
    {
      what: 'a cost model that lets every forecast trade',
      edits: [
        [
          'output_format: classification\n  confidence_threshold: 0.55',
          'output_format: regression\n  cost_model: { round_trip_cost: 0.002, min_edge_multiplier: -1 }',
        ],
        ['source: zigzag, zigzag_threshold: 0.012', 'source: forward_return'],
      ],
      lines: [
        '31:62 decisions.cost_model.min_edge_multiplier: expected a number above 0 and at most 1000, was -1',
      ],
    },
    {
      what: 'a threshold in percent',
      edits: [['0.55', '55']],
      lines: ['31:25 decisions.confidence_threshold: expected a number from 0 to 1, was 55'],
    },
    {
      what: 'yes for true',
      edits: [['confidence_threshold: 0.55', 'allow_short_from_flat: yes']],
      lines: [
        '31:26 decisions.allow_short_from_flat: expected true or false, was "yes"; write true',
      ],
    },
    {
      what: 'a threshold for each side',
      edits: [['confidence_threshold: 0.55', 'thresholds: { buy: 0.6, sell: 0.4 }']],
      lines: [
        '31:3 decisions.thresholds: is not a key of the format; write for example confidence_threshold: 0.6, which holds for BUY and for SELL alike',
      ],
    },
    {
      what: 'a misspelt filter',
      edits: [['min_signal_separation', 'min_signal_seperation']],
      lines: [
        '32:14 decisions.filters.min_signal_seperation: is not a key of the format; did you mean "min_signal_separation"?',
      ],
    },
  ])
})
