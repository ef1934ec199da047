// Reads the texts of `rules`, and says what the names in them mean: prices, indicators and memberships of fuzzy sets.

import { BAR_COLUMNS, TIMEFRAMES } from '../data/bars.ts'
import type { BarColumn } from '../data/bars.ts'
import { findIndicator } from '../indicators/catalog.ts'
import { operandsOf } from '../rules/condition.ts'
import { parseRule } from '../rules/parse-rule.ts'
import type { ParsedRule, Reference } from '../rules/parse-rule.ts'
import { ROLES, SIDES } from '../rules/rule-plan.ts'
import { membershipNames } from './membership-names.ts'
import { suggest } from './problems.ts'
import type { Path } from './problems.ts'
import type { PartialFile } from './schema.ts'

export type RuleInFile = { readonly path: Path; readonly text: string; readonly parsed: ParsedRule }

/** Those that are texts, in the order of the grammar. */
export function rulesInFile(file: PartialFile): RuleInFile[] {
  const words = wordsOf(file)
  return SIDES.flatMap((side) =>
    ROLES.flatMap((role) => {
      const text = file.rules?.[side]?.[role]
      if (text === undefined) return []
      return [{ path: ['rules', side, role], text, parsed: parseRule(text, words) }]
    }),
  )
}

/** Every name that a rule may use. */
export function wordsOf({ indicators, fuzzy_sets: sets }: PartialFile): ReadonlySet<string> {
  return new Set([
    ...TIMEFRAMES,
    ...BAR_COLUMNS,
    ...Object.keys(indicators ?? {}),
    ...Object.entries(sets ?? {}).flatMap(([id, set]) => [id, ...membershipNames(set ?? {})]),
  ])
}

/** The names in all rules; undefined when some rule cannot be read. */
export function referencesOf(file: PartialFile): Reference[] | undefined {
  const references: Reference[] = []
  for (const { parsed } of rulesInFile(file)) {
    if ('fault' in parsed) return undefined
    references.push(...operandsOf(parsed.condition).map(({ operand }) => operand))
  }
  return references
}

export type Meaning =
  | { readonly kind: 'price'; readonly column: BarColumn }
  | { readonly kind: 'indicator'; readonly ref: string }
  | { readonly kind: 'membership'; readonly set: string; readonly membership: string }

/** Why a name means nothing, or more than one thing. */
export type Meaningless = { readonly message: string; readonly remedy: string }

/** What a name means; undefined when that cannot be told, because what it names is broken. */
export function meaningOf(
  reference: Reference,
  file: PartialFile,
): Meaning | Meaningless | undefined {
  const { name, member } = reference
  const { indicators, fuzzy_sets: sets } = file
  const isBroken = (key: 'indicators' | 'fuzzy_sets') =>
    Object.hasOwn(file, key) && file[key] === undefined
  const isPrice = (BAR_COLUMNS as readonly string[]).includes(name)
  const isIndicator = Object.hasOwn(indicators ?? {}, name)
  const isSet = Object.hasOwn(sets ?? {}, name)
  const price: Meaning = { kind: 'price', column: name as BarColumn }
  if (member === null) {
    if (isPrice && isIndicator) return twofold(name, 'a price', 'an indicator', name)
    if (isPrice) return price
    if (isIndicator) return { kind: 'indicator', ref: name }
    if (isSet) return { message: `'${name}' is a fuzzy set`, remedy: oneOfSet(name, sets![name]) }
  } else if (isIndicator || isSet) return memberMeaning(name, member, file)
  else if (isPrice) return { message: `'${name}' is a price`, remedy: `remove '.${member}'` }
  if (isBroken('indicators') || isBroken('fuzzy_sets')) return undefined
  const all = [...Object.keys(indicators ?? {}), ...Object.keys(sets ?? {}), ...BAR_COLUMNS]
  return {
    message: `'${name}' is no indicator, fuzzy set or price`,
    remedy: suggest(name, all, 'available'),
  }
}

function memberMeaning(
  name: string,
  member: string,
  { indicators, fuzzy_sets: sets }: PartialFile,
): Meaning | Meaningless | undefined {
  const type = indicators?.[name]?.type
  const isIndicator = Object.hasOwn(indicators ?? {}, name)
  const outputs = type === undefined ? undefined : findIndicator(type)?.outputs
  if (isIndicator && outputs === undefined) return undefined
  const isSet = Object.hasOwn(sets ?? {}, name)
  const set = sets?.[name]
  if (isSet && set === undefined) return undefined
  const memberships = membershipNames(set ?? {})
  const ref = `${name}.${member}`
  const isOutput = outputs?.includes(member)
  const isMembership = memberships.includes(member)
  if (isOutput && isMembership) return twofold(ref, 'an output', 'a membership', name)
  if (isOutput) return { kind: 'indicator', ref }
  if (isMembership) return { kind: 'membership', set: name, membership: member }
  const known = [...(outputs ?? []), ...memberships]
  return {
    message: `'${name}' has no ${isSet ? 'membership' : 'output'} '${member}'`,
    remedy: known.length === 0 ? `remove '.${member}'` : suggest(member, known, 'available'),
  }
}

function twofold(ref: string, one: string, other: string, id: string): Meaningless {
  return {
    message: `'${ref}' is ${one} and ${other}`,
    remedy: `give the ${other === 'an indicator' ? 'indicator' : 'fuzzy set'} '${id}' another id`,
  }
}

function oneOfSet(id: string, set: object | undefined): string {
  const [first = 'NAME'] = membershipNames(set ?? {})
  return `name one of its memberships, such as ${id}.${first}`
}
