// What can be wrong with a strategy file, and how it is said.
//
// Words: a *finding* is what a check sees, addressed by its path in the file; a *problem* is a
// finding with its place (file:line:column). An `error` must be corrected, a `warning` stops nothing.
// Checks are pure functions that return findings.

import { nearest } from '../core/did-you-mean.ts'

export type Severity = 'error' | 'warning'
export type Path = readonly (string | number)[]

export type Finding = {
  readonly severity: Severity
  readonly path: Path
  /** What is wrong, readable on its own. */
  readonly message: string
  /** What belongs here, for programs; the message says it too. */
  readonly expected?: string
  /** What to do or to write instead. */
  readonly remedy?: string
  /** Points into a text: `at` characters after its beginning. */
  readonly within?: { readonly text: string; readonly at: number }
  /** Points at the key instead of its value. */
  readonly atKey?: boolean
}

export type Problem = {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `nn_inputs[0].timeframes`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
  readonly expected?: string
  readonly remedy?: string
  readonly severity: Severity
}

type Facts = Omit<Finding, 'severity' | 'path' | 'message' | 'remedy'>

/** A finding of each severity; `remedy` undefined means that there is none. */
export const error = finding('error')
export const warning = finding('warning')

function finding(severity: Severity) {
  return (path: Path, message: string, remedy?: string, facts: Facts = {}): Finding => ({
    severity,
    path,
    message: printable(message),
    ...(remedy === undefined ? {} : { remedy: printable(remedy) }),
    ...facts,
  })
}

/** A key that another one asks for. */
export function missing(path: Path, reason: string, example: string): Finding {
  return error(path, `is missing: ${reason} needs it`, `write for example ${example}`)
}

/** Names come from a file: none may break a line, or move a cursor, or turn the writing round. */
function printable(text: string): string {
  return text.replaceAll(
    /[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, // oxlint-disable-line no-control-regex
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `momentum.yaml:14:9 fuzzy_sets.rsi.oversold: expected three numbers […], was "low"; write …` */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`
  const path = problem.path === '' ? '' : ` ${problem.path}`
  const remedy = problem.remedy === undefined ? '' : `; ${problem.remedy}`
  return `${place}${path}: ${problem.message}${remedy}`
}

/** `nn_inputs[0].timeframes`; names that are no ids are quoted. */
export function pathText(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\p{L}\p{N}_-]+$/u.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${printable(JSON.stringify(step))}]`
  }
  return text
}

/** A value as a message shows it: `"low"`, `5`, `a list`, `a mapping`, `empty`. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value)
  if (Array.isArray(value)) {
    const text = `[${value.map(show).join(', ')}]`
    return text.length <= 40 && !text.includes('a mapping') ? text : 'a list'
  }
  return typeof value === 'object' ? 'a mapping' : String(value)
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`
}

/** What to do about a number in quotes. */
export function unquoted(value: string): string | undefined {
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value))
  return isNumber ? `write ${value.trim()} without quotes` : undefined
}

/** `did you mean "rsi"?`, or else what there is: `available: a, b`. */
export function suggest(word: string, candidates: readonly string[], label: string): string {
  const meant = nearest(word, candidates)
  if (meant !== undefined) return `did you mean "${meant}"?`
  return candidates.length === 0 ? `there are no ${label}` : `${label}: ${candidates.join(', ')}`
}
