// Does the file fit the grammar? A finding for each key that does not, and the parts that do, so
// that the other checks can go on with those.

import * as z from 'zod'
import { nearest } from '../core/did-you-mean.ts'
import { checkLeftover, foreignKey } from './foreign-keys.ts'
import { isMapping, valueAt } from './plain-value.ts'
import { error, show, unquoted, warning } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import { NETWORK_KEYS, ruleFile, strategyFile } from './schema.ts'
import type { PartialFile, RuleFile, StrategyFile } from './schema.ts'
import { expectation, homeOf, keysAt, placeAt } from './schema-walk.ts'
import type { Place } from './schema-walk.ts'
import { ID_REMEDY } from './schema-words.ts'

export type Structure = {
  readonly findings: readonly Finding[]
  /** What fits. A value that does not is undefined under its key; unknown keys have no reader. */
  readonly sound: PartialFile
  /** The whole file with its defaults, when all of it fits. */
  readonly file: StrategyFile | RuleFile | undefined
}

type Issue = z.core.$ZodIssue

export function checkStructure(root: unknown): Structure {
  const findings: Finding[] = []
  const given = withoutIdleKeys(root, [], findings)
  const hasRules = isMapping(root) && Object.hasOwn(root, 'rules')
  const parsed = (hasRules ? ruleFile : strategyFile).safeParse(given)
  const sound = structuredClone(given)
  const issues = parsed.error?.issues.flatMap(innermost) ?? []
  for (const issue of issues)
    if (issue.code === 'unrecognized_keys') findings.push(...unknownKeys(issue, sound))
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') continue
    const finding = misfit(issue, given, sound)
    if (finding !== undefined) findings.push(finding)
    put(sound, issue.path as Path, undefined)
  }
  return { findings, sound: sound as PartialFile, file: parsed.data as Structure['file'] }
}

/** A copy without the keys that do nothing (a warning each) and the optional keys left empty. */
function withoutIdleKeys(value: unknown, path: Path, findings: Finding[]): unknown {
  if (Array.isArray(value))
    return value.map((item, i) => withoutIdleKeys(item, [...path, i], findings))
  if (!isMapping(value)) return value
  const kept: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const inner = [...path, key]
    const place = placeAt(inner)
    const leftover = checkLeftover(inner, item, value)
    if (place?.ignored !== undefined) {
      findings.push(warning(inner, uncapitalised(place.ignored), undefined, { atKey: true }))
    } else if (leftover !== undefined) {
      findings.push(leftover)
    } else if (item !== null || place === undefined || place.required) {
      kept[key] = withoutIdleKeys(item, inner, findings)
    } else if (place.byDefault !== undefined) {
      const message = `is empty, so the default ${show(place.byDefault)} is used`
      findings.push(warning(inner, message, undefined, { atKey: true }))
    }
  }
  return kept
}

function uncapitalised(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`
}

/** Of a union, the issues of the form that was meant: the one that failed inside, not at once. */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const meant = issue.errors.find((issues) => issues.every((inner) => inner.path.length > 0))
  if (meant === undefined) return [issue]
  return meant.flatMap((inner) => innermost({ ...inner, path: [...issue.path, ...inner.path] }))
}

/**
 * The keys that unknown ones were meant to be count as broken, not as missing; those of a network beside rules are not
 * looked at.
 */
function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, sound: unknown): Finding[] {
  const path = issue.path as Path
  const owner = valueAt(sound, path)
  return issue.keys.map((key) => {
    if (path.length === 0 && (NETWORK_KEYS as readonly string[]).includes(key)) {
      if (isMapping(owner)) delete owner[key]
      return error([key], 'belongs to a network, and this strategy has rules', ONE_OF_TWO, {
        atKey: true,
      })
    }
    const foreign = foreignKey(path, key)
    const meant = foreign?.meant ?? nearest(key, keysAt(path))
    if (meant !== undefined && isMapping(owner) && !Object.hasOwn(owner, meant))
      owner[meant] = undefined
    const guess = meant === undefined ? elsewhere(key, path) : `did you mean "${meant}"?`
    const remedy = foreign?.remedy ?? guess
    return error([...path, key], 'is not a key of the format', remedy, { atKey: true })
  })
}

const ONE_OF_TWO = 'remove it, or remove rules: a strategy has one of the two'

function elsewhere(key: string, path: Path): string {
  const home = homeOf(key)
  if (home !== undefined) return `it belongs ${home}`
  const known = keysAt(path).filter((name) => placeAt([...path, name])?.ignored === undefined)
  return `possible here: ${known.join(', ')}`
}

/** What is wrong with a value; nothing when it is missing only because its key is misspelt. */
function misfit(issue: Issue, given: unknown, sound: unknown): Finding | undefined {
  const path = issue.path as Path
  const place = placeAt(path)
  if (issue.code === 'invalid_key' || place === undefined)
    return error(path, 'is not possible as a name', ID_REMEDY, { atKey: true })
  const expected = expectation(place.schema)
  const value = valueAt(given, path)
  if (value !== undefined) {
    const message = `expected ${expected}, was ${show(value)}`
    return error(path, message, correction(value, place), { expected })
  }
  const owner = valueAt(sound, path.slice(0, -1))
  if (isMapping(owner) && Object.hasOwn(owner, path.at(-1)!)) return undefined
  return error(path, 'is missing', place.remedy ?? `it takes ${expected}`, { expected })
}

/** What to write instead of a value of the wrong kind. */
function correction(value: unknown, { schema, remedy }: Place): string | undefined {
  const options: readonly z.core.$ZodType[] =
    schema instanceof z.ZodUnion ? schema.options : [schema]
  const choices = options.flatMap((option) =>
    option instanceof z.ZodEnum ? option.options.map(String) : [],
  )
  if (typeof value === 'string') {
    const prefix = choices.find((choice) => value.startsWith(`${choice}_`))
    const meant = prefix ?? nearest(value, choices)
    if (meant !== undefined) return `did you mean "${meant}"?`
    if (options.some((option) => option instanceof z.ZodNumber)) return unquoted(value) ?? remedy
    if (schema instanceof z.ZodBoolean && /^(yes|on|y|true)$/i.test(value)) return 'write true'
    if (schema instanceof z.ZodBoolean && /^(no|off|n|false)$/i.test(value)) return 'write false'
  }
  const isScalar = typeof value === 'number' || typeof value === 'boolean'
  if (isScalar && schema instanceof z.ZodString && schema.safeParse(String(value)).success)
    return `write it in quotes: "${value}"`
  return remedy
}

function put(root: unknown, path: Path, value: unknown): void {
  const owner = valueAt(root, path.slice(0, -1))
  const step = path.at(-1)
  if (Array.isArray(owner) && typeof step === 'number') owner[step] = value
  else if (isMapping(owner) && step !== undefined) owner[step] = value
}
