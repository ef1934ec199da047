// A strategy to begin with: commented, sound, and small enough to train in seconds. starter-inputs.ts has the
// templates (what the network sees); here is the rest.
//
// What depends on the length of a bar (how far a price swings, how far ahead a forecast looks) grows about with the
// square root of time; the figures are set from a market that moves by 1.2 % a day, as shares and indexes do.

import { stringify } from 'yaml'
import type { Timeframe } from '../data/bars.ts'
import type { Starter } from './starter-choices.ts'
import { starterInputs } from './starter-inputs.ts'
import { starterRules } from './starter-rules.ts'

type Scale = {
  /** The smallest move that counts as a swing. */
  readonly swing: number
  /** Bars that a forecast looks ahead: far enough for a move that pays its costs. */
  readonly horizon: number
}

const SCALES: Readonly<Record<Timeframe, Scale>> = {
  '1m': { swing: 0.002, horizon: 240 },
  '5m': { swing: 0.004, horizon: 96 },
  '15m': { swing: 0.006, horizon: 48 },
  '30m': { swing: 0.008, horizon: 32 },
  '1h': { swing: 0.01, horizon: 24 },
  '4h': { swing: 0.02, horizon: 12 },
  '1d': { swing: 0.04, horizon: 5 },
  '1w': { swing: 0.08, horizon: 4 },
}

/** @returns a YAML file of version 3; the same text for the same starter */
export function starterText(starter: Starter): string {
  const inputs = starterInputs(starter.template, starter.timeframe)
  return `${[
    head(starter, inputs.idea),
    data(starter, inputs.timeframes),
    `# An id of your own → a type and its parameters. All types: ktrdr indicators list
indicators:
${inputs.indicators}`,
    `# Words for values: how much a value belongs to each is between 0 and 1, and they may overlap.
# [a, b, c] is a triangle: 0 at a, 1 at b, 0 at c.
fuzzy_sets:
${inputs.fuzzySets}`,
    ...(starter.kind === 'rules'
      ? [rules(starter, inputs.timeframes.at(-1)!)]
      : [
          `# The inputs of the network, in this order: memberships, and plain values on one scale.
nn_inputs:
${inputs.nnInputs}`,
          model(starter),
          decisions(starter),
          training(starter),
        ]),
  ].join('\n\n')}\n`
}

/** What is made by a starter, in words. */
function whatIs(kind: Starter['kind']): string {
  if (kind === 'regression') return 'a forecast of the return'
  return kind === 'rules' ? 'rules, which are not trained' : `a network of kind ${kind}`
}

function head({ name, kind, symbol, timeframe }: Starter, idea: string): string {
  const what = whatIs(kind)
  const stored = kind === 'rules' ? 'results' : 'models'
  return `# ${idea}: ${what}, for ${symbol} on ${timeframe} bars.
# A starting point, not a strategy that earns money: change it, and test it out of sample.
# Every key: docs/strategy-format.md
name: ${scalar(name)} # as the file is called; its ${stored} are stored under this name
version: "3.0"`
}

function data({ symbol, timeframe }: Starter, timeframes: readonly Timeframe[]): string {
  const frames =
    timeframes.length === 1
      ? `{ mode: single, timeframe: ${timeframe} }`
      : `{ mode: multi_timeframe, list: [${timeframes.join(', ')}], base_timeframe: ${timeframe} }`
  return `training_data:
  symbols: { mode: single, symbol: ${scalar(symbol)} }
  timeframes: ${frames}`
}

function rules({ template }: Starter, longest: Timeframe): string {
  return `# Looked at on the close of each bar. What a rule may say: docs/strategy-format.md
rules:
${starterRules(template, longest)}`
}

function model({ kind }: Starter): string {
  if (kind === 'lstm' || kind === 'gru')
    return `model:
  type: ${kind}
  architecture:
    sequence_length: 30 # bars that it looks back
    hidden_size: 32
    num_layers: 1
    dropout: 0.1`
  return `model:
  type: mlp
  architecture:
    hidden_layers: [32, 16]
    activation: tanh
    dropout: 0.1`
}

function decisions({ kind }: Starter): string {
  if (kind === 'regression')
    return `decisions:
  output_format: regression
  # A trade needs a forecast beyond 0.003 · 1.5 = 0.45 % either way.
  cost_model: { round_trip_cost: 0.003, min_edge_multiplier: 1.5 }
  filters: { min_signal_separation: 0, min_signal_separation_bars: 3 } # hours and bars between trades`
  return `decisions:
  output_format: classification # BUY, HOLD or SELL
  confidence_threshold: 0.45 # a signal less probable than this is HOLD
  allow_short_from_flat: false # true: a SELL may open a short
  filters: { min_signal_separation: 0, min_signal_separation_bars: 3 } # hours and bars between trades`
}

function training({ kind, timeframe }: Starter): string {
  const { swing, horizon } = SCALES[timeframe]
  const isRecurrent = kind === 'lstm' || kind === 'gru'
  const labels =
    kind === 'regression'
      ? `{ source: forward_return, horizon: ${horizon} } # the return that many bars ahead
  loss: huber
  huber_delta: ${swing / 2} # errors above it count linearly`
      : `{ source: zigzag, zigzag_threshold: ${swing} } # what a swing is, a share of the price`
  return `training:
  labels: ${labels}
  epochs: ${isRecurrent ? 30 : 60}
  batch_size: 64
  learning_rate: 0.001
  early_stopping: { patience: 10, min_delta: 0, monitor: val_loss }
  data_split: { train: 0.7, validation: 0.15, test: 0.15 } # in time order
  seed: 42`
}

/** As YAML writes it: in quotes where it would be something else than text. */
function scalar(text: string): string {
  return stringify(text).trim()
}
