// Reads and checks `fuzzy_sets`: memberships in their two spellings, and the indicator that each
// set judges.

import { nearest } from '../core/did-you-mean.ts'
import { checkMembership, findMembershipType, MEMBERSHIP_TYPES } from '../fuzzy/membership.ts'
import type { Membership } from '../fuzzy/membership.ts'
import { membershipNames } from './membership-names.ts'
import { error, oneOf, show, warning } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import { findReference, reach } from './references.ts'
import type { PartialFile, StrategyFile } from './schema.ts'
import { ID, ID_REMEDY } from './schema-words.ts'

type FuzzySetInFile = NonNullable<NonNullable<PartialFile['fuzzy_sets']>[string]>

/** `[a, b, c]` is always a triangle, whatever its length. */
type MembershipInFile =
  | readonly number[]
  | { readonly type: string; readonly parameters: readonly number[] }

export function checkFuzzySets(file: PartialFile): Finding[] {
  const reached = reach(file)
  const findings: Finding[] = []
  for (const [id, set] of Object.entries(file.fuzzy_sets ?? {})) {
    const path = ['fuzzy_sets', id]
    if (reached !== undefined && !reached.fuzzySets.has(id))
      findings.push(warning(path, `is not used by any ${reached.by}`, undefined, { atKey: true }))
    if (set === undefined) continue
    findings.push(...checkReference([...path, 'indicator'], set.indicator, file))
    const names = membershipNames(set)
    if (names.length === 0)
      findings.push(error(path, 'has no membership functions', REMEDY, { atKey: true }))
    for (const name of names) findings.push(...checkOne([...path, name], name, set[name]))
  }
  return findings
}

const REMEDY = 'write for example oversold: [0, 20, 35] below it'

export function checkReference(path: Path, ref: string | undefined, file: PartialFile): Finding[] {
  if (ref === undefined || file.indicators === undefined) return []
  const reference = findReference(ref, file.indicators)
  if (reference === undefined || 'found' in reference) return []
  return [error(path, reference.message, reference.remedy)]
}

function checkOne(path: Path, name: string, given: FuzzySetInFile[string]): Finding[] {
  if (!ID.test(name)) return [error(path, 'is not possible as a name', ID_REMEDY, { atKey: true })]
  if (!isWhole(given)) return []
  const { type, parameters } = spelledOut(given)
  const known = findMembershipType(type)
  if (known === undefined)
    return [error([...path, 'type'], `unknown membership type ${show(type)}`, otherType(type))]
  const wrong = checkMembership(known, parameters)
  if (wrong === undefined) return []
  const isTrapezoid = Array.isArray(given) && given.length === 4
  const remedy = `write {type: trapezoidal, parameters: ${show(parameters)}}`
  return [error(path, wrong, isTrapezoid ? remedy : undefined)]
}

function otherType(type: string): string {
  const meant = nearest(type, MEMBERSHIP_TYPES)
  return meant === undefined ? `write ${oneOf(MEMBERSHIP_TYPES)}` : `did you mean "${meant}"?`
}

/** Whether all of a membership fits the grammar; what does not has its finding already. */
function isWhole(given: FuzzySetInFile[string]): given is MembershipInFile {
  if (given === undefined || typeof given === 'string') return false
  const parameters = 'type' in given || 'parameters' in given ? given.parameters : given
  const type = Array.isArray(given) ? 'triangular' : (given as { type?: string }).type
  return type !== undefined && Array.isArray(parameters) && !parameters.includes(undefined)
}

function spelledOut(given: MembershipInFile): { type: string; parameters: readonly number[] } {
  return 'type' in given ? given : { type: 'triangular', parameters: given }
}

/** A membership that has passed the checks. */
export function readMembership(
  name: string,
  given: StrategyFile['fuzzy_sets'][string][string],
): Membership {
  const { type, parameters } = spelledOut(given as MembershipInFile)
  return { name, type: findMembershipType(type)!, parameters }
}
