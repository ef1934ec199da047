// The grammar of `indicators`, `fuzzy_sets` and `nn_inputs`: what the network sees.
// Which indicator types and parameters there are is the catalog's business (indicator-uses.ts).

import * as z from 'zod'
import { NORMALIZATIONS } from '../features/feature-plan.ts'
import { MEMBERSHIP_TYPES, PARAMETER_NAMES } from '../fuzzy/membership.ts'
import { oneOf } from './problems.ts'
import { id, notes, section, timeframe } from './schema-words.ts'

export const indicatorType = z
  .string()
  .describe('The type; its parameters stand beside it.')
  .register(notes, { expected: 'an indicator type', remedy: 'write for example type: rsi' })

export const indicator = z
  .looseObject({
    type: indicatorType,
    data_source: z
      .string()
      .describe('Id of a series of context_data, whose values it takes for the close.')
      .optional(),
  })
  .register(notes, { remedy: 'write for example {type: rsi, period: 14}' })

export const indicators = z
  .record(id, indicator)
  .describe('Indicator id → {type, parameters…}.')
  .register(notes, { remedy: 'write for example rsi_14: {type: rsi, period: 14} below it' })

export const membershipType = z
  .string()
  .describe(
    MEMBERSHIP_TYPES.map((type) => `${type} [${PARAMETER_NAMES[type].join(', ')}]`).join('; '),
  )
  .register(notes, { expected: oneOf(MEMBERSHIP_TYPES) })

const numbers = z.array(z.number()).register(notes, { expected: 'a list of numbers' })

const membership = z
  .union([numbers, section({ type: membershipType, parameters: numbers })])
  .describe('[a, b, c] for a triangle, or {type, parameters}.')
  .register(notes, {
    expected: 'three numbers [a, b, c]',
    remedy: 'write for example [0, 20, 35]',
  })

const fuzzySet = z
  .object({
    indicator: z.string().describe('indicator_id, or indicator_id.output.').register(notes, {
      expected: 'an indicator id',
      remedy: 'write for example indicator: rsi_14',
    }),
  })
  .catchall(membership)
  .register(notes, { remedy: 'write for example {indicator: rsi_14, oversold: [0, 20, 35]}' })

export const fuzzySets = z
  .record(id, fuzzySet)
  .describe(
    'Fuzzy set id → {indicator, membership name → membership…}; the order is the feature order.',
  )
  .register(notes, {
    remedy:
      'write for example rsi: {indicator: rsi_14, oversold: [0, 20, 35]} below it, or {} for none',
  })

const input = section(
  {
    fuzzy_set: z.string().describe('All memberships of this fuzzy set.').optional(),
    raw_indicator: z
      .string()
      .describe('The value itself of indicator_id or indicator_id.output.')
      .optional(),
    timeframes: z
      .union([z.literal('all'), z.array(timeframe).min(1)])
      .describe('all, or a list of timeframes.')
      .register(notes, {
        expected: 'all or a list of timeframes',
        remedy: 'write all, or a list such as [1h]',
      }),
    normalization: z
      .enum(NORMALIZATIONS)
      .describe('For raw_indicator; fitted on the training slice. Default: none.')
      .optional(),
  },
  'write for example {fuzzy_set: rsi, timeframes: all}',
)

export const nnInputs = z
  .array(input)
  .min(1)
  .describe('The inputs of the network, in feature order.')
  .register(notes, {
    expected: 'a list of at least one input',
    remedy: 'write for example - {fuzzy_set: rsi, timeframes: all} below it',
  })
