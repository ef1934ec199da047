// Ways to break model, and the exact lines that the author reads.

import { describe } from 'vitest'
import { itTells } from './broken-files.ts'

describe('model, broken', () => {
  itTells([
    {
      what: 'an unknown model',
      edits: [['type: mlp', 'type: transformer']],
      lines: ['27:9 model.type: expected one of mlp, lstm or gru, was "transformer"'],
    },
    {
      what: 'an mlp without layers',
      edits: [['hidden_layers: [32, 16], ', '']],
      lines: [
        '28:3 model.architecture.hidden_layers: is missing: mlp needs it; write for example hidden_layers: [32, 16]',
      ],
    },
    {
      what: 'a recurrent network without its window',
      edits: [
        [
          'type: mlp\n  architecture: { hidden_layers: [32, 16], activation: tanh, ',
          'type: gru\n  architecture: { ',
        ],
      ],
      lines: [
        '28:3 model.architecture.sequence_length: is missing: gru needs it; write for example sequence_length: 24',
      ],
    },
    {
      what: 'a window of no bars',
      edits: [
        [
          'type: mlp\n  architecture: { hidden_layers: [32, 16], activation: tanh',
          'type: lstm\n  architecture: { sequence_length: 0',
        ],
      ],
      lines: [
        '28:36 model.architecture.sequence_length: expected an integer from 1 to 10000, was 0',
      ],
    },
    {
      what: 'misspelt layers',
      edits: [['hidden_layers', 'hiden_layers']],
      lines: [
        '28:19 model.architecture.hiden_layers: is not a key of the format; did you mean "hidden_layers"?',
      ],
    },
    {
      what: 'an empty layer',
      edits: [['[32, 16]', '[32, 0]']],
      lines: [
        '28:39 model.architecture.hidden_layers[1]: expected an integer from 1 to 8192, was 0',
      ],
    },
    {
      what: 'layers that are a number',
      edits: [['[32, 16]', '32']],
      lines: [
        '28:34 model.architecture.hidden_layers: expected a list of at most 16 layer sizes, was 32; write for example [32, 16]',
      ],
    },
    {
      what: 'an activation in capitals',
      edits: [['tanh', 'Tanh']],
      lines: [
        '28:56 model.architecture.activation: expected one of relu, leaky_relu, tanh or sigmoid, was "Tanh"; did you mean "tanh"?',
      ],
    },
    {
      what: 'a dropout of everything',
      edits: [['dropout: 0.1', 'dropout: 1.0']],
      lines: ['28:71 model.architecture.dropout: expected a number at least 0 and below 1, was 1'],
    },
    {
      what: 'a key of another section',
      edits: [['  type: mlp\n', '  type: mlp\n  epochs: 5\n']],
      lines: ['28:3 model.epochs: is not a key of the format; it belongs in training'],
    },
  ])
})
