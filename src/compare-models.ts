// `ktrdr models compare`: what differs in how models were made, and their figures side by side.

import { KtrdrError } from './core/errors.ts'
import { exactJson, type Json } from './core/hash.ts'
import {
  compareMetrics,
  trainingMetrics,
  type ComparedRun,
  type ComparisonRow,
} from './report/comparison.ts'
import { dayText } from './report/figures.ts'
import type { Figures } from './report/report-data.ts'
import { showModel, type ModelContext, type ModelDetails } from './show-model.ts'

export type SettingDifference = {
  /** `training.learningRate`, `features.1h_rsi_low` … */
  readonly path: string
  /** Of each model; null where it has no such setting. */
  readonly values: readonly Json[]
}

export type ComparedModels = {
  readonly models: readonly (ComparedRun & { readonly model: string })[]
  readonly differences: readonly SettingDifference[]
  /** How many settings are the same in all of them. */
  readonly same: number
  readonly rows: readonly ComparisonRow[]
  readonly warnings: readonly string[]
}

/** @throws USAGE for fewer than two, or the same twice, and what `models show` throws */
export async function compareModels(
  context: ModelContext,
  texts: readonly string[],
): Promise<ComparedModels> {
  const all: ModelDetails[] = []
  for (const text of texts) {
    const details = await showModel(context, text)
    if (all.some(({ path }) => path === details.path))
      throw new KtrdrError('USAGE', `${details.model} is named twice.`)
    all.push(details)
  }
  if (all.length < 2)
    throw new KtrdrError('USAGE', 'Comparing needs two models or more.', {
      suggestions: ['ktrdr models list'],
    })
  const settings = all.map(settingsOf)
  const paths = [...new Set(settings.flatMap((one) => [...one.keys()]))]
  const compared = paths.map((path) => ({
    path,
    values: settings.map((one) => one.get(path) ?? null),
  }))
  const differences = compared.filter(
    ({ values }) => new Set(values.map((value) => exactJson(value))).size > 1,
  )
  const strategies = new Set(all.map(({ listed }) => listed && `${listed.name}/${listed.variant}`))
  const isOne = strategies.size === 1 && !strategies.has(null)
  const models = all.map((details) => runOf(details, isOne))
  return {
    models,
    differences,
    same: compared.length - differences.length,
    rows: compareMetrics(models),
    warnings: warningsOf(all),
  }
}

/** Every setting by its path, in the order in which a model is made. */
function settingsOf(details: ModelDetails): Map<string, Json> {
  const { text: _, parameters: __, ...network } = details.network
  const features = details.features.map(({ id, normalization }) => [
    id,
    normalization?.method ?? 'as it is',
  ])
  return new Map(
    leaves('', {
      symbols: details.symbols.join(', '),
      timeframe: details.timeframe,
      data: rangesOf(details),
      network,
      features: Object.fromEntries(features) as Json,
      training: (details.training ?? {}) as unknown as Json,
      epochs: details.epochs,
      seed: details.seed,
      arithmetic: details.arithmetic,
    }),
  )
}

/** Days of each slice, and fingerprints of what was read. */
function rangesOf({ split, operation }: ModelDetails): Json {
  const days = Object.entries(split).map(([name, slice]) => [
    name,
    slice && `${dayText(slice.firstMs)} … ${dayText(slice.lastMs)}`,
  ])
  const { 'features and labels': read = null } = operation?.fingerprints ?? {}
  return { ...(Object.fromEntries(days) as object), 'features and labels': read }
}

/** A list is a value of its own. */
function leaves(path: string, json: Json): [string, Json][] {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return [[path, json]]
  return Object.entries(json).flatMap(([key, value]) =>
    leaves(path === '' ? key : `${path}.${key}`, value as Json),
  )
}

/** @param isOne whether their versions are enough to tell them apart */
function runOf(details: ModelDetails, isOne: boolean): ComparedModels['models'][number] {
  const { model, symbols, timeframe, split, listed, operation, metrics } = details
  const { train } = split
  return {
    model,
    operationId: operation?.operationId ?? '',
    label: isOne && listed ? `@${listed.version}` : model,
    name: model,
    market: `${symbols.join(', ')} ${timeframe}`,
    range: train ? `${dayText(train.firstMs)} … ${dayText(train.lastMs)}` : '',
    trading: '',
    metrics: trainingMetrics((metrics ?? {}) as Figures),
  }
}

/** What makes a comparison lame. */
function warningsOf(all: readonly ModelDetails[]): string[] {
  const differ = (of: (details: ModelDetails) => unknown): boolean =>
    new Set(all.map((details) => JSON.stringify(of(details) ?? null))).size > 1
  return [
    ...(differ(({ training }) => training && [training.labels.source, training.loss])
      ? ['They are not of the same labels and loss: their losses cannot be compared.']
      : []),
    ...(differ(({ symbols, timeframe }) => [symbols, timeframe])
      ? ['They are not of the same market.']
      : []),
    ...(differ(({ split }) => split.test) ? ['They were not tested on the same bars.'] : []),
  ]
}
