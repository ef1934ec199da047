// A model in a file for other programs: PyTorch's names as safetensors, a graph as ONNX, or everything as JSON. Each says
// what the numbers are of: features in order, how they are normalised, classes, what was trained on.

import { exactJson, type Json } from '../core/hash.ts'
import { encodeSafetensors } from '../core/safetensors.ts'
import type { Model } from './load-model.ts'
import { manifestJson } from './model.ts'
import { encodeOnnx } from './onnx.ts'
import { onnxGraph } from './onnx-graph.ts'

export const EXPORT_FORMATS = ['safetensors', 'onnx', 'json'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export type ExportFacts = {
  /** `pullback/SPY_1d@3`, or the directory of a model of unknown origin. */
  readonly name: string
  /** Names of the classes by number; empty for a forecast, and when nobody can tell. */
  readonly classes: readonly string[]
  /** Of ktrdr. */
  readonly version: string
}

export function exportModel(model: Model, format: ExportFormat, facts: ExportFacts): Uint8Array {
  switch (format) {
    case 'safetensors':
      return encodeSafetensors({
        metadata: { format: 'pt', ...metadataOf(model, facts) },
        arrays: Object.entries(model.weights).map(([name, { tensor, shape }]) => ({
          name,
          dtype: 'F32',
          shape,
          data: tensor,
        })),
      })
    case 'onnx':
      return encodeOnnx({
        ...onnxGraph(model),
        name: model.manifest.strategy,
        producer: { name: 'ktrdr', version: facts.version },
        description: `${facts.name}: feed it the features as they are, it normalises them itself.`,
        metadata: metadataOf(model, facts),
      })
    case 'json':
      return new TextEncoder().encode(`${exactJson(documentOf(model, facts))}\n`)
  }
}

/** Texts: those that are lists or more are JSON. */
function metadataOf(
  { manifest, sha256 }: Model,
  { name, classes, version }: ExportFacts,
): Record<string, string> {
  const { strategy, symbol, symbols, timeframe, network, features, normalizations, split } =
    manifest
  return {
    model: name,
    model_sha256: sha256,
    ktrdr: version,
    strategy,
    symbols: JSON.stringify(symbols ?? [symbol]),
    timeframe,
    network: JSON.stringify(network),
    features: JSON.stringify(features),
    normalizations: JSON.stringify(normalizations),
    classes: JSON.stringify(classes),
    split: JSON.stringify(split),
  }
}

function documentOf(
  { manifest, sha256, strategyText, weights }: Model,
  { name, classes, version }: ExportFacts,
): Json {
  return {
    format: 1,
    model: name,
    sha256,
    ktrdr: version,
    classes,
    manifest: manifestJson(manifest),
    strategy: strategyText,
    weights: Object.fromEntries(
      Object.entries(weights).map(([key, { tensor, shape }]) => [
        key,
        { shape, values: Array.from(tensor) },
      ]),
    ),
  }
}
