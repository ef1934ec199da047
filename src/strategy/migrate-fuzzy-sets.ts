// `fuzzy_sets` of version 2, each called as its indicator, with the `indicator` that version 3 asks for.

import { isMap } from 'yaml'
import type { YAMLMap } from 'yaml'
import { findMembershipType } from '../fuzzy/membership.ts'
import { show } from './problems.ts'
import type { MigratedIndicator } from './migrate-indicators.ts'
import { idFrom } from './migrate-indicators.ts'
import {
  hasKey,
  mapAt,
  nameOf,
  plainOf,
  removeKey,
  renameKey,
  scalar,
  setKey,
  textAt,
  type Draft,
} from './migration-draft.ts'

/** Memberships by other names than upstream's run time has. */
const OTHER_MEMBERSHIPS: Readonly<Record<string, string>> = {
  gauss: 'gaussian',
  trapezoid: 'trapezoidal',
  triangle: 'triangular',
}

export function migrateFuzzySets(draft: Draft, indicators: readonly MigratedIndicator[]): void {
  const { root, changes } = draft
  const sets = mapAt(root, 'fuzzy_sets')
  const linked: string[] = []
  for (const { key, value } of sets?.items.map((pair) => ({
    key: nameOf(pair),
    value: pair.value,
  })) ?? []) {
    const id = idFrom(key)
    if (id !== key) {
      renameKey(sets!, key, id)
      changes.push({ kind: 'renamed', what: `fuzzy_sets.${key} → ${id}` })
    }
    if (!isMap(value)) continue
    if (!hasKey(value, 'indicator')) {
      const of = indicatorOf(key, indicators)
      value.items.unshift(draft.document.createPair('indicator', of) as never)
      linked.push(of === id ? id : `${id} (of ${of})`)
    }
    migrateMemberships(draft, value, id)
  }
  if (linked.length > 0)
    changes.push({ kind: 'added', what: `the indicator of the fuzzy sets ${linked.join(', ')}` })
}

/** The indicator that version 2 found by the name of the set; the name itself when there is none. */
function indicatorOf(set: string, indicators: readonly MigratedIndicator[]): string {
  const exact = indicators.find(({ names }) => names.includes(set))
  const lower = set.toLowerCase()
  const alike = indicators.find(({ names }) => names.some((name) => name.toLowerCase() === lower))
  return (exact ?? alike)?.id ?? idFrom(set)
}

function migrateMemberships(draft: Draft, set: YAMLMap, id: string): void {
  const { changes, document } = draft
  for (const pair of set.items.slice()) {
    const { value } = pair
    const place = `fuzzy_sets.${id}.${nameOf(pair)}`
    if (!isMap(value)) continue
    if (!hasKey(value, 'parameters')) {
      removeKey(set, nameOf(pair))
      const what = `${place}: ${show(plainOf(document, value))}`
      const why = 'it is not a membership, and version 3 has nothing like it'
      changes.push({ kind: 'dropped', what, why, isLoss: true })
      continue
    }
    const type = textAt(value, 'type')
    const meant = OTHER_MEMBERSHIPS[type?.toLowerCase() ?? '']
    if (type === undefined || meant === undefined || findMembershipType(type)) continue
    setKey(value, 'type', scalar(meant))
    changes.push({ kind: 'renamed', what: `the membership ${place}: ${type} → ${meant}` })
  }
}
