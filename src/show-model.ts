// `ktrdr models show`: all that is known of one model: what it is, what it was trained on and how, how good it was on rows
// that it has not seen, and how to get it again.

import type { Clock } from './core/clock.ts'
import { KtrdrError } from './core/errors.ts'
import type { Layout } from './core/layout.ts'
import { shellWord } from './core/shell-word.ts'
import type { TrainingRequest } from './jobs/training-inputs.ts'
import { viewModel, type ModelView } from './list-models.ts'
import { modelNamed } from './model-named.ts'
import { expectManifest } from './models/expect-manifest.ts'
import type { FoundModel } from './models/find-model.ts'
import {
  inspectFiles,
  readManifest,
  readModelText,
  type ManifestOnDisk,
  type ModelFile,
} from './models/load-model.ts'
import { lastSeenMs, STRATEGY_FILE, type ModelManifest } from './models/model.ts'
import { readMetrics, type Metrics } from './models/model-facts.ts'
import type { NormalizationFit } from './features/normalize.ts'
import { parameterCount } from './neural/initialise.ts'
import type { NetworkShape } from './neural/network.ts'
import { shapeText } from './neural/shape-text.ts'
import type { OperationDetails } from './operations/views.ts'
import { trainCommand } from './report-facts.ts'
import type { Sqlite } from './store/database.ts'
import { parseStrategy } from './strategy/load-strategy.ts'
import type { TrainingSettings } from './training/training-settings.ts'

export type ModelContext = {
  readonly db: Sqlite
  readonly layout: Layout
  readonly clock: Clock
  readonly show: (operation: string) => OperationDetails
}

export type FeatureView = {
  readonly id: string
  /** Null: as it is. */
  readonly normalization: NormalizationFit | null
}

export type ModelDetails = {
  /** As it can be typed. */
  readonly model: string
  readonly path: string
  readonly sha256: string
  /** As a list shows it; null for a directory that this data directory has not published. */
  readonly listed: ModelView | null
  readonly strategy: string
  readonly symbols: readonly string[]
  readonly timeframe: string
  readonly network: NetworkShape & { readonly text: string; readonly parameters: number }
  readonly features: readonly FeatureView[]
  /** As the strategy inside says; null when this program does not know its grammar. */
  readonly training: Omit<TrainingSettings, 'epochs' | 'seed'> | null
  readonly seed: number
  readonly epoch: number
  readonly epochs: number
  readonly arithmetic: string
  readonly split: ModelManifest['split']
  /** Open of the last bar that it depends on; null when nobody knows. */
  readonly seenUntilMs: number | null
  readonly metrics: Metrics | null
  readonly files: readonly ModelFile[]
  /** Null when this data directory does not know it. */
  readonly operation: {
    readonly operationId: string
    readonly status: string
    readonly createdAt: string
    readonly program: string
    readonly fingerprints: Readonly<Record<string, string>>
  } | null
  /** Trains it again to the same bytes; null when nobody knows. */
  readonly command: string | null
  /** Of bars it has not seen, and what else there is to do. */
  readonly next: readonly string[]
}

/** @throws MODEL_NOT_FOUND; MODEL_CORRUPT and FORMAT_TOO_NEW when its manifest cannot be read */
export async function showModel(context: ModelContext, text: string): Promise<ModelDetails> {
  const found = await modelNamed(context, text)
  return detailsOf(context, found)
}

function detailsOf(
  { layout, clock, show }: ModelContext,
  { directory, sha256: expected, row }: FoundModel,
): ModelDetails {
  const { manifest, sha256 } = readManifest(directory, expected)
  expectManifest(directory, manifest)
  const { network, features, normalizations, symbol, symbols, timeframe, strategy } = manifest
  const operation = row && trainingOf(show, row.operationId)
  const settings = (operation?.settings ?? null) as TrainingRequest | null
  const name = row ? viewModel(layout, row, clock.nowMs()) : null
  const seen = lastSeenMs(manifest)
  const files = inspectFiles(directory, manifest)
  const model = name?.model ?? directory
  return {
    model,
    path: directory,
    sha256,
    listed: name,
    strategy,
    symbols: symbols ?? [symbol],
    timeframe,
    network: { ...network, text: shapeText(network), parameters: parameterCount(network) },
    features: features.map((id) => ({ id, normalization: normalizations[id] ?? null })),
    training: trainingSettings(directory, manifest),
    seed: manifest.seed,
    epoch: manifest.bestEpoch,
    epochs: manifest.epochs,
    arithmetic: manifest.arithmetic,
    split: manifest.split,
    seenUntilMs: Number.isFinite(seen) ? seen : null,
    metrics: ifWhole(() => readMetrics(directory, manifest)),
    files,
    operation: operation && {
      operationId: operation.operationId,
      status: operation.status,
      createdAt: operation.createdAt,
      program: operation.attempts.at(-1)?.program ?? 'ktrdr',
      fingerprints: operation.fingerprints,
    },
    command: settings && trainCommand(settings),
    next: nextCommands(model, manifest, settings, files),
  }
}

/** As far as the record is still there. */
function trainingOf(show: ModelContext['show'], operationId: string): OperationDetails | null {
  try {
    return show(operationId)
  } catch (error) {
    if (error instanceof KtrdrError && error.code === 'OPERATION_NOT_FOUND') return null
    throw error
  }
}

/** How it was trained. Seed and epochs stand in the manifest: those of a strategy can be overridden. */
function trainingSettings(directory: string, manifest: ManifestOnDisk): ModelDetails['training'] {
  return ifWhole(() => {
    const text = readModelText(directory, manifest, STRATEGY_FILE)
    const {
      epochs: _,
      seed: __,
      ...training
    } = parseStrategy(text, STRATEGY_FILE).strategy.training
    return training
  })
}

/** Null where a file is damaged, which the list of files says, or of a grammar of before. */
function ifWhole<Result>(read: () => Result): Result | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof KtrdrError) return null
    throw error
  }
}

const DAY_MS = 86_400_000

/** On the bars that were held back, if there are any; else on others. */
function nextCommands(
  model: string,
  manifest: ModelManifest,
  settings: TrainingRequest | null,
  files: readonly ModelFile[],
): string[] {
  if (files.some(({ damage }) => damage !== null))
    return settings === null ? [] : [trainCommand(settings)]
  const [file, ...others] = settings?.data ?? []
  const data = file && others.length === 0 && manifest.split.test ? shellWord(file.path) : 'FILE'
  const seen = lastSeenMs(manifest)
  const start = Number.isFinite(seen)
    ? ` --start ${new Date(seen + DAY_MS).toISOString().slice(0, 10)}`
    : ''
  return [
    `ktrdr backtest ${shellWord(model)} --data ${data}${start}`,
    `ktrdr models export ${shellWord(model)} --out model.onnx`,
  ]
}
