// Reads what a space says of one parameter: `{type: int, min: 5, max: 30, step: 5}`, or a list of values.

import { nearest } from '../core/did-you-mean.ts'
import type { Json } from '../core/hash.ts'
import { atStep, type NumberRange, type Range } from '../search/space.ts'
import { isMapping } from './plain-value.ts'
import { error, oneOf, show, unquoted, type Finding, type Path } from './problems.ts'

const TYPES = ['int', 'float', 'choice', 'bool'] as const
const SCALES = ['linear', 'log'] as const

/** Keys of each type beside `type` and `name`. */
const KEYS = {
  int: ['min', 'max', 'step', 'scale', 'points'],
  float: ['min', 'max', 'step', 'scale', 'points'],
  choice: ['values'],
  bool: [],
} as const

const EXAMPLE = 'write for example {type: int, min: 5, max: 30, step: 5}, or a list of values'

export type ReadRange = { readonly range: Range | null; readonly findings: readonly Finding[] }

export function readRange(given: unknown, path: Path): ReadRange {
  if (Array.isArray(given)) return readChoice(given, path)
  if (!isMapping(given)) {
    const message = `expected a range or a list of values, was ${show(given)}`
    return refused(error(path, message, EXAMPLE))
  }
  const type = TYPES.find((name) => name === given['type'])
  if (type === undefined) return refused(wrongType(given, path))
  const known: readonly string[] = ['type', 'name', ...KEYS[type]]
  const unknown = Object.keys(given).filter((key) => !known.includes(key))
  if (unknown.length > 0)
    return { range: null, findings: unknown.map((key) => unknownKey(key, known, type, path)) }
  if (type === 'bool') return { range: { kind: 'choice', values: [false, true] }, findings: [] }
  if (type !== 'choice') return readNumbers(given, type, path)
  if (Array.isArray(given['values'])) return readChoice(given['values'], [...path, 'values'])
  const message = Object.hasOwn(given, 'values')
    ? `expected a list of values, was ${show(given['values'])}`
    : 'is missing: a choice is between values'
  return refused(error([...path, 'values'], message, 'write for example values: [relu, tanh]'))
}

function refused(...findings: readonly Finding[]): ReadRange {
  return { range: null, findings }
}

function wrongType(given: Record<string, unknown>, path: Path): Finding {
  const { type } = given
  if (type === undefined)
    return error(path, 'has no type', `it takes one of ${oneOf(TYPES)}; ${EXAMPLE}`)
  const meant = typeof type === 'string' ? nearest(type, TYPES) : undefined
  const remedy = meant === undefined ? undefined : `did you mean "${meant}"?`
  return error([...path, 'type'], `expected one of ${oneOf(TYPES)}, was ${show(type)}`, remedy)
}

function unknownKey(key: string, known: readonly string[], type: string, path: Path): Finding {
  const meant = nearest(key, known)
  const remedy = meant === undefined ? `it has ${known.join(', ')}` : `did you mean "${meant}"?`
  return error([...path, key], `is not a key of a range of type ${type}`, remedy, { atKey: true })
}

function readChoice(values: readonly unknown[], path: Path): ReadRange {
  const texts = values.map((value) => JSON.stringify(value))
  const twice = texts.findIndex((text, i) => texts.indexOf(text) < i)
  if (twice !== -1) return refused(error([...path, twice], `${show(values[twice])} is given twice`))
  if (values.length < 2)
    return refused(
      error(path, 'holds fewer than two values: there is nothing to choose', 'add another value'),
    )
  return { range: { kind: 'choice', values: values as readonly Json[] }, findings: [] }
}

function readNumbers(
  given: Record<string, unknown>,
  kind: NumberRange['kind'],
  path: Path,
): ReadRange {
  const findings: Finding[] = []
  const numberAt = (key: string, isWhole: boolean, above: number): number | null => {
    const value = given[key]
    if (value === undefined) return null
    const fits =
      typeof value === 'number' &&
      (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
      value > above
    if (fits) return value
    const what = isWhole ? 'a whole number' : 'a number'
    const bound = above === -Infinity ? '' : ` above ${above}`
    const remedy = typeof value === 'string' ? unquoted(value) : undefined
    findings.push(error([...path, key], `expected ${what}${bound}, was ${show(value)}`, remedy))
    return null
  }
  const isInt = kind === 'int'
  const low = numberAt('min', isInt, -Infinity)
  const most = numberAt('max', isInt, -Infinity)
  const step = numberAt('step', isInt, 0)
  const points = numberAt('points', true, 1)
  const scale = given['scale'] ?? 'linear'
  for (const key of ['min', 'max'])
    if (!Object.hasOwn(given, key))
      findings.push(error(path, `has no ${key}`, `write for example ${EXAMPLE_OF[kind]}`))
  if (!SCALES.some((name) => name === scale))
    findings.push(error([...path, 'scale'], `expected one of ${oneOf(SCALES)}, was ${show(scale)}`))
  const isLog = scale === 'log'
  if (isLog && low !== null && low <= 0)
    findings.push(error([...path, 'min'], `is ${low}, and a log scale begins above 0`))
  if (isLog && step !== null)
    findings.push(
      error([...path, 'step'], 'belongs to a linear scale', 'leave it out, or leave scale out'),
    )
  if (findings.length > 0 || low === null || most === null) return { range: null, findings }
  if (low >= most)
    return refused(
      error([...path, 'max'], `is ${most}, which is not above min ${low}`, 'swap the two'),
    )
  const steps = step ?? (isInt ? 1 : null)
  const range: NumberRange = { kind, low, high: most, step: steps, isLog, points }
  if (steps === null) return { range, findings }
  const count = Math.floor((most - low) / steps + 1e-9)
  if (count < 1)
    return refused(error([...path, 'step'], `${steps} is more than from min ${low} to max ${most}`))
  return { range: { ...range, high: atStep(range, count) }, findings }
}

const EXAMPLE_OF = {
  int: '{type: int, min: 5, max: 30}',
  float: '{type: float, min: 0.0001, max: 0.1, scale: log}',
} as const
