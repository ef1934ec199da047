// What the keys of `model`, `decisions` and `training` mean to each other. Where a key is broken the
// rules that need it say nothing: one mistake, one finding.

import { error, missing, oneOf, show, warning } from './problems.ts'
import type { Finding } from './problems.ts'
import type { PartialFile, StrategyFile } from './schema.ts'

const LOSSES = {
  classification: ['cross_entropy', 'focal'],
  regression: ['huber', 'mse'],
} as const

/** What a file may say; what its labels make of it is `answerOf` (label-settings.ts). */
export type FormatInFile = StrategyFile['decisions']['output_format']

export function checkSettings(file: PartialFile): Finding[] {
  const format = outputFormat(file)
  return [
    ...checkVersion(file),
    ...checkLayers(file),
    ...(format === undefined ? [] : checkLoss(file, format)),
    ...(format === 'regression' ? checkCosts(file) : []),
    ...checkOptimizer(file),
    ...checkSchedule(file),
    ...checkSplit(file),
    ...checkEmbargo(file),
  ]
}

/** The value of a key: its default where it is absent, undefined where what is given is broken. */
export function settled<Section extends object, Key extends keyof Section>(
  section: Section | undefined,
  key: Key,
  byDefault: NonNullable<Section[Key]>,
): Section[Key] | undefined {
  if (section === undefined) return undefined
  return Object.hasOwn(section, key) ? section[key] : byDefault
}

export function outputFormat(file: PartialFile): FormatInFile | undefined {
  return settled(file.decisions, 'output_format', 'classification')
}

function checkVersion({ version }: PartialFile): Finding[] {
  if (version === undefined || /^3(\.|$)/.test(String(version))) return []
  const major = Number.parseInt(String(version), 10)
  return major > 3
    ? [error(['version'], `${show(version)} is newer than this ktrdr, which reads version "3.0"`)]
    : [warning(['version'], `is ${show(version)}, but the file is read as version "3.0"`)]
}

function checkLayers({ model }: PartialFile): Finding[] {
  const isMlp = settled(model, 'type', 'mlp') === 'mlp'
  const architecture = model?.architecture
  if (architecture === undefined) return []
  const path = ['model', 'architecture']
  if (isMlp && !Object.hasOwn(architecture, 'hidden_layers'))
    return [missing([...path, 'hidden_layers'], 'mlp', 'hidden_layers: [32, 16]')]
  const isRecurrent = model?.type === 'lstm' || model?.type === 'gru'
  if (isRecurrent && !Object.hasOwn(architecture, 'sequence_length'))
    return [missing([...path, 'sequence_length'], model.type, 'sequence_length: 24')]
  return []
}

function checkLoss({ training }: PartialFile, format: FormatInFile): Finding[] {
  const loss = training?.loss
  const allowed: readonly string[] = LOSSES[format]
  if (loss === undefined || allowed.includes(loss)) return []
  return [error(['training', 'loss'], `must be ${oneOf(allowed)} for ${format}, was ${show(loss)}`)]
}

function checkCosts({ decisions }: PartialFile): Finding[] {
  const path = ['decisions', 'cost_model']
  if (decisions === undefined) return []
  if (!Object.hasOwn(decisions, 'cost_model'))
    return [
      missing(path, 'regression', 'cost_model: {round_trip_cost: 0.002, min_edge_multiplier: 1.5}'),
    ]
  const costs = decisions.cost_model
  if (costs === undefined) return []
  return [
    ...(Object.hasOwn(costs, 'round_trip_cost')
      ? []
      : [missing([...path, 'round_trip_cost'], 'regression', 'round_trip_cost: 0.002')]),
    ...(Object.hasOwn(costs, 'min_edge_multiplier')
      ? []
      : [missing([...path, 'min_edge_multiplier'], 'regression', 'min_edge_multiplier: 1.5')]),
  ]
}

function checkOptimizer({ training }: PartialFile): Finding[] {
  const optimizer = training?.optimizer
  if (training === undefined || typeof optimizer !== 'object') return []
  return (['momentum', 'weight_decay'] as const).flatMap((key) =>
    Object.hasOwn(optimizer, key) && Object.hasOwn(training, key)
      ? [error(['training', key], `is given in training.optimizer too`, 'keep one of the two')]
      : [],
  )
}

function checkSchedule({ training }: PartialFile): Finding[] {
  if (training?.lr_scheduler !== true) return []
  const message = 'is true, which names no schedule, so the rate stays constant'
  return [warning(['training', 'lr_scheduler'], message, 'write for example reduce_on_plateau')]
}

function checkSplit({ training }: PartialFile): Finding[] {
  const split = settled(training, 'data_split', {})
  const train = settled(split, 'train', 0.7)
  const validation = settled(split, 'validation', 0.15)
  const test = settled(split, 'test', 0)
  if (train === undefined || validation === undefined || test === undefined) return []
  const path = ['training', 'data_split']
  const sum = train + validation + test
  const hasTest = split !== undefined && Object.hasOwn(split, 'test')
  const terms = `train ${train} + validation ${validation}${hasTest ? ` + test ${test}` : ''}`
  if (sum > 1 + 1e-9) return [error(path, `${terms} is more than 1`)]
  if (sum > 1 - 1e-9 && test === 0) return [warning(path, `${terms} leaves nothing to test on`)]
  if (!hasTest || sum > 1 - 1e-9) return []
  const rest = Number((1 - train - validation).toFixed(12))
  return [warning([...path, 'test'], `is ${test}, but the test slice is the whole rest: ${rest}`)]
}

/** A share is left out at the end of training and of validation. */
function checkEmbargo({ training }: PartialFile): Finding[] {
  const embargo = training?.embargo
  const split = settled(training, 'data_split', {})
  const shares = {
    validation: settled(split, 'validation', 0.15),
    train: settled(split, 'train', 0.7),
  }
  if (embargo === undefined || embargo >= 1) return []
  const emptied = Object.entries(shares).find(
    ([, share]) => share !== undefined && embargo >= share,
  )
  if (emptied === undefined) return []
  const [slice, share] = emptied
  const message = `${embargo} of the rows is all of data_split.${slice} (${share})`
  return [error(['training', 'embargo'], message, 'write a smaller share, or a number of bars')]
}
