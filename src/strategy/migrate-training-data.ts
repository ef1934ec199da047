// `training_data` of version 3 from that of version 2, or from version 1's `data`: a list of one becomes `mode: single`,
// and a plain list gets its mode.

import { isMap } from 'yaml'
import type { YAMLMap } from 'yaml'
import { isMapping } from './plain-value.ts'
import { show } from './problems.ts'
import {
  hasKey,
  mapAt,
  oneLine,
  pairAt,
  plainAt,
  removeKey,
  renameKey,
  scalar,
  setKey,
  shownAt,
  type Draft,
} from './migration-draft.ts'

type Choice = {
  readonly section: 'symbols' | 'timeframes'
  readonly one: 'symbol' | 'timeframe'
  readonly many: 'multi_symbol' | 'multi_timeframe'
}

const CHOICES: readonly Choice[] = [
  { section: 'symbols', one: 'symbol', many: 'multi_symbol' },
  { section: 'timeframes', one: 'timeframe', many: 'multi_timeframe' },
]

const IDLE: Readonly<Record<string, string>> = {
  start_date: 'give --start to ktrdr train',
  end_date: 'give --end to ktrdr train',
}

export function migrateTrainingData(draft: Draft): void {
  const { root, changes } = draft
  if (hasKey(root, 'data') && !hasKey(root, 'training_data')) {
    renameKey(root, 'data', 'training_data')
    changes.push({ kind: 'renamed', what: 'data → training_data' })
  }
  const data = mapAt(root, 'training_data')
  if (!data) return
  for (const choice of CHOICES) migrateChoice(draft, data, choice)
  for (const [key, why] of Object.entries(IDLE)) {
    if (!hasKey(data, key)) continue
    const what = `training_data.${key}: ${shownAt(draft, data, key)}`
    changes.push({ kind: 'dropped', what, why })
    removeKey(data, key)
  }
}

/** Rewrites only what version 3 would refuse. */
function migrateChoice(draft: Draft, data: YAMLMap, { section, one, many }: Choice): void {
  if (hasKey(data, one) && !hasKey(data, section)) renameKey(data, one, section)
  const given = plainAt(draft, data, section)
  const names = namesIn(given, section, one)
  if (names === undefined) return
  const isSound = isMapping(given) && isOfMode(given, section, one, many, names)
  if (isSound) return
  const isSingle = names.length === 1
  const there = pairAt(data, section)?.value
  if (isMap(there)) {
    setKey(there, 'mode', scalar(isSingle ? 'single' : many))
    for (const key of [one, 'list', section]) {
      const isKept = key === (isSingle ? one : 'list')
      if (!isKept) removeKey(there, key)
    }
    if (isSingle) setKey(there, one, scalar(names[0]!), 'mode')
    else setKey(there, 'list', oneLine(draft, names), 'mode')
    if (isSingle && isMapping(given) && given['base_timeframe'] === names[0])
      removeKey(there, 'base_timeframe')
  } else
    setKey(
      data,
      section,
      oneLine(draft, isSingle ? { mode: 'single', [one]: names[0] } : { mode: many, list: names }),
    )
  const now = isSingle ? `{mode: single, ${one}: ${names[0]!}}` : `{mode: ${many}, list: …}`
  draft.changes.push({
    kind: 'changed',
    what: `training_data.${section}: ${show(isMapping(given) ? { ...given } : given)} → ${now}`,
  })
}

/** The symbols or timeframes that are meant; undefined when that cannot be told. */
function namesIn(given: unknown, section: string, one: string): readonly string[] | undefined {
  const value = isMapping(given) ? (given[one] ?? given['list'] ?? given[section]) : given
  const list = Array.isArray(value) ? value : [value]
  return list.length > 0 && list.every((name) => typeof name === 'string') ? list : undefined
}

function isOfMode(
  given: Record<string, unknown>,
  section: string,
  one: string,
  many: string,
  names: readonly string[],
): boolean {
  if (given['mode'] === 'single') return typeof given[one] === 'string'
  const isList = Array.isArray(given['list'] ?? given[section])
  return given['mode'] === many && isList && names.length > 1
}
