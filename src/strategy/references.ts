// References between the sections: who means which indicator, which output, and what nothing refers
// to.

import { findIndicator } from '../indicators/catalog.ts'
import type { IndicatorRef } from '../indicators/indicator.ts'
import { suggest } from './problems.ts'
import { meaningOf, referencesOf } from './rule-references.ts'
import type { PartialFile } from './schema.ts'

export type Reference =
  | { readonly found: IndicatorRef }
  | { readonly message: string; readonly remedy: string }

/**
 * What `ref` (`id` or `id.output`) means; a bare id is the primary output.
 * Undefined when the indicator is there, but of a type whose outputs are not known.
 */
export function findReference(
  ref: string,
  indicators: NonNullable<PartialFile['indicators']>,
): Reference | undefined {
  const dot = ref.indexOf('.')
  const indicatorId = dot === -1 ? ref : ref.slice(0, dot)
  if (!Object.hasOwn(indicators, indicatorId))
    return {
      message: `'${indicatorId}' not found in indicators`,
      remedy: suggest(indicatorId, Object.keys(indicators), 'available indicators'),
    }
  const indicator = findIndicator(indicators[indicatorId]?.type ?? '')
  if (indicator === undefined) return undefined
  const { type, outputs } = indicator
  if (dot === -1) return { found: { ref, indicatorId, output: 0 } }
  const name = ref.slice(dot + 1)
  if (outputs.length === 0)
    return {
      message: `indicator '${indicatorId}' (type: ${type}) is single-output and does not support dot notation`,
      remedy: `remove '.${name}'`,
    }
  const output = outputs.indexOf(name)
  if (output !== -1) return { found: { ref, indicatorId, output } }
  return {
    message: `invalid output '${name}' for ${type} indicator '${indicatorId}'`,
    remedy: suggest(name, outputs, 'valid outputs'),
  }
}

export type Reach = {
  /** What needs them, as messages call it. */
  readonly by: 'input' | 'rule'
  readonly fuzzySets: ReadonlySet<string>
  readonly indicators: ReadonlySet<string>
}

/** Fuzzy sets and indicators that some input or rule needs; undefined when that cannot be told. */
export function reach(file: PartialFile): Reach | undefined {
  if (Object.hasOwn(file, 'rules')) return reachOfRules(file)
  const fuzzySets = new Set<string>()
  const indicators = new Set<string>()
  for (const input of file.nn_inputs ?? [undefined]) {
    if (input?.fuzzy_set === undefined && input?.raw_indicator === undefined) return undefined
    if (input.fuzzy_set !== undefined) fuzzySets.add(input.fuzzy_set)
    if (input.raw_indicator !== undefined) indicators.add(indicatorIdOf(input.raw_indicator))
  }
  return withIndicatorsOfSets('input', fuzzySets, indicators, file)
}

function reachOfRules(file: PartialFile): Reach | undefined {
  const fuzzySets = new Set<string>()
  const indicators = new Set<string>()
  const references = file.rules === undefined ? undefined : referencesOf(file)
  if (references === undefined) return undefined
  for (const reference of references) {
    const meaning = meaningOf(reference, file)
    if (meaning === undefined || 'message' in meaning) return undefined
    if (meaning.kind === 'membership') fuzzySets.add(meaning.set)
    if (meaning.kind === 'indicator') indicators.add(reference.name)
  }
  return withIndicatorsOfSets('rule', fuzzySets, indicators, file)
}

function withIndicatorsOfSets(
  by: Reach['by'],
  fuzzySets: ReadonlySet<string>,
  indicators: Set<string>,
  file: PartialFile,
): Reach | undefined {
  for (const id of fuzzySets) {
    const ref = file.fuzzy_sets?.[id]?.indicator
    if (ref === undefined) return undefined
    indicators.add(indicatorIdOf(ref))
  }
  return { by, fuzzySets, indicators }
}

function indicatorIdOf(ref: string): string {
  return ref.split('.', 1)[0]!
}
