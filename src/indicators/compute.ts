// From a strategy's use of an indicator to its columns, and from what a user wrote to checked parameters.

import { invariant } from '../core/errors.ts'
import type { Bars } from '../data/bars.ts'
import { INDICATORS } from './catalog.ts'
import type {
  Indicator,
  IndicatorUse,
  Parameters,
  ParameterSpec,
  ParameterValue,
} from './indicator.ts'

/** One column of `bars.length` values for each output of the indicator, in the order of its outputs. */
export function computeIndicator(bars: Bars, use: IndicatorUse): Float64Array[] {
  return indicatorOf(use).compute(bars, use.parameters)
}

/** Warm-up of each output in bars, in the order of the indicator's outputs. */
export function indicatorWarmup(use: IndicatorUse): readonly number[] {
  return indicatorOf(use).warmup(use.parameters)
}

function indicatorOf(use: IndicatorUse): Indicator {
  const indicator = INDICATORS.get(use.type)
  invariant(indicator, `indicator '${use.id}' has type '${use.type}', which is not in the catalog`)
  return indicator
}

export type ParameterProblem = {
  readonly parameter: string
  /** One sentence with the parameter, the value and what is wrong. */
  readonly message: string
  /** What would be right: "an integer from 2 to 100"; for an unknown name, the known ones. */
  readonly expected: string
}

/**
 * Fills in the defaults and checks what was given, strictly: "14" is not an integer, 1 is not a boolean.
 * A parameter with a problem has its default in `parameters`, whose order is that of the indicator.
 */
export function checkParameters(
  indicator: Indicator,
  given: Readonly<Record<string, unknown>>,
): { parameters: Parameters; problems: ParameterProblem[] } {
  const problems: ParameterProblem[] = []
  const parameters: Record<string, ParameterValue> = {}

  for (const [name, spec] of Object.entries(indicator.parameters)) {
    parameters[name] = spec.default
    if (!Object.hasOwn(given, name)) continue
    const value = given[name]
    if (accepts(spec, value)) {
      parameters[name] = value
    } else {
      const expected = expectation(spec)
      const message = `'${name}' must be ${expected}, got ${shown(value)}`
      problems.push({ parameter: name, message, expected })
    }
  }

  const known = Object.keys(indicator.parameters)
  for (const name of Object.keys(given).filter((key) => !known.includes(key))) {
    const message = `'${indicator.type}' has no parameter '${name}'`
    problems.push({ parameter: name, message, expected: `one of ${known.join(', ')}` })
  }
  return { parameters, problems }
}

function accepts(spec: ParameterSpec, value: unknown): value is ParameterValue {
  switch (spec.kind) {
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(spec, value as number)
    case 'number':
      return Number.isFinite(value) && isWithin(spec, value as number)
    case 'boolean':
      return typeof value === 'boolean'
    case 'choice':
      return typeof value === 'string' && spec.choices.includes(value)
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a mapping' : String(value)
}

type Range = {
  readonly min: number
  readonly max: number
  readonly exclusiveMin?: boolean
  readonly exclusiveMax?: boolean
}

function isWithin({ min, max, exclusiveMin, exclusiveMax }: Range, value: number): boolean {
  return (exclusiveMin ? value > min : value >= min) && (exclusiveMax ? value < max : value <= max)
}

/** What a parameter takes, for messages and help: "a number above 0, at most 10". */
export function expectation(spec: ParameterSpec): string {
  switch (spec.kind) {
    case 'integer':
      return `an integer from ${spec.min} to ${spec.max}`
    case 'number':
      return `a number ${rangeOf(spec)}`
    case 'boolean':
      return 'true or false'
    case 'choice':
      return `one of ${spec.choices.join(', ')}`
  }
}

function rangeOf({ min, max, exclusiveMin, exclusiveMax }: Range): string {
  const low = exclusiveMin ? `above ${min}` : `from ${min}`
  if (exclusiveMax) return `${low} and below ${max}`
  return exclusiveMin ? `${low}, at most ${max}` : `${low} to ${max}`
}
