// A model bundle: a directory with everything a backtest needs and nothing that depends on when or where it was made.
//
//   model.safetensors   weights, named and shaped as in PyTorch (layers.0.weight is [out, in], float32)
//   manifest.json       network, features, normalisation, split; SHA-256 of each file here
//   strategy.yaml       the strategy as it was when the training started
//   history.json        figures of each epoch        metrics.json   figures on the held-back test slice
//   provenance.json     who, when, with which versions: covered by no hash

import type { Json } from '../core/hash.ts'
import type { Normalizations } from '../features/normalize.ts'
import type { NetworkShape } from '../neural/network.ts'

export const MODEL_FORMAT = 1
export const WEIGHTS_FILE = 'model.safetensors'
export const STRATEGY_FILE = 'strategy.yaml'
export const MANIFEST_FILE = 'manifest.json'
export const METRICS_FILE = 'metrics.json'
/** The manifest does not vouch for it. */
export const PROVENANCE_FILE = 'provenance.json'

/** A slice of the data by its first and last bar; null when it is empty. */
export type SliceRange = {
  readonly firstMs: number
  readonly lastMs: number
  readonly rows: number
}

export type ModelManifest = {
  readonly format: number
  readonly kind: 'model'
  readonly strategy: string
  /** What it was trained on; `MULTI` for several symbols, which `symbols` names. */
  readonly symbol: string
  readonly symbols?: readonly string[]
  readonly timeframe: string
  readonly arithmetic: string
  readonly network: NetworkShape
  /** Feature ids in the order of the network's inputs. */
  readonly features: readonly string[]
  readonly normalizations: Normalizations
  readonly split: {
    readonly train: SliceRange | null
    readonly validation: SliceRange | null
    readonly test: SliceRange | null
  }
  /**
   * Stamp of the last bar that the weights depend on: that which the labels of training and validation looked at, or
   * what the model has seen from which this one was started. Models of before it was noted lack it.
   */
  readonly seenUntilMs?: number
  readonly seed: number
  readonly epochs: number
  /** The epoch whose weights these are. */
  readonly bestEpoch: number
}

const SEVERAL = 'MULTI'

/** What the manifest says of the symbols of a strategy. */
export function marketOf({
  symbols,
}: {
  readonly symbols: readonly string[]
}): Pick<ModelManifest, 'symbol' | 'symbols'> {
  return symbols.length === 1 ? { symbol: symbols[0]! } : { symbol: SEVERAL, symbols }
}

/** A manifest that does not note it has seen the bars of its slices at least. */
export function lastSeenMs({ seenUntilMs, split }: ModelManifest): number {
  return (
    seenUntilMs ?? Math.max(split.train?.lastMs ?? -Infinity, split.validation?.lastMs ?? -Infinity)
  )
}

export function manifestJson(manifest: ModelManifest): Readonly<Record<string, Json>> {
  return JSON.parse(JSON.stringify(manifest)) as Record<string, Json>
}
