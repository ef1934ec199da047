// `indicators` of version 2, a list of {name, feature_id, parameters…}, as version 3's mapping id → {type, parameters…}.
//
// Entries without a feature_id were found by their fuzzy set, whose name was made of the type and the parameters:
// `rsi_14`, `macd_12_26_9`. Parameters that the type does not have are dropped: upstream never read them (W20).

import { isMap, isSeq, Scalar, YAMLMap } from 'yaml'
import type { Pair } from 'yaml'
import { nearest } from '../core/did-you-mean.ts'
import { findIndicator } from '../indicators/catalog.ts'
import { checkParameters } from '../indicators/compute.ts'
import type { Indicator } from '../indicators/indicator.ts'
import { parametersMeant } from './parameters-meant.ts'
import { show } from './problems.ts'
import {
  hasKey,
  mapAt,
  nameOf,
  pairAt,
  plainOf,
  removeKey,
  renameKey,
  setKey,
  scalar,
  textAt,
  type Draft,
} from './migration-draft.ts'

/** An id in the migrated file, and everything that a fuzzy set may call it by. */
export type MigratedIndicator = { readonly id: string; readonly names: readonly string[] }

/** Types by other names than upstream's catalog has. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  bollinger: 'bollingerbands',
  psar: 'parabolicsar',
  stoch: 'stochastic',
}

/** Parameters by names that people carried over from other libraries. */
const OTHER_PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bollingerbands: { num_std: 'multiplier' },
  bollingerbandwidth: { num_std: 'multiplier' },
  stochastic: { k: 'k_period', d: 'd_period', smooth: 'smooth_k' },
}

const IMPOSSIBLE = /[^\p{L}\p{N}_-]/gu

/** A name that version 3 takes for an id: a dot would mean an output. */
export function idFrom(name: string): string {
  return name.replaceAll(IMPOSSIBLE, '_')
}

export function migrateIndicators(draft: Draft): readonly MigratedIndicator[] {
  const { root, changes, document } = draft
  const pair = pairAt(root, 'indicators')
  if (isMap(pair?.value)) return pair.value.items.map(nameOf).map((id) => ({ id, names: [id] }))
  if (!isSeq(pair?.value)) return []
  const sets = mapAt(root, 'fuzzy_sets')?.items.map(nameOf) ?? []
  const made = new YAMLMap(document.schema)
  made.commentBefore = pair.value.commentBefore ?? null
  made.comment = pair.value.comment ?? null
  const migrated: MigratedIndicator[] = []
  for (const [i, item] of pair.value.items.entries()) {
    const { name, featureId } = isMap(item) ? namesIn(item) : {}
    if (!isMap(item) || (name === undefined && featureId === undefined)) {
      const what = `indicators[${i}]: ${show(plainOf(document, item))}`
      changes.push({ kind: 'dropped', what, why: 'it has no name and no feature_id', isLoss: true })
      continue
    }
    unfold(item)
    removeKey(item, 'feature_id')
    settleType(item, name)
    const indicator = migrateType(draft, item, name)
    const taken = migrated.map(({ id }) => id)
    const candidates =
      featureId === undefined ? namesFor(name!, indicator, draft, item) : [featureId]
    const found = candidates.find((one) => sets.includes(one) && !taken.includes(idFrom(one)))
    const spelled = found ?? candidates[0]!
    const id = unused(idFrom(spelled), taken)
    const was = featureId ?? name!
    if (id !== was)
      changes.push({ kind: 'changed', what: `indicators[${i}] (${was}) is called ${id}` })
    if (indicator) migrateParameters(draft, item, indicator, id)
    migrated.push({ id, names: [id, spelled, ...(name === undefined ? [] : [name])] })
    made.items.push(entry(id, item))
  }
  pair.value = made
  const ids = migrated.map(({ id }) => id).join(', ')
  changes.push({ kind: 'changed', what: `indicators: a list → ${ids}, each with its type` })
  return migrated
}

/** Comments and the blank line in front of a list item belong in front of its key. */
function entry(id: string, item: YAMLMap): Pair {
  const key = new Scalar(id)
  if (item.commentBefore) key.commentBefore = item.commentBefore
  if (item.spaceBefore) key.spaceBefore = true
  item.commentBefore = null
  item.spaceBefore = false
  const made = new YAMLMap<Scalar, YAMLMap>()
  made.set(key, item)
  return made.items[0]!
}

/** `parameters: {period: 14}` → `period: 14`. */
function unfold(item: YAMLMap): void {
  for (const key of ['parameters', 'params']) {
    const inner = mapAt(item, key)
    if (!inner) continue
    removeKey(item, key)
    item.items.push(...inner.items)
  }
}

type Names = { readonly name?: string | undefined; readonly featureId?: string | undefined }

