// All that a strategy computes of a market, as columns to analyse: its features, its labels with when they are decided,
// and, with a model of it, what the model says; or what its rules look at, and where they hold.

import { baseBars, type Market } from '../features/market.ts'
import { completeBars, computeFeatures, type FeatureColumns } from '../features/feature-matrix.ts'
import { makeSamples } from '../features/samples.ts'
import { makeLabels } from '../labels/labels.ts'
import type { Labels } from '../labels/label.ts'
import type { Model } from '../models/load-model.ts'
import type { Network } from '../neural/network.ts'
import { operandColumns } from '../rules/operand-columns.ts'
import { ruleIntents } from '../rules/rule-intents.ts'
import { distinctOperands, namedRules } from '../rules/rule-plan.ts'
import { hasRules, type RuleStrategy, type Strategy } from '../strategy/strategy.ts'
import type { AnalysedColumn, ComputeColumns } from './find-lookahead.ts'
import { allForecasts } from './forecaster.ts'
import { windowsOf } from './labelled-rows.ts'

/** A model of the strategy, and the bars whose forecasts are looked at: to forecast all of them takes long. */
export type AnalysedModel = {
  readonly network: Network
  readonly normalizations: Model['manifest']['normalizations']
  readonly stampsMs: ReadonlySet<number>
}

export function strategyColumns(
  strategy: Strategy | RuleStrategy,
  model: AnalysedModel | null,
): ComputeColumns {
  if (hasRules(strategy)) return (market) => ruleColumns(market, strategy)
  return (market) => {
    const features = computeFeatures(market, strategy)
    const labels = makeLabels(baseBars(market), strategy.training.labels)
    return [
      ...features.ids.map((name, i) => ownBar('feature', name, features.columns[i]!)),
      ...labelColumns(labels),
      ...(model ? forecastColumns(market, strategy, features, labels.classes, model) : []),
    ]
  }
}

function ruleColumns(market: Market, strategy: RuleStrategy): AnalysedColumn[] {
  const columnOf = operandColumns(market, strategy)
  const intents = ruleIntents(strategy, market, 0)
  const holdsAt = (intent: number): Float64Array => {
    const column = new Float64Array(baseBars(market).length).fill(NaN)
    intents?.bits.forEach((bits, i) => (column[intents.from + i] = Math.sign(bits & intent)))
    return column
  }
  return [
    ...distinctOperands(strategy.rules).map((operand) =>
      ownBar('feature', operand.text, columnOf(operand)),
    ),
    ...namedRules(strategy.rules).map(({ name, intent }) =>
      ownBar('signal', name, holdsAt(intent)),
    ),
  ]
}

function ownBar(
  kind: AnalysedColumn['kind'],
  name: string,
  values: AnalysedColumn['values'],
): AnalysedColumn {
  return { kind, name, values, knownBar: null }
}

/** A label is known at its end, and so is where its end is. */
function labelColumns({ values, endBar, weights }: Labels): AnalysedColumn[] {
  const column = (name: string, of: AnalysedColumn['values']): AnalysedColumn => ({
    kind: 'label',
    name,
    values: of,
    knownBar: endBar,
  })
  return [
    column('label', values),
    column('label_end', endBar),
    ...(weights ? [column('label_weight', weights)] : []),
  ]
}

function forecastColumns(
  market: Market,
  strategy: Strategy,
  features: FeatureColumns,
  classes: readonly string[],
  { network, normalizations, stampsMs }: AnalysedModel,
): AnalysedColumn[] {
  const { length, timestampMs } = baseBars(market)
  const windows = { length: windowsOf(strategy).length, history: 0 }
  const bars = completeBars(features, 0, length, windows).filter((bar) =>
    stampsMs.has(timestampMs[bar]!),
  )
  const samples = makeSamples(features, normalizations, bars, windows.length)
  const forecasts = allForecasts(network, samples)
  const names =
    classes.length > 0 ? classes.map((name) => `p_${name.toLowerCase()}`) : ['expected_return']
  const columns = names.map(() => new Float32Array(length).fill(NaN))
  for (const [row, bar] of bars.entries())
    for (const [j, column] of columns.entries()) column[bar] = forecasts[row * names.length + j]!
  return columns.map((values, j) => ownBar('signal', names[j]!, values))
}
