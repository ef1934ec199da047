// Ways to break fuzzy_sets, and the exact lines that the author reads.

import { describe, expect, it } from 'vitest'
import { MEMBERSHIP_TYPES } from '../../../src/fuzzy/membership.ts'
import { oneOf } from '../../../src/strategy/problems.ts'
import { itTells } from './broken-files.ts'
import { edited, parsed } from './sample.ts'

describe('fuzzy_sets, broken', () => {
  itTells([
    {
      what: 'a membership that is a word',
      edits: [['oversold: [0, 20, 35]', 'oversold: low']],
      lines: [
        '15:15 fuzzy_sets.rsi.oversold: expected three numbers [a, b, c], was "low"; write for example [0, 20, 35]',
      ],
    },
    {
      what: 'a word among the numbers',
      edits: [['[0, 20, 35]', '[0, low, 35]']],
      lines: ['15:19 fuzzy_sets.rsi.oversold[1]: expected a number, was "low"'],
    },
    {
      what: 'an infinite corner',
      edits: [['[0, 20, 35]', '[-.inf, 20, 35]']],
      lines: ['15:16 fuzzy_sets.rsi.oversold[0]: expected a number, was -Infinity'],
    },
    {
      what: 'two numbers for a triangle',
      edits: [['[0, 20, 35]', '[0, 20]']],
      lines: ['15:15 fuzzy_sets.rsi.oversold: triangular takes 3 parameters [a, b, c], got 2'],
    },
    {
      what: 'four numbers for a triangle',
      edits: [['[0, 20, 35]', '[0, 20, 35, 40]']],
      lines: [
        '15:15 fuzzy_sets.rsi.oversold: triangular takes 3 parameters [a, b, c], got 4; write {type: trapezoidal, parameters: [0, 20, 35, 40]}',
      ],
    },
    {
      what: 'corners out of order',
      edits: [['[0, 20, 35]', '[0, 40, 35]']],
      lines: ['15:15 fuzzy_sets.rsi.oversold: triangular needs a ≤ b ≤ c, got [0, 40, 35]'],
    },
    {
      what: 'a gaussian without width',
      edits: [['[1, 0.5]', '[1, 0]']],
      lines: ['19:9 fuzzy_sets.push.up: gaussian needs sigma > 0, got 0'],
    },
    {
      what: 'a type of the old validator',
      edits: [['type: gaussian', 'type: triangle']],
      lines: [
        '19:17 fuzzy_sets.push.up.type: unknown membership type "triangle"; did you mean "triangular"?',
      ],
    },
    {
      what: 'a type that never was',
      edits: [['type: gaussian', 'type: staircase']],
      lines: [
        `19:17 fuzzy_sets.push.up.type: unknown membership type "staircase"; write ${oneOf(MEMBERSHIP_TYPES)}`,
      ],
    },
    {
      what: 'a membership without parameters',
      edits: [[', parameters: [1, 0.5]', '']],
      lines: ['19:5 fuzzy_sets.push.up.parameters: is missing; it takes a list of numbers'],
    },
    {
      what: 'an unknown key of a membership',
      edits: [['type: gaussian', 'type: gaussian, weight: 1']],
      lines: [
        '19:27 fuzzy_sets.push.up.weight: is not a key of the format; possible here: type, parameters',
      ],
    },
    {
      what: 'an empty membership',
      edits: [['oversold: [0, 20, 35]', 'oversold:']],
      lines: [
        '15:14 fuzzy_sets.rsi.oversold: expected three numbers [a, b, c], was empty; write for example [0, 20, 35]',
      ],
    },
    {
      what: 'a set without memberships',
      edits: [['    up: { type: gaussian, parameters: [1, 0.5] }\n', '']],
      lines: [
        '17:3 fuzzy_sets.push: has no membership functions; write for example oversold: [0, 20, 35] below it',
      ],
    },
    {
      what: 'a set without an indicator',
      edits: [['    indicator: rsi_14\n', '']],
      lines: ['13:3 fuzzy_sets.rsi.indicator: is missing; write for example indicator: rsi_14'],
    },
    {
      what: 'a set of an unknown indicator',
      edits: [['indicator: rsi_14', 'indicator: rsi_41']],
      lines: [
        '14:16 fuzzy_sets.rsi.indicator: \'rsi_41\' not found in indicators; did you mean "rsi_14"?',
      ],
    },
    {
      what: 'an output of an indicator that has one',
      edits: [['indicator: rsi_14', 'indicator: rsi_14.value']],
      lines: [
        "14:16 fuzzy_sets.rsi.indicator: indicator 'rsi_14' (type: rsi) is single-output and does not support dot notation; remove '.value'",
      ],
    },
    {
      what: 'an output that there is not',
      edits: [['macd_f.histogram', 'macd_f.hist']],
      lines: [
        "18:16 fuzzy_sets.push.indicator: invalid output 'hist' for macd indicator 'macd_f'; valid outputs: line, signal, histogram",
      ],
    },
    {
      what: 'a transform of version 2',
      edits: [
        [
          '    oversold: [0, 20, 35]',
          '    input_transform: { type: price_ratio, reference: close }\n    oversold: [0, 20, 35]',
        ],
      ],
      lines: [
        '15:5 fuzzy_sets.rsi.input_transform: there is no input_transform: a fuzzy set judges the values of its indicator as they are; let it judge an indicator that is a ratio already, such as {type: distancefromma, period: 20}, or give the network the value itself by raw_indicator in nn_inputs',
      ],
    },
    {
      what: 'an output beside its indicator',
      edits: [['indicator: macd_f.histogram', 'indicator: macd_f\n    output: histogram']],
      lines: [
        '19:5 fuzzy_sets.push.output: is not a key of a fuzzy set; write indicator: macd_f.histogram',
      ],
    },
    {
      what: 'an output without an indicator',
      edits: [['indicator: macd_f.histogram', 'output: histogram']],
      lines: [
        '17:3 fuzzy_sets.push.indicator: is missing; write for example indicator: rsi_14',
        '18:5 fuzzy_sets.push.output: is not a key of a fuzzy set; write indicator: macd_12_26.histogram',
      ],
    },
    {
      what: 'a membership whose name is a number',
      edits: [['    up:', '    1:']],
      lines: [
        '19:5 fuzzy_sets.push.1: is not possible as a name; use letters, digits, _ and -, and not digits alone',
      ],
    },
  ])

  it.each(['output', 'input_transform'])('may call a membership %s all the same', (name) => {
    const text = edited(['    up: {', `    ${name}: {`])
    expect(
      parsed(text).fuzzySets[1]?.memberships.map((one) => one.name),
      'its name',
    ).toEqual([name])
  })
})