/** The name of its type, and its own. Some entries have both a `name` and a `type`: what is no type is its own name. */
function namesIn(item: YAMLMap): Names {
  const [type, name, featureId] = ['type', 'name', 'feature_id'].map((key) => textAt(item, key))
  if (type === undefined || name === undefined) return { name: type ?? name, featureId }
  if (!indicatorCalled(type) && indicatorCalled(name)) return { name, featureId }
  return { name: type, featureId: featureId ?? (indicatorCalled(name) ? undefined : name) }
}

function settleType(item: YAMLMap, name: string | undefined): void {
  if (!hasKey(item, 'type')) renameKey(item, 'name', 'type')
  else removeKey(item, 'name')
  if (name !== undefined && textAt(item, 'type') !== name) setKey(item, 'type', scalar(name))
}

function indicatorCalled(name: string): Indicator | undefined {
  const squeezed = name.toLowerCase().replaceAll(/[\s_-]/g, '')
  return (
    findIndicator(name) ?? findIndicator(squeezed) ?? findIndicator(OTHER_TYPES[squeezed] ?? '')
  )
}

function migrateType(draft: Draft, item: YAMLMap, name: string | undefined): Indicator | undefined {
  if (name === undefined) return undefined
  const indicator = indicatorCalled(name)
  if (!indicator || findIndicator(name)) return indicator
  setKey(item, 'type', scalar(indicator.type))
  draft.changes.push({ kind: 'renamed', what: `the indicator ${name} → ${indicator.type}` })
  return indicator
}

/** What an entry without a feature_id may be called, with all its parameters first and plainest last. */
function namesFor(
  name: string,
  indicator: Indicator | undefined,
  draft: Draft,
  item: YAMLMap,
): readonly string[] {
  const types = [...new Set([name.toLowerCase(), indicator?.type ?? name, name])]
  const numbers = numbersOf(draft, item, indicator)
  const long = numbers.flatMap((_, n) =>
    spellings(numbers.slice(0, numbers.length - n), indicator?.parameters).flatMap((text) =>
      types.map((type) => `${type}_${text}`),
    ),
  )
  return [...long, ...types]
}

type Numbers = readonly (readonly [parameter: string, value: number])[]

/** Numbers among its parameters in their order, defaults filled in; of an unknown type, as they stand there. */
function numbersOf(draft: Draft, item: YAMLMap, indicator: Indicator | undefined): Numbers {
  const given = Object.entries(plainOf(draft.document, item) as Record<string, unknown>)
  if (!indicator) return given.filter(isNumber)
  const named = given.flatMap(([key, value]) =>
    namesOf(indicator, key).map((name) => [name, value] as const),
  )
  const { parameters } = checkParameters(indicator, Object.fromEntries(named))
  return Object.entries(parameters).filter(isNumber)
}

function isNumber(given: [string, unknown]): given is [string, number] {
  return typeof given[1] === 'number'
}

/** `20_2`, and `20_2.0` as Python writes a number that is no integer by its kind. */
function spellings(numbers: Numbers, parameters: Indicator['parameters'] = {}): readonly string[] {
  const plain = numbers.map(([, value]) => String(value)).join('_')
  const python = numbers
    .map(([name, value]) =>
      parameters[name]?.kind === 'number' && Number.isInteger(value) ? `${value}.0` : `${value}`,
    )
    .join('_')
  return plain === python ? [plain] : [plain, python]
}

/** The parameters that a key means; none when it is unknown. */
function namesOf(indicator: Indicator, key: string): readonly string[] {
  const other = OTHER_PARAMETERS[indicator.type]?.[key]
  return other === undefined ? (parametersMeant(indicator, key) ?? []) : [other]
}

function unused(id: string, taken: readonly string[]): string {
  if (!taken.includes(id)) return id
  for (let n = 2; ; n++) if (!taken.includes(`${id}_${n}`)) return `${id}_${n}`
}

function migrateParameters(draft: Draft, item: YAMLMap, indicator: Indicator, id: string): void {
  const { changes, document } = draft
  const known = Object.keys(indicator.parameters)
  for (const pair of item.items.slice()) {
    const key = nameOf(pair)
    if (key === 'type' || key === 'data_source' || known.includes(key)) continue
    const names = namesOf(indicator, key)
    const place = `indicators.${id}.${key}`
    const isIdle = parametersMeant(indicator, key)?.length === 0
    if (names.length > 0 && !names.some((name) => hasKey(item, name))) {
      const [first, ...more] = names
      for (const name of more) setKey(item, name, pair.value as never, key)
      renameKey(item, key, first!)
      changes.push({ kind: 'renamed', what: `${place} → ${names.join(' and ')}` })
    } else if (names.length > 0 || isIdle || nearest(key, known) === undefined) {
      removeKey(item, key)
      const what = `${place}: ${show(plainOf(document, pair.value))}`
      const why = `${indicator.type} has no such parameter, and upstream never read it`
      changes.push({ kind: 'dropped', what, why })
    }
  }
}
