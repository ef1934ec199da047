// The grammar of `rules`: when to be in the market, instead of a network. What a rule may say is src/rules' business.

import * as z from 'zod'
import { notes, section } from './schema-words.ts'

/** A number or `true` is none, in quotes or not. */
const rule = z
  .string()
  .regex(/[\s<>]/)
  .register(notes, {
    expected: 'a condition',
    remedy: 'write for example fast crosses above slow',
  })

const side = section(
  {
    enter: rule.describe('When to open a position, such as fast crosses above slow.'),
    exit: rule
      .describe(
        'When to close it, such as rsi > 70. Default: never; a stop or the other side ends it.',
      )
      .optional(),
  },
  'write for example {enter: fast crosses above slow, exit: fast crosses below slow}',
)

export const RULES_REMEDY =
  'write for example long: {enter: fast crosses above slow, exit: fast crosses below slow} below it'

export const rules = section(
  { long: side.optional(), short: side.optional() },
  RULES_REMEDY,
).describe('Conditions that are traded as they are: a strategy without a network.')
