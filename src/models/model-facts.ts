// What a list tells of a model, from its manifest and its metrics. Its weights are not read.

import { KtrdrError } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import { expectManifest } from './expect-manifest.ts'
import { modelCorrupt, readManifest, readModelText, type ManifestOnDisk } from './load-model.ts'
import { METRICS_FILE, type ModelManifest } from './model.ts'

export type ModelFacts = {
  readonly symbols: readonly string[]
  readonly timeframe: string
  /** The epoch whose weights it has, and how many were trained. */
  readonly epoch: number
  readonly epochs: number
  /** Of those weights; null when nothing was held out for validation. */
  readonly valLoss: number | null
  /** First and last bar that it was trained and chosen by. */
  readonly trainedOn: { readonly firstMs: number; readonly lastMs: number } | null
}

export type Metrics = Readonly<Record<string, Json>>

/** @throws MODEL_NOT_FOUND, MODEL_CORRUPT, FORMAT_TOO_NEW */
export function readFacts(directory: string, sha256: string | null): ModelFacts {
  const { manifest } = readManifest(directory, sha256)
  expectManifest(directory, manifest)
  const { symbol, symbols, timeframe, bestEpoch, epochs } = manifest
  return {
    symbols: symbols ?? [symbol],
    timeframe,
    epoch: bestEpoch,
    epochs,
    valLoss: validationLoss(readMetrics(directory, manifest)),
    trainedOn: trainedRange(manifest),
  }
}

/** The same, or what is wrong with the model, in a few words. */
export function readFactsIfWhole(directory: string, sha256: string | null): ModelFacts | string {
  try {
    return readFacts(directory, sha256)
  } catch (error) {
    if (!(error instanceof KtrdrError)) throw error
    return error.code === 'MODEL_NOT_FOUND' ? 'gone' : error.message
  }
}

/** @throws MODEL_CORRUPT when they are not those of the training, or no metrics */
export function readMetrics(directory: string, manifest: ManifestOnDisk): Metrics {
  const text = readModelText(directory, manifest, METRICS_FILE)
  let metrics: unknown
  try {
    metrics = JSON.parse(text)
  } catch {
    metrics = null
  }
  if (typeof metrics !== 'object' || metrics === null)
    throw modelCorrupt(directory, `${METRICS_FILE} holds no metrics`)
  return metrics as Metrics
}

function validationLoss({ bestValLoss, valLoss }: Metrics): number | null {
  const loss = bestValLoss ?? valLoss
  return typeof loss === 'number' ? loss : null
}

function trainedRange({ split }: Pick<ModelManifest, 'split'>): ModelFacts['trainedOn'] {
  const slices = [split.train, split.validation].filter((slice) => slice !== null)
  if (slices.length === 0) return null
  return {
    firstMs: Math.min(...slices.map(({ firstMs }) => firstMs)),
    lastMs: Math.max(...slices.map(({ lastMs }) => lastMs)),
  }
}
