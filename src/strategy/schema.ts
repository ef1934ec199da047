// The grammar of a strategy file, version 3: which keys there are, what each may hold, and its
// default.
//
// One description serves the loader (structure.ts), the editor (docs/strategy.schema.json) and the
// type `StrategyFile`. It knows each key on its own; what keys mean to each other is in the
// check-*.ts files. A key that is not here is an error; a key marked deprecated is accepted and
// does nothing.

import * as z from 'zod'
import { contextData, trainingData } from './schema-data.ts'
import { fuzzySets, indicators, nnInputs } from './schema-inputs.ts'
import { decisions, model } from './schema-model.ts'
import { rules } from './schema-rules.ts'
import { trading } from './schema-trading.ts'
import { training } from './schema-training.ts'
import { ignored, notes, section } from './schema-words.ts'

/** Names become folders of models. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/

/** Every key that a strategy may have. One with `rules` is read as `ruleFile`. */
export const strategyFile = section({
  name: z
    .string()
    .regex(NAME)
    .max(100)
    .describe('The name of the strategy and of its models; that of the file.')
    .register(notes, {
      expected: 'a name of letters, digits, _ and - that begins with a letter or digit',
      remedy: 'write for example name: momentum',
    }),
  description: z.string().optional(),
  version: z
    .union([z.string(), z.number()])
    .describe('Version of the format.')
    .register(notes, { expected: '"3.0"' })
    .default('3.0'),
  training_data: trainingData,
  context_data: contextData.optional(),
  indicators,
  fuzzy_sets: fuzzySets,
  nn_inputs: nnInputs,
  model,
  decisions,
  trading: trading.optional(),
  training,
  rules: rules.optional(),
  deployment: ignored('a strategy is run where it is called'),
  scope: ignored('it belongs to version 2'),
  hypothesis: ignored('it is for people'),
  orchestrator: ignored('there is no orchestrator'),
  risk_management: ignored('stops and sizes are said in trading'),
  backtesting: ignored('costs are said in trading.costs, the capital by ktrdr backtest --capital'),
})

/** Keys of a strategy with a network. */
export const NETWORK_KEYS = ['nn_inputs', 'model', 'decisions', 'training'] as const

/** A strategy that has rules instead of a network. */
export const ruleFile = strategyFile
  .omit({ nn_inputs: true, model: true, decisions: true, training: true })
  .extend({ indicators: indicators.default({}), fuzzy_sets: fuzzySets.default({}), rules })

/** A file that fits the grammar, defaults filled in. */
export type StrategyFile = Omit<z.output<typeof strategyFile>, 'rules'> & {
  readonly rules?: undefined
}
export type RuleFile = z.output<typeof ruleFile>

/** The parts of a file that fit the grammar: any key may be missing. */
export type PartialFile = Partially<z.output<typeof strategyFile>>

type Partially<T> = T extends readonly (infer Item)[]
  ? readonly (Partially<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Partially<T[Key]> | undefined }
    : T
