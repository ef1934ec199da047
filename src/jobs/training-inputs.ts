// From what was asked to what the training loop needs: the strategy, the bars, features and labels, the split, the
// shape of the network. Settings that come back from here are resolved, and give the same inputs again.

import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { KtrdrError } from '../core/errors.ts'
import type { Headline } from '../core/events.ts'
import { sha256, type Json } from '../core/hash.ts'
import { bytesOf, type Tensor } from '../core/snapshot.ts'
import { counted, grouped } from '../core/text.ts'
import { formatDateRange } from '../data/date-range.ts'
import { splitByTime, type DataSplit } from '../features/data-split.ts'
import {
  ARITHMETIC as FEATURE_ARITHMETIC,
  completeBars,
  computeFeatures,
  featureMatrix,
  fitNormalizations,
} from '../features/feature-matrix.ts'
import type { Labels } from '../labels/label.ts'
import { makeLabels } from '../labels/labels.ts'
import { loadModel } from '../models/load-model.ts'
import { MODEL_FORMAT, type ModelManifest, type SliceRange } from '../models/model.ts'
import { classWeights } from '../neural/class-weights.ts'
import { parameterCount } from '../neural/initialise.ts'
import { ARITHMETIC, type FitSettings, type NetworkShape, type Rows } from '../neural/network.ts'
import {
  findStrategy,
  formatProblem,
  loadStrategy,
  parseStrategy,
} from '../strategy/load-strategy.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { makeShuffle, type TrainingInputs } from '../training/train.ts'
import type { Loaded } from './job.ts'
import {
  loadPriceData,
  type DataSettings,
  type PriceData,
  type RangeSettings,
} from './price-data.ts'

/** What `ktrdr train` asks for; null = as the strategy or the data say. */
export type TrainingRequest = {
  readonly strategy: {
    /** A path or a name, as typed. */
    readonly given: string
    /** Where a name is looked up. */
    readonly directories: readonly string[]
    /** Snapshot of the file: a resume never reads it again (C28). */
    readonly snapshot: { readonly path: string; readonly text: string } | null
  }
  readonly data: readonly (Omit<DataSettings, 'symbol'> & { readonly symbol: string | null })[]
  readonly range: RangeSettings
  readonly epochs: number | null
  readonly seed: number | null
  /** A model whose weights to start from. */
  readonly warmStart: { readonly directory: string; readonly sha256: string | null } | null
}

export type TrainingJobInputs = {
  readonly training: TrainingInputs
  readonly shape: NetworkShape
  readonly fit: FitSettings
  readonly test: Rows
  readonly warmStart: Readonly<Record<string, Tensor>> | null
  readonly strategyText: string
  /** Facts of the model that are known before it is trained. */
  readonly manifest: Omit<ModelManifest, 'epochs' | 'bestEpoch'>
}

export async function loadTraining(request: TrainingRequest): Promise<Loaded<TrainingJobInputs>> {
  const snapshot = request.strategy.snapshot ?? readStrategy(request.strategy)
  const { strategy, warnings } = parseStrategy(snapshot.text, snapshot.path)
  const training = {
    ...strategy.training,
    epochs: request.epochs ?? strategy.training.epochs,
    seed: request.seed ?? strategy.training.seed,
  }
  const data = await loadPriceData(
    onlyData(request, strategy),
    strategy.baseTimeframe,
    request.range,
  )
  const { bars, from } = data
  const features = computeFeatures(bars, strategy)
  const labels = makeLabels(bars, training.labels)
  const complete = completeBars(features, from, bars.length)
  const labelled = complete.filter((bar) => !Number.isNaN(labels.values[bar]!))
  const split = splitByTime(labelled, labels, training.split)
  checkSplit(split, labelled.length, data)

  const normalizations = fitNormalizations(features, split.train)
  const rowsOf = (slice: Int32Array): Rows => ({
    count: slice.length,
    features: featureMatrix(features, normalizations, slice),
    targets: Float32Array.from(slice, (bar) => labels.values[bar]!),
  })
  const [train, validation, test] = [
    rowsOf(split.train),
    rowsOf(split.validation),
    rowsOf(split.test),
  ]

  const shape: NetworkShape = {
    kind: 'mlp',
    inputs: features.ids.length,
    hiddenLayers: strategy.model.hiddenLayers,
    outputs: labels.kind === 'classes' ? labels.classCount : 1,
    activation: strategy.model.activation,
    dropout: strategy.model.dropout,
  }
  const { loss, optimizer, clipNorm, seed } = training
  const weights = labels.kind === 'classes' ? classWeights(train.targets, labels.classCount) : null
  const fit: FitSettings = { loss, classWeights: weights, optimizer, clipNorm, seed }
  const warmStart =
    request.warmStart && readWarmStart(request.warmStart.directory, shape, features.ids)
  const sliceOf = (slice: Int32Array): SliceRange | null =>
    slice.length === 0
      ? null
      : {
          firstMs: bars.timestampMs[slice[0]!]!,
          lastMs: bars.timestampMs[slice.at(-1)!]!,
          rows: slice.length,
        }

  return {
    name: strategy.name,
    settings: {
      strategy: { ...request.strategy, snapshot },
      data: [data.settings],
      range: request.range,
      epochs: training.epochs,
      seed,
      warmStart: warmStart && { directory: warmStart.directory, sha256: warmStart.sha256 },
    } satisfies TrainingRequest as Json,
    fingerprints: {
      strategy: sha256(snapshot.text),
      arithmetic: `${FEATURE_ARITHMETIC} ${ARITHMETIC}`,
      ...data.fingerprints,
      'features and labels': sha256(
        ...[train, validation, test].flatMap(({ features: x, targets }) => [
          bytesOf(x),
          bytesOf(targets),
        ]),
      ),
      ...(warmStart ? { 'starting model': warmStart.sha256 } : {}),
    },
    headline: headlineOf(
      strategy,
      shape,
      data,
      split,
      `${counted(training.epochs, 'epoch')} of ${counted(Math.ceil(train.count / training.batchSize), 'batch')}, ${optimizer.kind} ${training.learningRate}, seed ${seed}`,
    ),
    warnings: [
      ...warnings.map(formatProblem),
      ...editedSince(snapshot),
      ...data.warnings,
      ...(validation.count === 0
        ? ['Nothing is held out for validation: the last epoch is kept, not the best.']
        : []),
      ...absentClasses(weights, labels),
    ],
    inputs: {
      training: {
        settings: training,
        train,
        validation,
        loss: { settings: loss, classWeights: weights && Float32Array.from(weights) },
        orderOf: makeShuffle(train.count, seed),
      },
      shape,
      fit,
      test,
      warmStart: warmStart && warmStart.weights,
      strategyText: snapshot.text,
      manifest: {
        format: MODEL_FORMAT,
        kind: 'model',
        strategy: strategy.name,
        symbol: data.settings.symbol,
        timeframe: strategy.baseTimeframe,
        arithmetic: `${FEATURE_ARITHMETIC} ${ARITHMETIC}`,
        network: shape,
        features: features.ids,
        normalizations,
        split: {
          train: sliceOf(split.train),
          validation: sliceOf(split.validation),
          test: sliceOf(split.test),
        },
        seed,
      },
    },
  }
}

