// A strategy with the values of a trial in their places, and what it is trained on.

import { KtrdrError } from '../core/errors.ts'
import { strategyIn } from '../strategy/load-strategy.ts'
import { readDocument, type StrategyDocument } from '../strategy/strategy-document.ts'
import { hasRules, type RuleStrategy, type Strategy } from '../strategy/strategy.ts'
import { withValues } from '../strategy/with-values.ts'
import type { StrategySnapshot } from './strategy-snapshot.ts'
import { trainableOf, type Trainable } from './trainable.ts'
import type { TrialSettings, TrialShared } from './trial.ts'
import { trialFeatures, type TrialFeatures } from './trial-features.ts'
import { withoutTest } from './without-test.ts'
import type { SharedCache, WorkContext } from './work.ts'

export type Tried =
  | { readonly kind: 'rules'; readonly strategy: RuleStrategy }
  | {
      readonly kind: 'network'
      readonly strategy: Strategy
      readonly features: TrialFeatures
      readonly trainable: Trainable
    }

/** @throws for values that cannot work */
export function tryValues(
  { values, epochs }: TrialSettings,
  shared: TrialShared,
  { cache, resources }: WorkContext,
): Tried {
  const document = documentOf(shared)
  const assignments = shared.paths.map((path, i) => ({ path, value: values[i]! }))
  const { strategy } = strategyIn(
    { ...document, root: withValues(document.root, assignments) },
    shared.strategy.path,
  )
  if (hasRules(strategy)) return { kind: 'rules', strategy }
  return tryNetwork(
    shared.hasNoTest ? withoutTest(strategy) : strategy,
    epochs,
    shared,
    cache,
    resources,
  )
}

function tryNetwork(
  strategy: Strategy,
  epochs: number | null,
  { market, marketSha256, isTraded }: TrialShared,
  cache: SharedCache,
  resources: WorkContext['resources'],
): Tried {
  const features = trialFeatures(strategy, market, marketSha256, isTraded, cache)
  if (features.validation.count === 0)
    throw new KtrdrError('DATA_INVALID', 'No row is left for validation.')
  const training = { ...strategy.training, epochs: epochs ?? strategy.training.epochs }
  return {
    kind: 'network',
    strategy,
    features,
    trainable: trainableOf(strategy.model, training, features, resources),
  }
}

/** A worker reads the text once: what a trial changes are plain values. */
const documents = new WeakMap<StrategySnapshot, StrategyDocument>()

function documentOf({ strategy }: TrialShared): StrategyDocument {
  const known = documents.get(strategy)
  if (known !== undefined) return known
  const document = readDocument(strategy.text, strategy.path)
  documents.set(strategy, document)
  return document
}
