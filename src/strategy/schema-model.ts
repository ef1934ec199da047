// The grammar of `model` and `decisions`: the network, and how its output becomes an order.

import * as z from 'zod'
import { ACTIVATIONS } from '../neural/network.ts'
import { ignored, notes, section } from './schema-words.ts'

const layerSizes = z
  .array(z.int().min(1).max(8192))
  .max(16)
  .describe('mlp: units of each hidden layer. Required there.')
  .register(notes, {
    expected: 'a list of at most 16 layer sizes',
    remedy: 'write for example [32, 16]',
  })

const COUNTED_INPUTS = ignored('nn_inputs decide how many inputs there are')
const COUNTED_OUTPUTS = ignored('the labels decide how many outputs there are')

const architecture = section(
  {
    hidden_layers: layerSizes.optional(),
    activation: z.enum(ACTIVATIONS).describe('mlp: after each hidden layer.').default('relu'),
    dropout: z
      .number()
      .min(0)
      .lt(1)
      .describe('Probability that a hidden unit is dropped in a training step.')
      .default(0.2),
    sequence_length: z
      .int()
      .min(1)
      .max(10_000)
      .describe('lstm, gru: bars of a window, which ends at the bar decided on. Required there.')
      .optional(),
    hidden_size: z.int().min(1).max(8192).describe('lstm, gru: units of a layer.').default(64),
    num_layers: z.int().min(1).max(16).describe('lstm, gru: layers on each other.').default(2),
    input_size: COUNTED_INPUTS,
    output_size: COUNTED_OUTPUTS,
    output_activation: ignored('outputs are always raw logits, or the raw forecast'),
  },
  'write for example {hidden_layers: [32, 16]}',
)

export const model = section(
  {
    type: z
      .enum(['mlp', 'lstm', 'gru'])
      .describe('A multilayer perceptron, or a recurrent network that sees a window of bars.')
      .default('mlp'),
    architecture,
    training: ignored('version 3 reads the section training of the top level; move its keys there'),
    features: ignored('version 3 reads nn_inputs'),
    input_size: COUNTED_INPUTS,
    output_size: COUNTED_OUTPUTS,
    symbol_embedding_dim: ignored('the network is not told which symbol it sees'),
  },
  'write for example {type: mlp, architecture: {hidden_layers: [32, 16]}}',
)

const filters = section({
  min_signal_separation: z
    .number()
    .min(0)
    .max(1_000_000)
    .describe('Hours that must have passed since the last fill before a new entry.')
    .default(4),
  min_signal_separation_bars: z
    .int()
    .min(0)
    .max(1_000_000)
    .describe('Bars that must have passed since the last fill before a new entry.')
    .default(0),
  volume_filter: ignored('there is no volume filter'),
  momentum_filter: ignored('there is no momentum filter'),
})

const costModel = section(
  {
    round_trip_cost: z
      .number()
      .gt(0)
      .max(1)
      .describe('Cost of an entry and its exit, as a share of the price. Required for regression.')
      .default(0.003),
    min_edge_multiplier: z
      .number()
      .gt(0)
      .max(1000)
      .describe('A forecast must exceed round_trip_cost times this. Required for regression.')
      .default(1.5),
  },
  'write for example {round_trip_cost: 0.002, min_edge_multiplier: 1.5}',
)

export const decisions = section(
  {
    output_format: z
      .enum(['classification', 'regression'])
      .describe('Classes, those of the labels; or a forecast of the return.')
      .default('classification'),
    confidence_threshold: z
      .number()
      .min(0)
      .max(1)
      .describe('Classification: a signal less probable than this is HOLD.')
      .default(0.5),
    position_awareness: z
      .boolean()
      .describe('Suppress signals that the position already follows.')
      .default(true),
    allow_short_from_flat: z
      .boolean()
      .describe('Classification: may a SELL open a short? Regression always may.')
      .default(false),
    filters: filters.prefault({}),
    cost_model: costModel.prefault({}),
    num_classes: ignored('the labels decide which classes there are'),
  },
  'write for example {output_format: classification}',
)
