// A small model bundle on disk, made of the same parts as a trained one.

import { join } from 'node:path'
import { PROVENANCE_FILE, publishBundle, stageBundle } from '../../src/checkpoint/publish-bundle.ts'
import { encodeSafetensors } from '../../src/core/safetensors.ts'
import {
  manifestJson,
  METRICS_FILE,
  STRATEGY_FILE,
  WEIGHTS_FILE,
  type ModelManifest,
} from '../../src/models/model.ts'
import type { BundleRow } from '../../src/store/bundle-table.ts'
import { inTransaction } from '../../src/store/database.ts'
import { ID, type Store } from './temp-store.ts'

export const MANIFEST: ModelManifest = {
  format: 1,
  kind: 'model',
  strategy: 'pullback',
  symbol: 'SPY',
  timeframe: '1d',
  arithmetic: 'features-v1 f32-muladd-v1',
  network: {
    kind: 'mlp',
    inputs: 2,
    hiddenLayers: [],
    outputs: 1,
    activation: 'relu',
    dropout: 0,
  },
  features: ['rsi_low', 'rsi_high'],
  normalizations: {},
  split: { train: { firstMs: 0, lastMs: 1, rows: 2 }, validation: null, test: null },
  seed: 42,
  epochs: 3,
  bestEpoch: 2,
}

export const WEIGHTS = {
  'layers.0.weight': { tensor: Float32Array.of(0.5, -0), shape: [1, 2] },
  'layers.0.bias': { tensor: Float32Array.of(1 / 3), shape: [1] },
}

export const STRATEGY_TEXT = 'name: pullback # größer\n'

export const METRICS = {
  trainLoss: 0.5,
  valLoss: 0.75,
  bestValLoss: 0.625,
  bestEpoch: 2,
  test: null,
}

/** Publishes a model of the running operation `ID`. */
export function publishModel(
  { db, layout }: Store,
  changes: Partial<ModelManifest> = {},
  nowMs = 1,
  strategyText = STRATEGY_TEXT,
  metrics: object = METRICS,
): BundleRow & { readonly directory: string } {
  const manifest = { ...MANIFEST, ...changes }
  const arrays = Object.entries(WEIGHTS).map(([name, { tensor, shape }]) => ({
    name,
    dtype: 'F32' as const,
    shape,
    data: tensor,
  }))
  const bundle = {
    kind: 'model' as const,
    name: manifest.strategy,
    variant: `${manifest.symbol}_${manifest.timeframe}`,
    manifest: manifestJson(manifest),
    files: {
      [WEIGHTS_FILE]: encodeSafetensors({ metadata: { format: 'pt' }, arrays }),
      [STRATEGY_FILE]: strategyText,
      [METRICS_FILE]: `${JSON.stringify(metrics)}\n`,
    },
  }
  const staged = stageBundle(layout, ID, bundle, { [PROVENANCE_FILE]: `{"operationId":"${ID}"}` })
  const row = inTransaction(db, () => publishBundle(db, layout, ID, staged, nowMs))
  return { ...row, directory: join(layout.bundles.model, row.path) }
}
