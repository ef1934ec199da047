// An indicator as it is typed: `rsi`, `rsi:21`, `macd:8,21,5`, `rsi:period=21,source=high`. Values without a name are
// the parameters in their order.

import { nearest } from '../core/did-you-mean.ts'
import { KtrdrError } from '../core/errors.ts'
import { counted } from '../core/text.ts'
import { findIndicator, indicatorNames } from './catalog.ts'
import { checkParameters, type ParameterProblem } from './compute.ts'
import type { Indicator, IndicatorUse, ParameterSpec } from './indicator.ts'

/**
 * @returns a use whose id is what was typed, as a name: `rsi_21`
 * @throws INDICATOR_NOT_FOUND for an unknown type, USAGE for what its parameters do not take
 */
export function parseIndicatorSpec(text: string): IndicatorUse {
  const colon = text.indexOf(':')
  const name = (colon === -1 ? text : text.slice(0, colon)).trim()
  const indicator = indicatorNamed(name)
  const words = colon === -1 ? [] : text.slice(colon + 1).split(',')
  const given = namedValues(text, words, indicator)
  const { parameters, problems } = checkParameters(indicator, given)
  const [problem] = problems
  if (problem) throw wrongSpec(text, indicator, sentenceOf(problem, indicator))
  const id = [name.toLowerCase(), ...Object.values(given)].join('_')
  return { id, type: indicator.type, parameters }
}

function sentenceOf({ parameter, message }: ParameterProblem, { parameters }: Indicator): string {
  const known = Object.keys(parameters)
  if (known.includes(parameter)) return `${message}.`
  const meant = nearest(parameter, known)
  if (meant !== undefined) return `${message}. Did you mean "${meant}"?`
  return `${message}; it has ${known.join(', ') || 'none'}.`
}

/** @throws INDICATOR_NOT_FOUND, with the type that was probably meant */
export function indicatorNamed(name: string): Indicator {
  const found = findIndicator(name)
  if (found) return found
  const meant = nearest(name, indicatorNames())
  const question = meant === undefined ? '' : ` Did you mean "${meant}"?`
  throw new KtrdrError('INDICATOR_NOT_FOUND', `No indicator is called "${name}".${question}`, {
    suggestions: [
      ...(meant === undefined ? [] : [`ktrdr indicators show ${meant}`]),
      'ktrdr indicators list',
    ],
  })
}

function namedValues(
  text: string,
  words: readonly string[],
  indicator: Indicator,
): Record<string, unknown> {
  const specs = Object.entries(indicator.parameters)
  const given: Record<string, unknown> = {}
  let isNamed = false
  for (const [i, word] of words.entries()) {
    const equals = word.indexOf('=')
    isNamed ||= equals !== -1
    if (isNamed && equals === -1)
      throw wrongSpec(text, indicator, `"${word}" stands behind a named value, so it needs a name.`)
    if (equals === -1 && i >= specs.length) throw wrongSpec(text, indicator, tooMany(specs.length))
    const key = equals === -1 ? specs[i]![0] : word.slice(0, equals).trim()
    if (Object.hasOwn(given, key)) throw wrongSpec(text, indicator, `${key} is given twice.`)
    given[key] = valueOf(word.slice(equals + 1).trim(), indicator.parameters[key])
  }
  return given
}

function tooMany(count: number): string {
  return count === 0
    ? 'it has no parameters.'
    : `it has no more than ${counted(count, 'parameter')}.`
}

/** A text that is no number stays one, so that the check can show it. */
function valueOf(text: string, spec: ParameterSpec | undefined): unknown {
  if (spec?.kind === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  const isNumeric = spec?.kind === 'integer' || spec?.kind === 'number'
  return isNumeric && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
}

function wrongSpec(text: string, { type }: Indicator, why: string): KtrdrError {
  return new KtrdrError('USAGE', `${text}: ${why}`, {
    suggestions: [`ktrdr indicators show ${type}`],
  })
}
