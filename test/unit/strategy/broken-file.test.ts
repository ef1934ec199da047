// Ways to break the file as a whole, and the exact lines that the author reads.

import { describe, expect, it } from 'vitest'
import { itTells } from './broken-files.ts'
import { problemsOf, refusalOf } from './sample.ts'

describe('the file as a whole, broken', () => {
  itTells([
    {
      what: 'a missing name',
      edits: [['name: sample\n', '']],
      lines: ['1:1 name: is missing; write for example name: momentum'],
    },
    {
      what: 'a name that would leave the model folder',
      edits: [['name: sample', 'name: "../x"']],
      lines: [
        '1:7 name: expected a name of letters, digits, _ and - that begins with a letter or digit, was "../x"; write for example name: momentum',
      ],
    },
    {
      what: 'a name that YAML reads as a number',
      edits: [['name: sample', 'name: 123']],
      lines: [
        '1:7 name: expected a name of letters, digits, _ and - that begins with a letter or digit, was 123; write it in quotes: "123"',
      ],
    },
    {
      what: 'a format newer than ours',
      edits: [['"3.0"', '"4.0"']],
      lines: ['2:10 version: "4.0" is newer than this ktrdr, which reads version "3.0"'],
    },
    {
      what: 'a misspelt section',
      edits: [['version: "3.0"', 'desciption: x']],
      lines: ['2:1 desciption: is not a key of the format; did you mean "description"?'],
    },
    {
      what: 'a key that nothing resembles',
      edits: [['version: "3.0"', 'frobnicate: 1']],
      lines: [
        '2:1 frobnicate: is not a key of the format; possible here: name, description, version, training_data, context_data, indicators, fuzzy_sets, nn_inputs, model, decisions, trading, training, rules',
      ],
    },
    {
      what: 'a section that is a list',
      edits: [
        [
          'decisions:\n  output_format: classification\n  confidence_threshold: 0.55\n  filters: { min_signal_separation: 6 }',
          'decisions: [classification]',
        ],
      ],
      lines: [
        '29:12 decisions: expected a mapping, was ["classification"]; write for example {output_format: classification}',
      ],
    },
    {
      what: 'a key given twice',
      edits: [['epochs: 60', 'epochs: 60\n  epochs: 70']],
      lines: ['36:3 training.epochs: is given twice; keep one of the two'],
    },
    {
      what: 'an alias without its anchor',
      edits: [['epochs: 60', 'epochs: *usual']],
      lines: ['35:11 training.epochs: there is no anchor &usual before it'],
    },
    {
      what: 'indentation by tabs',
      edits: [['  symbols', '	symbols']],
      lines: [
        '4:1: is not valid YAML: tabs are not allowed as indentation',
        '5:1: is not valid YAML: all mapping items must start at the same column',
        '8:1: is not valid YAML: all mapping items must start at the same column',
      ],
    },
    {
      what: 'a bracket that never closes',
      edits: [['[1, 0.5]', '[1, 0.5']],
      lines: [
        '19:47: is not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
        '19:48: is not valid YAML: flow map in block collection must be sufficiently indented and end with a }',
      ],
    },
  ])
})

describe('a file of another format', () => {
  it('is to be migrated when it is of version 2, in one clear sentence', () => {
    const old = `name: old
scope: universal
indicators:
  - { name: rsi, feature_id: rsi_14, period: 14 }
fuzzy_sets:
  rsi_14: { low: [0, 20, 40] }
model: { type: mlp }
`
    expect(refusalOf(old)?.code, 'code').toBe('STRATEGY_INVALID')
    expect(problemsOf(old), 'one line').toEqual([
      'sample.yaml:1:1: is a strategy of version 2 or older, to be migrated: indicators is not a mapping, and there is no nn_inputs; ktrdr migrate sample.yaml',
    ])
  })

  it('is not excused when it is no strategy at all', () => {
    expect(problemsOf('services: { web: 1 }\n'), 'one line').toEqual([
      'sample.yaml:1:1: is not a strategy: it has none of training_data, indicators, fuzzy_sets, nn_inputs, model, training',
    ])
  })
})
