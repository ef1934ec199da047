// Reads and checks `indicators`: types and parameters against the catalog, and whether an input
// needs them.

import { nearest } from '../core/did-you-mean.ts'
import { findIndicator, indicatorNames, INDICATORS, refusal } from '../indicators/catalog.ts'
import { checkParameters } from '../indicators/compute.ts'
import type { Indicator, Parameters } from '../indicators/indicator.ts'
import { parametersMeant } from './parameters-meant.ts'
import { error, show, suggest, unquoted, warning } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import { reach } from './references.ts'
import type { Reach } from './references.ts'
import type { PartialFile } from './schema.ts'

export function checkIndicators(file: PartialFile): Finding[] {
  const reached = reach(file)
  const findings: Finding[] = []
  for (const [id, given] of Object.entries(file.indicators ?? {})) {
    const path = ['indicators', id]
    const used = reached === undefined || reached.indicators.has(id)
    if (given?.type !== undefined) findings.push(...checkOne(path, given.type, given, used))
    if (!used) findings.push(warning(path, unusedBy(reached.by), undefined, { atKey: true }))
  }
  return findings
}

function unusedBy(by: Reach['by']): string {
  return `is not used by any ${by}, so it is not computed`
}

function checkOne(path: Path, type: string, given: object, used: boolean): readonly Finding[] {
  const why = refusal(type)
  if (why !== undefined)
    return used ? [error([...path, 'type'], `${type} cannot be a feature, because ${why}`)] : []
  const indicator = findIndicator(type)
  if (indicator !== undefined) {
    const { parameters, findings } = readParameters(indicator, given, path)
    const isBroken = findings.some(({ severity }) => severity === 'error')
    return isBroken ? findings : [...findings, ...checkSpeeds(path, parameters)]
  }
  const meant = nearest(
    type,
    indicatorNames().filter((name) => refusal(name) === undefined),
  )
  const remedy = meant === undefined ? `available: ${availableTypes()}` : `did you mean "${meant}"?`
  return [error([...path, 'type'], `unknown indicator type ${show(type)}`, remedy)]
}

/** The sign of a difference of two means turns round when the slow one is the faster. */
function checkSpeeds(path: Path, parameters: Parameters): Finding[] {
  const { fast_period: fast, slow_period: slow } = parameters
  if (fast === undefined || slow === undefined || fast < slow) return []
  const message = `fast_period ${fast} is not below slow_period ${slow}`
  return [warning(path, message, 'write the shorter period first', { atKey: true })]
}

function availableTypes(): string {
  const usable = [...INDICATORS.keys()].filter((type) => refusal(type) === undefined)
  return usable.toSorted().join(', ')
}

/** The parameters that stand beside `type`, defaults filled in. */
export function readParameters(
  indicator: Indicator,
  given: object,
  path: Path,
): { readonly parameters: Parameters; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  const named: Record<string, unknown> = {}
  const spelledAs = new Map<string, string>()
  for (const [key, value] of Object.entries(given)) {
    if (key === 'type' || key === 'data_source') continue
    const names = parametersMeant(indicator, key) ?? [key]
    const twice = names.find(
      (name) => spelledAs.has(name) || (name !== key && Object.hasOwn(given, name)),
    )
    if (twice !== undefined) {
      findings.push(
        error([...path, key], `means ${twice}, which is given too`, 'keep one of the two'),
      )
      continue
    }
    if (names.length === 0) findings.push(idleParameter([...path, key], indicator, key))
    else if (names[0] !== key) {
      const message = `is read as ${names.join(' and ')}`
      findings.push(warning([...path, key], message, undefined, { atKey: true }))
    }
    for (const name of names) {
      spelledAs.set(name, key)
      named[name] = value
    }
  }
  const { parameters, problems } = checkParameters(indicator, named)
  const told = new Set<string>()
  for (const { parameter, expected } of problems) {
    const key = spelledAs.get(parameter)!
    if (told.has(key)) continue
    told.add(key)
    findings.push(
      Object.hasOwn(indicator.parameters, parameter)
        ? wrongParameter([...path, key], expected, named[parameter])
        : unknownParameter([...path, key], indicator, parameter),
    )
  }
  return { parameters, findings }
}

function idleParameter(path: Path, { type, parameters }: Indicator, key: string): Finding {
  const alike = Object.keys(parameters).filter((name) => name.endsWith(`_${key}`))
  const remedy = alike.length === 0 ? undefined : `it has ${alike.join(', ')}`
  return warning(path, `ignored: ${type} has no ${key}`, remedy, { atKey: true })
}

function wrongParameter(path: Path, expected: string, value: unknown): Finding {
  const remedy = typeof value === 'string' ? unquoted(value) : undefined
  return error(path, `expected ${expected}, was ${show(value)}`, remedy, { expected })
}

function unknownParameter(path: Path, { type, parameters }: Indicator, name: string): Finding {
  const remedy = suggest(name, Object.keys(parameters), 'parameters')
  return error(path, `is not a parameter of ${type}`, remedy, { atKey: true })
}
