// Whether a model can be used by this program, and is for the strategy that lies beside it.

import type { OutputFormat } from '../trading/decision-settings.ts'
import { KtrdrError } from '../core/errors.ts'
import { exactJson } from '../core/hash.ts'
import { ARITHMETIC as FEATURE_ARITHMETIC } from '../features/feature-matrix.ts'
import { featureIds, normalizationMethods } from '../features/feature-plan.ts'
import type { NormalizationFit } from '../features/normalize.ts'
import { CONTEXTS, REGIMES, SIGNALS } from '../labels/label.ts'
import { modelCorrupt, type Model } from '../models/load-model.ts'
import { ARITHMETIC as NETWORK_ARITHMETIC } from '../neural/network.ts'
import { marketOf, type ModelManifest } from '../models/model.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { networkShape } from './network-shape.ts'

/** What this program computes from bars to forecasts. */
export const MODEL_ARITHMETIC = `${FEATURE_ARITHMETIC} ${NETWORK_ARITHMETIC}`

/** Names of the classes, by the number of their output; none of a value. */
export const CLASSES: Readonly<Record<OutputFormat, readonly string[]>> = {
  classification: SIGNALS,
  regime_classification: REGIMES,
  context_classification: CONTEXTS,
  regression: [],
}

/**
 * @param strategy the model's own, parsed: its names are safe, those of a manifest may be anything
 * @throws FINGERPRINT_CHANGED for a model of another arithmetic, MODEL_CORRUPT when its manifest contradicts its strategy
 */
export function checkModel({ directory, manifest }: Model, strategy: Strategy): void {
  if (manifest.arithmetic !== MODEL_ARITHMETIC)
    throw new KtrdrError(
      'FINGERPRINT_CHANGED',
      `The model in ${directory} was trained with the arithmetic ${manifest.arithmetic}, and this ktrdr computes ${MODEL_ARITHMETIC}, so its forecasts would be others.`,
      { suggestions: ['Train it again, or use the ktrdr that trained it.'] },
    )
  const features = featureIds(strategy)
  const facts = {
    strategy: strategy.name,
    ...marketOf(strategy),
    timeframe: strategy.baseTimeframe,
    features,
    network: networkShape(
      strategy.model,
      features.length,
      CLASSES[strategy.decisions.outputFormat].length || 1,
    ),
  }
  for (const [name, fact] of Object.entries(facts))
    if (exactJson(manifest[name as keyof typeof facts] ?? null) !== exactJson(fact))
      throw modelCorrupt(directory, `its manifest names another ${name} than its strategy`)
  if (exactJson(fittedMethods(manifest)) !== exactJson(normalizationMethods(strategy)))
    throw modelCorrupt(directory, 'its manifest names another normalization than its strategy')
}

/** By feature id; null for a fit that is none. */
function fittedMethods({ normalizations }: Partial<ModelManifest>): Record<string, string | null> {
  const fits: [string, Partial<NormalizationFit> | null][] = Object.entries(normalizations ?? {})
  return Object.fromEntries(
    fits.map(([id, fit]) => {
      const isFit = Number.isFinite(fit?.offset) && Number.isFinite(fit?.scale)
      return [id, isFit ? (fit?.method ?? null) : null]
    }),
  )
}
