// Whether a manifest has what it is shown by. Whoever forecasts with a model checks more: that it is for its strategy.

import { modelCorrupt } from './load-model.ts'
import { MANIFEST_FILE, type ModelManifest } from './model.ts'

/** Of a directory from anywhere nothing is known yet. */
type Unknown = { readonly [Key in keyof ModelManifest]?: unknown }

/** @throws MODEL_CORRUPT naming what is not as it must be */
export function expectManifest(directory: string, manifest: ModelManifest): void {
  const wrong = Object.entries(CHECKS).find(([, isRight]) => !isRight(manifest))
  if (wrong) throw modelCorrupt(directory, `${MANIFEST_FILE} has no valid ${wrong[0]}`)
}

const CHECKS: Readonly<Record<string, (manifest: Unknown) => boolean>> = {
  strategy: ({ strategy }) => typeof strategy === 'string',
  symbol: ({ symbol, symbols }) =>
    typeof symbol === 'string' && (symbols === undefined || areTexts(symbols)),
  timeframe: ({ timeframe }) => typeof timeframe === 'string',
  arithmetic: ({ arithmetic }) => typeof arithmetic === 'string',
  network: ({ network }) => isNetwork(network),
  features: ({ features, network }) =>
    areTexts(features) && features.length === (network as { inputs: number }).inputs,
  normalizations: ({ normalizations }) =>
    isObject(normalizations) && Object.values(normalizations).every(isFit),
  split: ({ split }) =>
    isObject(split) && ['train', 'validation', 'test'].every((name) => isSlice(split[name])),
  'last bar seen': ({ seenUntilMs }) => seenUntilMs === undefined || isTime(seenUntilMs),
  seed: ({ seed }) => isCount(seed),
  epochs: ({ epochs, bestEpoch }) => isCount(epochs) && isCount(bestEpoch),
}

function isNetwork(network: unknown): boolean {
  if (!isObject(network) || typeof network['dropout'] !== 'number') return false
  const { kind, inputs, outputs, hiddenLayers, hiddenSize, layerCount, sequenceLength } = network
  if (!isSize(inputs) || !isSize(outputs)) return false
  if (kind === 'mlp')
    return (
      Array.isArray(hiddenLayers) &&
      hiddenLayers.every(isSize) &&
      typeof network['activation'] === 'string'
    )
  return (
    (kind === 'lstm' || kind === 'gru') && [hiddenSize, layerCount, sequenceLength].every(isSize)
  )
}

/** More units, layers or bars than any machine holds. */
const TOO_MANY = 1e6

function isSize(value: unknown): value is number {
  return isCount(value) && value > 0 && value < TOO_MANY
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** A moment that a calendar has. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
}

function isFit(fit: unknown): boolean {
  return (
    isObject(fit) &&
    typeof fit['method'] === 'string' &&
    Number.isFinite(fit['offset']) &&
    Number.isFinite(fit['scale'])
  )
}

function isSlice(slice: unknown): boolean {
  if (slice === null) return true
  return (
    isObject(slice) && isTime(slice['firstMs']) && isTime(slice['lastMs']) && isCount(slice['rows'])
  )
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