function readStrategy({ given, directories }: TrainingRequest['strategy']): {
  path: string
  text: string
} {
  const path = findStrategy(given, directories)
  return { path: resolve(path), text: loadStrategy(path).text }
}

function editedSince({ path, text }: { path: string; text: string }): string[] {
  try {
    if (readFileSync(path, 'utf8') === text) return []
    return [
      `${basename(path)} was edited since the start; the run goes on with the strategy as it was.`,
    ]
  } catch {
    return []
  }
}

/** The one data file there may be so far, for the one symbol of the strategy. */
export function onlyData(
  { data }: Pick<TrainingRequest, 'data'>,
  { symbols }: Pick<Strategy, 'symbols'>,
): DataSettings {
  const [file, ...others] = data
  const symbol = symbols[0]!
  if (!file)
    throw new KtrdrError('USAGE', 'There is no data to work on.', {
      suggestions: ['--data FILE.csv'],
    })
  if (others.length > 0)
    throw new KtrdrError(
      'NOT_YET_SUPPORTED',
      `${data.length} data files were given; one works now.`,
      {
        suggestions: [`--data ${file.path}`],
      },
    )
  if (file.symbol !== null && file.symbol !== symbol)
    throw new KtrdrError('USAGE', `The strategy is for ${symbol}, the data for ${file.symbol}.`, {
      suggestions: [`--data ${symbol}=${file.path}`],
    })
  return { ...file, symbol }
}

const MINIMUM_TRAINING_ROWS = 2

function checkSplit({ train }: DataSplit, labelled: number, { bars, settings }: PriceData): void {
  if (train.length >= MINIMUM_TRAINING_ROWS) return
  throw new KtrdrError(
    'DATA_INVALID',
    `${settings.path} leaves ${counted(train.length, 'row')} to train on: of ${counted(bars.length, 'bar')} ${grouped(labelled)} have all features and a label.`,
    { suggestions: ['Give more bars, shorter indicator periods, or a smaller label threshold.'] },
  )
}

function readWarmStart(directory: string, shape: NetworkShape, features: readonly string[]) {
  const model = loadModel(directory)
  const { network, features: trained } = model.manifest
  const layers = (of: NetworkShape): string => [of.inputs, ...of.hiddenLayers, of.outputs].join('-')
  if (layers(network) !== layers(shape) || trained.join() !== features.join())
    throw new KtrdrError(
      'USAGE',
      `The model in ${directory} cannot be the start: it has ${layers(network)} units and other features than the strategy (${layers(shape)}).`,
      { suggestions: ['Leave --from away, or take a model of this strategy.'] },
    )
  return model
}

function absentClasses(weights: readonly number[] | null, { classCount }: Labels): string[] {
  const absent = weights?.filter((weight) => weight === 0).length ?? 0
  return absent === 0
    ? []
    : [`${absent} of ${classCount} classes do not occur in the training slice.`]
}

function headlineOf(
  strategy: Strategy,
  shape: NetworkShape,
  { bars, settings, from }: PriceData,
  split: DataSplit,
  training: string,
): Headline {
  const layers = [shape.inputs, ...shape.hiddenLayers, shape.outputs].join('-')
  const range = formatDateRange({
    firstMs: bars.timestampMs[from],
    lastMs: bars.timestampMs[bars.length - 1],
  })
  const slices = [
    `train ${grouped(split.train.length)}`,
    `validation ${grouped(split.validation.length)}`,
    `test ${grouped(split.test.length)} held back`,
  ].join(' · ')
  return [
    [
      'Strategy',
      `${strategy.name}  ${counted(strategy.indicators.length, 'indicator')} → ${counted(shape.inputs, 'input')} → MLP ${layers} (${grouped(parameterCount(shape))} parameters)`,
    ],
    [
      'Data',
      `${settings.symbol} ${strategy.baseTimeframe}  ${range}  ${counted(bars.length - from, 'bar')}  ${slices}`,
    ],
    ['Training', training],
  ]
}
