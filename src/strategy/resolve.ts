// A file that has passed every check → the `Strategy`: defaults filled in, references resolved,
// what no input or rule needs left out (so that it lengthens no warm-up).

import type { OutputFormat, StrategyDecisions } from '../trading/decision-settings.ts'
import type { Timeframe } from '../data/bars.ts'
import type { FeaturePlan, NetworkInput } from '../features/feature-plan.ts'
import { findIndicator } from '../indicators/catalog.ts'
import type { IndicatorRef } from '../indicators/indicator.ts'
import { invariant } from '../core/errors.ts'
import { resolveContext } from './context-data.ts'
import { readMembership } from './fuzzy-sets.ts'
import { readParameters } from './indicator-uses.ts'
import { answerOf } from './label-settings.ts'
import { membershipNames } from './membership-names.ts'
import { findReference, reach } from './references.ts'
import { resolveTraining } from './resolve-training.ts'
import { resolveRules } from './rules.ts'
import type { RuleFile, StrategyFile } from './schema.ts'
import { decisions as decisionsSchema } from './schema-model.ts'
import type { ModelSettings, RuleStrategy, Strategy, StrategyBase } from './strategy.ts'
import { readTrading } from './trading.ts'
import { baseTimeframeOf, symbolsOf, timeframesOf } from './training-data.ts'

export function resolveStrategy(file: StrategyFile): Strategy {
  return {
    ...resolveBase(file),
    model: resolveModel(file.model),
    decisions: resolveDecisions(file),
    training: resolveTraining(file.training, file.decisions.output_format),
  }
}

export function resolveRuleStrategy(file: RuleFile): RuleStrategy {
  const base = resolveBase(file)
  return { ...base, rules: resolveRules(file, base.fuzzySets) }
}

function resolveBase(file: StrategyFile | RuleFile): StrategyBase {
  const symbols = symbolsOf(file)
  const timeframes = timeframesOf(file)
  const baseTimeframe = baseTimeframeOf(file)
  invariant(symbols && timeframes && baseTimeframe, 'training_data was checked to be complete')
  return {
    name: file.name,
    description: file.description ?? '',
    symbols,
    timeframes,
    baseTimeframe,
    context: resolveContext(file),
    historyRequired: file.training_data.history_required ?? null,
    ...resolvePlan(file, timeframes),
    ...(file.trading === undefined ? {} : { trading: readTrading(file.trading) }),
  }
}

function resolvePlan(file: StrategyFile | RuleFile, all: readonly Timeframe[]): FeaturePlan {
  const needed = reach(file)
  invariant(needed, 'the inputs and the rules were checked')
  const refTo = (ref: string): IndicatorRef => {
    const reference = findReference(ref, file.indicators)
    invariant(reference !== undefined && 'found' in reference, `the reference ${ref} was checked`)
    return reference.found
  }
  return {
    indicators: Object.entries(file.indicators)
      .filter(([id]) => needed.indicators.has(id))
      .map(([id, given]) => {
        const indicator = findIndicator(given.type)
        invariant(indicator, `the type of ${id} was checked`)
        return {
          id,
          type: indicator.type,
          parameters: readParameters(indicator, given, []).parameters,
          ...(given.data_source === undefined ? {} : { dataSource: given.data_source }),
        }
      }),
    fuzzySets: Object.entries(file.fuzzy_sets)
      .filter(([id]) => needed.fuzzySets.has(id))
      .map(([id, set]) => ({
        id,
        indicator: refTo(set.indicator),
        memberships: membershipNames(set).map((name) => readMembership(name, set[name]!)),
      })),
    inputs: ('nn_inputs' in file ? file.nn_inputs : []).map((input): NetworkInput => {
      const timeframes = input.timeframes === 'all' ? all : input.timeframes
      if (input.fuzzy_set !== undefined)
        return { kind: 'fuzzy', fuzzySetId: input.fuzzy_set, timeframes }
      invariant(input.raw_indicator !== undefined, 'an input names a fuzzy set or an indicator')
      const normalization = input.normalization ?? 'none'
      return { kind: 'raw', indicator: refTo(input.raw_indicator), timeframes, normalization }
    }),
  }
}

function resolveModel({ type, architecture }: StrategyFile['model']): ModelSettings {
  const { activation, dropout } = architecture
  if (type === 'mlp') {
    invariant(architecture.hidden_layers, 'the layers of an mlp were checked')
    return { type, hiddenLayers: architecture.hidden_layers, activation, dropout }
  }
  invariant(architecture.sequence_length, 'the window of a recurrent network was checked')
  return {
    type,
    sequenceLength: architecture.sequence_length,
    hiddenSize: architecture.hidden_size,
    layerCount: architecture.num_layers,
    dropout,
  }
}

function resolveDecisions({ decisions, training }: StrategyFile): StrategyDecisions {
  return decisionSettings(decisions, answerOf(decisions.output_format, training.labels.source))
}

/** What a strategy that says nothing of its decisions has. */
export function defaultDecisions(): StrategyDecisions {
  return decisionSettings(decisionsSchema.parse({}), 'classification')
}

function decisionSettings(
  decisions: StrategyFile['decisions'],
  outputFormat: OutputFormat,
): StrategyDecisions {
  return {
    outputFormat,
    confidenceThreshold: decisions.confidence_threshold,
    roundTripCost: decisions.cost_model.round_trip_cost,
    minEdgeMultiplier: decisions.cost_model.min_edge_multiplier,
    positionAwareness: decisions.position_awareness,
    allowShortFromFlat: decisions.allow_short_from_flat,
    minSignalSeparationHours: decisions.filters.min_signal_separation,
    minSignalSeparationBars: decisions.filters.min_signal_separation_bars,
  }
}
