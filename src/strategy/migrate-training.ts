// The hyper-parameters of version 2 stood in `model.training`; version 3 reads `training` (W23). Where both gave a
// value, version 2 trained with that of `model.training`, so it wins.

import { isMap, isScalar } from 'yaml'
import type { Pair, YAMLMap } from 'yaml'
import { OTHER_HYPER_PARAMETERS } from './foreign-keys.ts'
import { show } from './problems.ts'
import { OPTIMIZERS, SCHEDULES } from './schema-training.ts'
import { keysAt, placeAt } from './schema-walk.ts'
import {
  hasKey,
  mapAt,
  nameOf,
  openMap,
  plainAt,
  plainOf,
  removeKey,
  renameKey,
  scalar,
  setKey,
  shownAt,
  textAt,
  type Draft,
} from './migration-draft.ts'

/** What upstream's features of version 2 were, for those who relied on them. */
const FEATURES: Readonly<Record<string, string>> = {
  include_price_context: 'name what is needed with raw_indicator in nn_inputs',
  include_volume_context: 'name what is needed with raw_indicator in nn_inputs',
  lookback_periods: 'there are no lagged features; lstm and gru look back by sequence_length',
  scale_features: 'memberships are between 0 and 1; raw inputs have normalization',
}

export function migrateTraining(draft: Draft): void {
  const { root } = draft
  const model = mapAt(root, 'model')
  if (model) {
    liftTraining(draft, model)
    dropFeatures(draft, model)
    const architecture = mapAt(model, 'architecture')
    if (architecture)
      renameTold(draft, architecture, 'dropout_rate', 'dropout', 'model.architecture')
  }
  const training = mapAt(root, 'training')
  if (!training) return
  for (const [from, to] of Object.entries(OTHER_HYPER_PARAMETERS))
    renameTold(draft, training, from, to, 'training')
  const labels = mapAt(training, 'labels')
  if (labels) {
    renameTold(draft, labels, 'method', 'source', 'training.labels')
    dropTold(draft, labels, 'label_lookahead', 'training.labels', 'it never had an effect')
  }
  spellWords(draft, training)
  settleEarlyStopping(draft, training)
}

function renameTold(draft: Draft, map: YAMLMap, from: string, to: string, place: string): void {
  if (!hasKey(map, from) || hasKey(map, to)) return
  renameKey(map, from, to)
  draft.changes.push({ kind: 'renamed', what: `${place}.${from} → ${to}` })
}

function dropTold(draft: Draft, map: YAMLMap, key: string, place: string, why: string): void {
  if (!hasKey(map, key)) return
  draft.changes.push({ kind: 'dropped', what: `${place}.${key}: ${shownAt(draft, map, key)}`, why })
  removeKey(map, key)
}

function liftTraining(draft: Draft, model: YAMLMap): void {
  const old = mapAt(model, 'training')
  if (!old) return
  const training = openMap(draft, draft.root, 'training')
  for (const pair of old.items) {
    const key = nameOf(pair)
    if (key === 'early_stopping_patience') liftPatience(draft, pair, training)
    else liftOne(draft, pair, OTHER_HYPER_PARAMETERS[key] ?? key, training)
  }
  removeKey(model, 'training')
}

function liftOne(draft: Draft, pair: Pair, name: string, training: YAMLMap): void {
  const { changes, document } = draft
  const place = `model.training.${nameOf(pair)}: ${show(plainOf(document, pair.value))}`
  const isRead = keysAt(['training']).includes(name)
  const ignored = placeAt(['training', name])?.ignored
  if (!isRead || ignored !== undefined) {
    const why = ignored?.replace(/^Ignored: |\.$/g, '') ?? 'version 3 has no such setting'
    changes.push({ kind: 'dropped', what: place, why })
    return
  }
  const why = hasKey(training, name)
    ? { why: `instead of ${shownAt(draft, training, name)}, which version 2 did not read` }
    : {}
  changes.push({ kind: 'moved', what: `${place} → training.${name}`, ...why })
  if (!hasKey(training, name) && isScalar(pair.key)) {
    pair.key.value = name
    training.items.push(pair as never)
  } else setKey(training, name, pair.value as never)
}

/** `early_stopping_patience: 10` → `early_stopping: {patience: 10}` */
function liftPatience(draft: Draft, pair: Pair, training: YAMLMap): void {
  const stopping = openMap(draft, training, 'early_stopping')
  setKey(stopping, 'patience', pair.value as never)
  const value = show(plainOf(draft.document, pair.value))
  const what = `model.training.early_stopping_patience: ${value} → training.early_stopping.patience`
  draft.changes.push({ kind: 'moved', what })
}

function dropFeatures(draft: Draft, model: YAMLMap): void {
  const { changes, document } = draft
  for (const pair of mapAt(model, 'features')?.items ?? []) {
    const value = plainOf(document, pair.value)
    const why = FEATURES[nameOf(pair)] ?? 'version 3 reads nn_inputs'
    const what = `model.features.${nameOf(pair)}: ${show(value)}`
    const isLoss = value !== false && value !== 0 && nameOf(pair) !== 'scale_features'
    changes.push({ kind: 'dropped', what, why, ...(isLoss ? { isLoss } : {}) })
  }
  removeKey(model, 'features')
}

/** Optimizers, schedules and losses as PyTorch calls them. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ...[...OPTIMIZERS, ...SCHEDULES, 'focal', 'huber', 'mse'].map(
    (word) => [squeezed(word), word] as const,
  ),
  ['crossentropy', 'cross_entropy'],
  ['crossentropyloss', 'cross_entropy'],
  ['exponentiallr', 'exponential'],
  ['focalloss', 'focal'],
  ['huberloss', 'huber'],
  ['mseloss', 'mse'],
  ['plateau', 'reduce_on_plateau'],
  ['reducelronplateau', 'reduce_on_plateau'],
  ['steplr', 'step'],
])

function squeezed(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]/g, '')
}

function spellWords(draft: Draft, training: YAMLMap): void {
  const spell = (map: YAMLMap, key: string, place: string): void => {
    const word = textAt(map, key)
    const meant = word === undefined ? undefined : WORDS.get(squeezed(word))
    if (word === undefined || meant === undefined || meant === word) return
    setKey(map, key, scalar(meant))
    draft.changes.push({ kind: 'renamed', what: `${place}: ${word} → ${meant}` })
  }
  for (const key of ['optimizer', 'loss', 'lr_scheduler']) {
    spell(training, key, `training.${key}`)
    const inner = mapAt(training, key)
    if (inner) spell(inner, 'type', `training.${key}.type`)
  }
}

/** `enabled` says no more than the section itself: early stopping is there or not. */
function settleEarlyStopping(draft: Draft, training: YAMLMap): void {
  const stopping = mapAt(training, 'early_stopping')
  const isOff =
    plainAt(draft, training, 'early_stopping') === false ||
    (isMap(stopping) && plainAt(draft, stopping, 'enabled') === false)
  if (isOff) dropTold(draft, training, 'early_stopping', 'training', 'it was switched off')
  else if (stopping)
    dropTold(draft, stopping, 'enabled', 'training.early_stopping', 'the section alone says so')
}
