// Does a phase, or the file around the phases, fit its grammar? A finding for each key that does not.

import * as z from 'zod'
import { nearest } from '../core/did-you-mean.ts'
import { isMapping, valueAt } from '../strategy/plain-value.ts'
import { error, oneOf, show, unquoted } from '../strategy/problems.ts'
import type { Finding, Path } from '../strategy/problems.ts'
import { expectation, schemaAt, unwrap } from '../strategy/schema-walk.ts'
import { notes } from '../strategy/schema-words.ts'
import {
  GRAMMARS,
  PHASE_KINDS,
  PREPARE_ACTIONS,
  PREPARE_GRAMMARS,
  type PhaseKind,
  type PhaseSettings,
  type PrepareAction,
} from './schema.ts'

type Fitted<Value> = {
  readonly findings: readonly Finding[]
  /** undefined when something does not fit. */
  readonly value: Value | undefined
}

/** What a value says under a grammar, and where it does not fit. @param at of the value in the file */
export function fit<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  at: Path,
): Fitted<z.output<Schema>> {
  const parsed = schema.safeParse(withoutEmpty(value))
  if (parsed.success) return { findings: [], value: parsed.data }
  const misspelt = new Set<string>()
  const issues = parsed.error.issues
  const unknown = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey(schema, issue.path as Path, key, at, misspelt))
      : [],
  )
  const others = issues
    .filter(({ code }) => code !== 'unrecognized_keys')
    .filter(({ path }) => !(path.length === 1 && misspelt.has(String(path[0]))))
    .map((issue) => misfit(schema, issue, value, at))
  return { findings: [...unknown, ...others], value: undefined }
}

/** A key left empty is as one that is not there. */
function withoutEmpty(value: unknown): unknown {
  if (!isMapping(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null))
}

/** @param misspelt what was meant by misspelt keys so far; grows */
function unknownKey(
  schema: z.ZodObject,
  path: Path,
  key: string,
  at: Path,
  misspelt: Set<string>,
): Finding {
  const owner = schemaAt(schema, path)
  const inner = owner && unwrap(owner)
  const keys = inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
  const word = key.replaceAll('-', '_') // a flag of the command that does the same
  const meant = nearest(word, keys)
  if (meant !== undefined && path.length === 0) misspelt.add(meant)
  const remedy =
    meant === undefined
      ? (homeOf(word) ?? `possible here: ${shown(keys)}`)
      : `did you mean "${meant}"?`
  return error([...at, ...path, key], 'is not a key here', remedy, { atKey: true })
}

/** The keys that a phase is about; the terms of trading are too many to list. */
function shown(keys: readonly string[]): string {
  const own = keys.filter((key) => Object.values(GRAMMARS).some(({ shape }) => key in shape))
  const listed = own.length > 0 && own.length < keys.length ? own : keys
  return listed.join(', ')
}

/** Kinds of phases that have a key. */
function homeOf(key: string): string | undefined {
  const kinds = PHASE_KINDS.filter((kind) =>
    grammarsOf(kind).some(({ shape }) => Object.hasOwn(shape, key)),
  )
  return kinds.length === 0 ? undefined : `it is for phases of kind ${oneOf(kinds)}`
}

function grammarsOf(kind: PhaseKind): readonly z.ZodObject[] {
  return kind === 'prepare' ? Object.values(PREPARE_GRAMMARS) : [GRAMMARS[kind]]
}

function misfit(schema: z.ZodObject, issue: z.core.$ZodIssue, given: unknown, at: Path): Finding {
  const path = issue.path as Path
  const where = [...at, ...path]
  const found = schemaAt(schema, path)
  if (issue.code === 'invalid_key' || found === undefined)
    return error(
      where,
      'is not possible as a name',
      'use letters, digits, _ and -, and not digits alone',
      {
        atKey: true,
      },
    )
  const inner = unwrap(found)
  const expected = expectation(inner)
  const remedy = notes.get(inner)?.remedy
  const value = valueAt(given, path)
  if (value === undefined || value === null)
    return error(where, 'is missing', remedy ?? `it takes ${expected}`, { expected })
  return error(
    where,
    `expected ${expected}, was ${show(value)}`,
    correction(value, inner) ?? remedy,
    {
      expected,
    },
  )
}

/** What to write instead of a value of the wrong kind. */
function correction(value: unknown, schema: z.core.$ZodType): string | undefined {
  if (typeof value === 'string' && schema instanceof z.ZodEnum) {
    const meant = nearest(value, schema.options.map(String))
    return meant === undefined ? undefined : `did you mean "${meant}"?`
  }
  if (typeof value === 'string' && schema instanceof z.ZodNumber) return unquoted(value)
  const isText = schema instanceof z.ZodString && schema.safeParse(String(value)).success
  return isText && typeof value === 'number' ? `write it in quotes: "${value}"` : undefined
}

/** A phase by the grammar of its kind. */
export function fitPhase(value: unknown, at: Path): Fitted<PhaseSettings> {
  if (!isMapping(value)) {
    const message = `expected a mapping, was ${show(value)}`
    return broken(error(at, message, 'write for example {kind: train, strategy: pullback.yaml}'))
  }
  const kind = chosen(value, 'kind', PHASE_KINDS, at)
  if (typeof kind !== 'string') return broken(kind)
  if (kind !== 'prepare') return fit(GRAMMARS[kind], value, at) as Fitted<PhaseSettings>
  const action = chosen(value, 'action', PREPARE_ACTIONS, at)
  if (typeof action !== 'string') return broken(action)
  return fit(PREPARE_GRAMMARS[action], value, at) as Fitted<PhaseSettings>
}

function broken(finding: Finding): Fitted<never> {
  return { findings: [finding], value: undefined }
}

/** The word that decides which other keys there are. */
function chosen<Word extends PhaseKind | PrepareAction>(
  phase: Readonly<Record<string, unknown>>,
  key: string,
  words: readonly Word[],
  at: Path,
): Word | Finding {
  const value = phase[key]
  const word = words.find((one) => one === value)
  if (word !== undefined) return word
  const expected = `one of ${oneOf(words)}`
  if (value === undefined || value === null) {
    const meant = Object.keys(phase).find((other) => nearest(other, [key], 2) !== undefined)
    if (meant !== undefined)
      return error([...at, meant], 'is not a key here', `did you mean "${key}"?`, { atKey: true })
    return error([...at, key], 'is missing', `it takes ${expected}`, { expected })
  }
  const meant = typeof value === 'string' ? nearest(value, words) : undefined
  return error(
    [...at, key],
    `expected ${expected}, was ${show(value)}`,
    meant === undefined ? undefined : `did you mean "${meant}"?`,
    { expected },
  )
}
