// From what was asked to what the training loop needs: the strategy, the bars, features and labels, the split, the
// shape of the network. Settings that come back from here are resolved, and give the same inputs again.

import { KtrdrError } from '../core/errors.ts'
import type { Headline } from '../core/events.ts'
import { exactJson, sha256, type Json } from '../core/hash.ts'
import type { Tensor } from '../core/snapshot.ts'
import { counted, grouped } from '../core/text.ts'
import { formatDateRange } from '../data/date-range.ts'
import { loadModel } from '../models/load-model.ts'
import { lastSeenMs, marketOf, MODEL_FORMAT, type ModelManifest } from '../models/model.ts'
import { parameterCount } from '../neural/initialise.ts'
import type { NetworkShape, Rows } from '../neural/network.ts'
import { shapeText } from '../neural/shape-text.ts'
import { formatProblem, loadStrategy, parseStrategy } from '../strategy/load-strategy.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { TrainingSettings } from '../training/training-settings.ts'
import { MODEL_ARITHMETIC } from './check-model.ts'
import type { Loaded, Resources } from './job.ts'
import {
  loadMarketData,
  marketText,
  type DataRequest,
  type MarketData,
  type RangeSettings,
} from './market-data.ts'
import { editedSince, snapshotOf, type StrategyRequest } from './strategy-snapshot.ts'
import { trainableOf, type Trainable } from './trainable.ts'
import { prepareTrainingData, type TrainingData } from './training-data.ts'

/** What `ktrdr train` asks for; null = as the strategy or the data say. */
export type TrainingRequest = {
  readonly strategy: StrategyRequest
  readonly data: readonly DataRequest[]
  readonly range: RangeSettings
  readonly epochs: number | null
  readonly seed: number | null
  /** A model whose weights to start from. */
  readonly warmStart: { readonly directory: string; readonly sha256: string | null } | null
}

export type TrainingJobInputs = Trainable & {
  readonly test: Rows
  /** Names of the classes; empty for values. */
  readonly classes: readonly string[]
  readonly warmStart: Readonly<Record<string, Tensor>> | null
  readonly strategyText: string
  /** Facts of the model that are known before it is trained. */
  readonly manifest: Omit<ModelManifest, 'epochs' | 'bestEpoch'>
}

export async function loadTraining(
  request: TrainingRequest,
  resources: Resources,
): Promise<Loaded<TrainingJobInputs>> {
  const snapshot = snapshotOf(request.strategy, loadStrategy)
  const { strategy, warnings } = parseStrategy(snapshot.text, snapshot.path)
  const settings = {
    ...strategy.training,
    epochs: request.epochs ?? strategy.training.epochs,
    seed: request.seed ?? strategy.training.seed,
  }
  const { barCache, tell } = resources
  tell?.('reading data')
  const market = await loadMarketData(request.data, strategy, request.range, barCache)
  const data = prepareTrainingData(strategy, market, tell)
  const trainable = trainableOf(strategy.model, settings, data, resources)
  const { shape, fit } = trainable
  const { epochs, seed } = settings
  const start = request.warmStart && readWarmStart(request.warmStart, shape, data.featureIds)

  return {
    name: strategy.name,
    settings: {
      strategy: { ...request.strategy, snapshot },
      data: market.settings,
      range: request.range,
      epochs,
      seed,
      warmStart: start && { directory: start.directory, sha256: start.sha256 },
    } satisfies TrainingRequest as Json,
    fingerprints: {
      strategy: sha256(snapshot.text),
      arithmetic: MODEL_ARITHMETIC,
      // Without the epochs, which a resume may raise.
      'resolved settings': sha256(exactJson({ ...settings, epochs: null, network: shape })),
      ...market.fingerprints,
      'features and labels': data.sha256,
      ...(start ? { 'starting model': start.sha256 } : {}),
    },
    sources: [...market.settings.map(({ path }) => path), ...(start ? [start.directory] : [])],
    headline: headlineOf(strategy, shape, market, data, settings),
    warnings: [
      ...warnings.map(formatProblem),
      ...editedSince(snapshot),
      ...market.warnings,
      ...slicesWarnings(data, fit.classWeights),
    ],
    inputs: {
      ...trainable,
      test: data.test,
      classes: data.classes,
      warmStart: start && start.weights,
      strategyText: snapshot.text,
      manifest: {
        format: MODEL_FORMAT,
        kind: 'model',
        strategy: strategy.name,
        ...marketOf(strategy),
        timeframe: strategy.baseTimeframe,
        arithmetic: MODEL_ARITHMETIC,
        network: shape,
        features: data.featureIds,
        normalizations: data.normalizations,
        split: data.slices,
        seenUntilMs: Math.max(data.seenUntilMs, start ? lastSeenMs(start.manifest) : -Infinity),
        seed,
      },
    },
  }
}

function readWarmStart(
  { directory, sha256: expected }: NonNullable<TrainingRequest['warmStart']>,
  shape: NetworkShape,
  features: readonly string[],
) {
  const model = loadModel(directory, expected)
  const { network, features: trained } = model.manifest
  const [has, needs] = [layersText(network), layersText(shape)]
  if (has === needs && trained.join() === features.join()) return model
  const what = has === needs ? 'its features are others' : `it is ${has}, the strategy is ${needs}`
  throw new KtrdrError('USAGE', `The model in ${directory} cannot be the start: ${what}.`, {
    suggestions: ['Leave --from away, or take a model of this strategy.'],
  })
}

/** What weights are made for. Dropout is not: it is part of how they are trained. */
function layersText(shape: NetworkShape): string {
  return shape.kind === 'mlp' ? `${shapeText(shape)} with ${shape.activation}` : shapeText(shape)
}

function slicesWarnings(
  { validation, classes }: TrainingData,
  weights: readonly number[] | null,
): string[] {
  const absent = weights?.filter((weight) => weight === 0).length ?? 0
  return [
    ...(validation.count === 0
      ? ['Nothing is held out for validation: the last epoch is kept, not the best.']
      : []),
    ...(absent > 0
      ? [`${absent} of ${classes.length} classes do not occur in the training slice.`]
      : []),
  ]
}

function headlineOf(
  strategy: Strategy,
  shape: NetworkShape,
  { symbols }: MarketData,
  { train, validation, test }: TrainingData,
  { epochs, batchSize, optimizer, learningRate, seed }: TrainingSettings,
): Headline {
  const range = formatDateRange({
    firstMs: Math.min(...symbols.map(({ bars, from }) => bars.timestampMs[from]!)),
    lastMs: Math.max(...symbols.map(({ bars }) => bars.timestampMs[bars.length - 1]!)),
  })
  const barCount = symbols.reduce((sum, { bars, from }) => sum + bars.length - from, 0)
  return [
    [
      'Strategy',
      `${strategy.name}  ${counted(strategy.indicators.length, 'indicator')} → ${counted(shape.inputs, 'input')} → ${shapeText(shape)} (${grouped(parameterCount(shape))} parameters)`,
    ],
    [
      'Data',
      `${marketText(strategy.symbols, strategy.baseTimeframe)}  ${range}  ${counted(barCount, 'bar')}  train ${grouped(train.count)} · validation ${grouped(validation.count)} · test ${grouped(test.count)} held back`,
    ],
    [
      'Training',
      `${counted(epochs, 'epoch')} of ${counted(Math.ceil(train.count / batchSize), 'batch')}, ${optimizer.kind} ${learningRate}, seed ${seed}`,
    ],
  ]
}
