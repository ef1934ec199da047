// Reads and checks `training.labels`, and what its source makes of `decisions.output_format`.

import { nearest } from '../core/did-you-mean.ts'
import type { OutputFormat } from '../trading/decision-settings.ts'
import type { LabelSettings } from '../labels/label.ts'
import { error, show, warning } from './problems.ts'
import type { Finding } from './problems.ts'
import type { PartialFile, StrategyFile } from './schema.ts'
import { outputFormat, settled } from './settings.ts'
import type { FormatInFile } from './settings.ts'

type LabelsInFile = StrategyFile['training']['labels']
type Source = LabelsInFile['source']

const PATH = ['training', 'labels']
const VOLATILITIES: readonly string[] = ['atr', 'close', 'std']

/** Spellings in files of upstream that upstream silently ignores: read as what they say. */
export const BARRIER_SPELLINGS = {
  profit_target_atr: 'pt_multiplier',
  stop_loss_atr: 'sl_multiplier',
  max_holding_bars: 'max_holding_period',
} as const

export function labelSource({ training }: PartialFile): Source | undefined {
  return settled(settled(training, 'labels', {}), 'source', 'zigzag')
}

/** Labels of regimes and contexts have classes of their own, which are no signals. */
export function answerOf(format: FormatInFile, source: Source): OutputFormat {
  if (source === 'regime') return 'regime_classification'
  if (source === 'context') return 'context_classification'
  return format
}

export function checkLabels(file: PartialFile): Finding[] {
  const source = labelSource(file)
  return [
    ...checkFormat(outputFormat(file), source),
    ...(source === 'triple_barrier' ? [...checkSpellings(file), ...checkVolatility(file)] : []),
    ...(source === 'regime' ? checkScales(file) : []),
    ...(source === 'context' ? checkThresholds(file) : []),
  ]
}

function checkFormat(format: FormatInFile | undefined, source: Source | undefined): Finding[] {
  if (format === undefined || source === undefined) return []
  const isForecast = source === 'forward_return'
  if (isForecast === (format === 'regression')) return []
  const [message, remedy] = isForecast
    ? ['forward_return labels need output_format: regression', 'or write source: zigzag']
    : [`must be forward_return for regression, was ${source}`, 'write source: forward_return']
  return [error([...PATH, 'source'], message, remedy)]
}

function checkSpellings({ training }: PartialFile): Finding[] {
  const labels = settled(training, 'labels', {}) ?? {}
  return Object.entries(BARRIER_SPELLINGS).flatMap(([key, meant]) => {
    if (!Object.hasOwn(labels, key)) return []
    const path = [...PATH, key]
    return Object.hasOwn(labels, meant)
      ? [error(path, `means ${meant}, which is given too`, 'keep one of the two', { atKey: true })]
      : [warning(path, `is read as ${meant}`, undefined, { atKey: true })]
  })
}

/** Whatever upstream does not know as `atr` it takes for close-to-close. */
function checkVolatility({ training }: PartialFile): Finding[] {
  const method = training?.labels?.vol_method
  if (method === undefined || VOLATILITIES.includes(method)) return []
  const meant = nearest(method, VOLATILITIES)
  const remedy = meant === undefined ? 'write atr or close' : `did you mean "${meant}"?`
  return [warning([...PATH, 'vol_method'], `is ${show(method)}, which is read as close`, remedy)]
}

/** A trend is told from the short swings inside a long one. */
function checkScales({ training }: PartialFile): Finding[] {
  const labels = settled(training, 'labels', {})
  const macro = settled(labels, 'macro_atr_mult', 3)
  const micro = settled(labels, 'micro_atr_mult', 1)
  if (macro === undefined || micro === undefined || micro < macro) return []
  const key = Object.hasOwn(labels!, 'micro_atr_mult') ? 'micro_atr_mult' : 'macro_atr_mult'
  const message = `micro_atr_mult ${micro} is not below macro_atr_mult ${macro}, so that no trend has short swings`
  return [warning([...PATH, key], message)]
}

function checkThresholds({ training }: PartialFile): Finding[] {
  const labels = settled(training, 'labels', {})
  const bullish = settled(labels, 'bullish_threshold', 0.005)
  const bearish = settled(labels, 'bearish_threshold', -0.005)
  if (bullish === undefined || bearish === undefined || bearish <= bullish) return []
  const key = Object.hasOwn(labels!, 'bearish_threshold') ? 'bearish' : 'bullish'
  const message = `bearish_threshold ${bearish} is above bullish_threshold ${bullish}`
  const remedy = 'no bar can be both: write bearish_threshold ≤ bullish_threshold'
  return [error([...PATH, `${key}_threshold`], message, remedy)]
}

/** Labels that have passed the checks; defaults that depend on the source are upstream's. */
export function resolveLabels(labels: LabelsInFile): LabelSettings {
  const { source } = labels
  switch (source) {
    case 'zigzag':
      return { source, threshold: labels.zigzag_threshold }
    case 'forward_return':
      return { source, horizon: labels.horizon ?? 20 }
    case 'triple_barrier':
      return {
        source,
        ptMultiplier: labels.profit_target_atr ?? labels.pt_multiplier,
        slMultiplier: labels.stop_loss_atr ?? labels.sl_multiplier,
        maxHoldingPeriod: labels.max_holding_bars ?? labels.max_holding_period,
        volSpan: labels.vol_span,
        volMethod: labels.vol_method === 'atr' ? 'atr' : 'close',
        computeWeights: labels.compute_weights,
        cusum: resolveCusum(labels),
      }
    case 'regime':
      return {
        source,
        macroAtrMultiplier: labels.macro_atr_mult,
        microAtrMultiplier: labels.micro_atr_mult,
        atrPeriod: labels.atr_period,
        volLookback: labels.vol_lookback,
        volCrisisThreshold: labels.vol_crisis_threshold,
        progressionTolerance: labels.progression_tolerance,
      }
    case 'context':
      return {
        source,
        horizon: labels.horizon ?? 5,
        bullishThreshold: labels.bullish_threshold,
        bearishThreshold: labels.bearish_threshold,
      }
  }
}

/** A threshold of 0 or less asks for an automatic one, as upstream. */
function resolveCusum({
  cusum_threshold: threshold,
  cusum_multiplier: multiplier,
}: LabelsInFile): Extract<LabelSettings, { source: 'triple_barrier' }>['cusum'] {
  if (threshold === undefined) return null
  return { threshold: threshold > 0 ? threshold : null, multiplier }
}
