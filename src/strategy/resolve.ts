// A file that has passed every check → the `Strategy`: defaults filled in, references resolved,
// what no input needs left out (so that it lengthens no warm-up).

import type { DecisionSettings } from '../backtest/decision-settings.ts'
import type { FeaturePlan, NetworkInput } from '../features/feature-plan.ts'
import { findIndicator } from '../indicators/catalog.ts'
import type { IndicatorRef } from '../indicators/indicator.ts'
import { invariant } from '../core/errors.ts'
import { membershipNames, readMembership } from './fuzzy-sets.ts'
import { readParameters } from './indicator-uses.ts'
import { findReference, reach } from './references.ts'
import { resolveTraining } from './resolve-training.ts'
import type { StrategyFile } from './schema.ts'
import type { ModelSettings, Strategy } from './strategy.ts'

export function resolveStrategy(file: StrategyFile): Strategy {
  const { symbol } = file.training_data.symbols
  const { timeframe } = file.training_data.timeframes
  invariant(
    symbol !== undefined && timeframe !== undefined,
    'mode: single was checked to be complete',
  )
  return {
    name: file.name,
    description: file.description ?? '',
    symbols: [symbol],
    timeframes: [timeframe],
    baseTimeframe: timeframe,
    context: [],
    historyRequired: null,
    ...resolvePlan(file, timeframe),
    model: resolveModel(file.model),
    decisions: resolveDecisions(file.decisions),
    training: resolveTraining(file.training, file.decisions.output_format),
  }
}

function resolvePlan(
  file: StrategyFile,
  timeframe: NetworkInput['timeframes'][number],
): FeaturePlan {
  const needed = reach(file)
  invariant(needed, 'the inputs were checked')
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
        }
      }),
    fuzzySets: Object.entries(file.fuzzy_sets)
      .filter(([id]) => needed.fuzzySets.has(id))
      .map(([id, set]) => ({
        id,
        indicator: refTo(set.indicator),
        memberships: membershipNames(set).map((name) => readMembership(name, set[name]!)),
      })),
    inputs: file.nn_inputs.map((input): NetworkInput => {
      const timeframes = input.timeframes === 'all' ? [timeframe] : input.timeframes
      if (input.fuzzy_set !== undefined)
        return { kind: 'fuzzy', fuzzySetId: input.fuzzy_set, timeframes }
      invariant(input.raw_indicator !== undefined, 'an input names a fuzzy set or an indicator')
      const normalization = input.normalization ?? 'none'
      return { kind: 'raw', indicator: refTo(input.raw_indicator), timeframes, normalization }
    }),
  }
}

function resolveModel({ architecture }: StrategyFile['model']): ModelSettings {
  const { hidden_layers: hiddenLayers, activation, dropout } = architecture
  invariant(hiddenLayers, 'the layers of an mlp were checked')
  return { type: 'mlp', hiddenLayers, activation, dropout }
}

function resolveDecisions(decisions: StrategyFile['decisions']): DecisionSettings {
  return {
    outputFormat: decisions.output_format,
    confidenceThreshold: decisions.confidence_threshold,
    roundTripCost: decisions.cost_model.round_trip_cost,
    minEdgeMultiplier: decisions.cost_model.min_edge_multiplier,
    positionAwareness: decisions.position_awareness,
    allowShortFromFlat: decisions.allow_short_from_flat,
    minSignalSeparationHours: decisions.filters.min_signal_separation,
    minSignalSeparationBars: decisions.filters.min_signal_separation_bars,
  }
}
