// The space of a search: YAML → checked `Space` (src/search/space.ts). A path that the strategy does not have and a value
// that it refuses are found here, with their place in the file; what only the combination of values decides is found by the
// trial that has it.

import { KtrdrError } from '../core/errors.ts'
import type { Json } from '../core/hash.ts'
import { operandsOf, mapCondition, type Condition } from '../rules/condition.ts'
import { parseRule, type Reference } from '../rules/parse-rule.ts'
import type { Constraint, Parameter, Range, Space } from '../search/space.ts'
import { strategyIn } from './load-strategy.ts'
import { checkSearchedPath } from './searched-path.ts'
import { isMapping } from './plain-value.ts'
import { error, formatProblem, pathText, show, suggest } from './problems.ts'
import type { Finding, Path, Problem } from './problems.ts'
import { readRange } from './space-range.ts'
import { readDocument, type StrategyDocument } from './strategy-document.ts'
import { parsePath } from './value-path.ts'
import { withValues } from './with-values.ts'

const EXAMPLE = 'write for example parameters: {training.learning_rate: [0.001, 0.01]}'

/**
 * @param fileName what problems call the file
 * @param strategy sound, read from `strategyFile`
 * @throws SPACE_INVALID with all problems, one line each; `details.problems` is `Problem[]`
 */
export function parseSpace(
  text: string,
  fileName: string,
  strategy: StrategyDocument,
  strategyFile: string,
): Space {
  const document = readDocument(text, fileName)
  const { root } = document
  if (root === undefined) throw refusal(document.problems)
  const findings: Finding[] = []
  if (!isMapping(root)) findings.push(error([], `holds ${show(root)}, not a space`, EXAMPLE))
  const file = isMapping(root) ? root : {}
  for (const key of Object.keys(file))
    if (key !== 'parameters' && key !== 'constraints')
      findings.push(
        error([key], 'is not a key of a space', suggest(key, KEYS, 'possible here'), {
          atKey: true,
        }),
      )
  const given = file['parameters']
  const isEmpty = !isMapping(given) || Object.keys(given).length === 0
  if (isEmpty && findings.length === 0)
    findings.push(error(given === undefined ? [] : ['parameters'], 'has no parameters', EXAMPLE))
  const parameters = isMapping(given) ? readParameters(given, strategy, strategyFile, findings) : []
  const constraints = readConstraints(file['constraints'], parameters, findings)
  const problems = [...document.problems, ...findings.map(document.locate)].toSorted(
    (a, b) => a.line - b.line || a.column - b.column,
  )
  if (problems.length > 0) throw refusal(problems)
  return { parameters, constraints }
}

const KEYS = ['parameters', 'constraints']

function refusal(problems: readonly Problem[]): KtrdrError {
  return new KtrdrError('SPACE_INVALID', problems.map(formatProblem).join('\n'), {
    suggestions: ['docs/user-guides/search.md says what a space may hold.'],
    details: { problems },
  })
}

function readParameters(
  given: Record<string, unknown>,
  strategy: StrategyDocument,
  strategyFile: string,
  findings: Finding[],
): Parameter[] {
  const paths = Object.keys(given).map((key) => parsePath(key))
  const parameters: Parameter[] = []
  for (const [i, [key, said]] of Object.entries(given).entries()) {
    const place = ['parameters', key]
    const path = paths[i]
    const wrong = path
      ? checkSearchedPath(path, strategy.root)
      : { message: 'is not a path', remedy: 'write for example training.learning_rate' }
    if (wrong) findings.push(error(place, wrong.message, wrong.remedy, { atKey: true }))
    const { range, findings: ofRange } = readRange(said, place)
    findings.push(...ofRange)
    const name = isMapping(said) ? said['name'] : undefined
    if (name !== undefined && (typeof name !== 'string' || !NAME.test(name)))
      findings.push(
        error([...place, 'name'], `expected a name of letters, digits and _, was ${show(name)}`),
      )
    if (wrong || path === undefined || range === null) continue
    findings.push(...refusedValues(said, place, path, range, strategy, strategyFile))
    const others = paths.filter((other) => other !== undefined && other !== path) as Path[]
    parameters.push({ name: typeof name === 'string' ? name : tailOf(path, others), path, range })
  }
  for (const { name, path } of parameters) {
    const first = parameters.find((other) => other.name === name)!
    if (first.path !== path)
      findings.push(
        error(
          ['parameters', pathText(path), 'name'],
          `${show(name)} is the name of ${pathText(first.path)} too`,
        ),
      )
  }
  return parameters
}

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u

/** The shortest end of a path that no other one has: `learning_rate`, or `fast.period` beside `slow.period`. */
function tailOf(path: Path, others: readonly Path[]): string {
  for (let length = 1; length < path.length; length++) {
    const tail = path.slice(-length)
    if (typeof tail[0] === 'number') continue
    const text = pathText(tail)
    if (others.every((other) => pathText(other.slice(-length)) !== text)) return text
  }
  return pathText(path)
}

/** The ends of a range, or each of the values, that the strategy refuses in this place. */
function refusedValues(
  said: unknown,
  place: Path,
  path: Path,
  range: Range,
  strategy: StrategyDocument,
  strategyFile: string,
): Finding[] {
  const list: Path = isMapping(said) ? [...place, 'values'] : place
  const tried: (readonly [Path, Json])[] =
    range.kind === 'choice'
      ? range.values.map((value, i) => [[...list, i], value])
      : [
          [[...place, 'min'], range.low],
          [[...place, 'max'], range.high],
        ]
  const own = pathText(path)
  return tried.flatMap(([at, value]) => {
    const changed = { ...strategy, root: withValues(strategy.root, [{ path, value }]) }
    const problem = problemsOf(changed, strategyFile).find(
      (one) =>
        one.severity === 'error' && (one.path === own || /^[.[]/.test(tailAfter(one.path, own))),
    )
    if (problem === undefined) return []
    const { message, remedy } = problem
    return [error(at, `${show(value)} is refused by the strategy: ${message}`, remedy)]
  })
}

/** What follows `own`; empty when it is something else. */
function tailAfter(path: string, own: string): string {
  return path.startsWith(own) ? path.slice(own.length) : ''
}

function problemsOf(document: StrategyDocument, fileName: string): readonly Problem[] {
  try {
    strategyIn(document, fileName)
    return []
  } catch (cause) {
    if (!(cause instanceof KtrdrError) || cause.code !== 'STRATEGY_INVALID') throw cause
    return (cause.details['problems'] ?? []) as readonly Problem[]
  }
}

const CONSTRAINT = 'write for example fast.period < slow.period'

function readConstraints(
  given: unknown,
  parameters: readonly Parameter[],
  findings: Finding[],
): Constraint[] {
  if (given === undefined) return []
  const texts: unknown[] = Array.isArray(given) ? given : [given]
  return texts.flatMap((text, i): Constraint[] => {
    const path: Path = Array.isArray(given) ? ['constraints', i] : ['constraints']
    if (typeof text !== 'string') {
      findings.push(error(path, `expected a condition, was ${show(text)}`, CONSTRAINT))
      return []
    }
    const condition = readConstraint(text, path, parameters, findings)
    return condition === undefined ? [] : [{ text, condition }]
  })
}

function readConstraint(
  text: string,
  path: Path,
  parameters: readonly Parameter[],
  findings: Finding[],
): Condition<number> | undefined {
  const names = parameters.map(({ name }) => name)
  const words = new Set(names.flatMap((name) => [name, ...name.split(/[.[]/)]))
  const parsed = parseRule(text, words)
  if ('fault' in parsed) {
    const { at, message, remedy } = parsed.fault
    findings.push(error(path, message, remedy, { within: { text, at } }))
    return undefined
  }
  const before = findings.length
  const refuse = (at: number, message: string, remedy?: string): void =>
    void findings.push(error(path, message, remedy, { within: { text, at } }))
  for (const { operand, before: crosses } of operandsOf(parsed.condition)) {
    if (crosses) refuse(operand.at, 'crosses is for rules: numbers cross nothing', CONSTRAINT)
    const index = names.indexOf(spelled(operand))
    if (index === -1) {
      const remedy = suggest(spelled(operand), names, 'parameters of the space')
      refuse(operand.at, `${show(spelled(operand))} is not the name of a parameter`, remedy)
    } else if (!isNumeric(parameters[index]!.range))
      refuse(operand.at, `${show(names[index])} is not a number: only numbers are compared`)
  }
  if (findings.length > before) return undefined
  return mapCondition(parsed.condition, (operand) => names.indexOf(spelled(operand)))
}

function isNumeric(range: Range): boolean {
  return range.kind !== 'choice' || range.values.every((value) => typeof value === 'number')
}

/** A name as the parameters spell it: in a rule `[2]` would be bars before. */
function spelled({ name, member, timeframe, back }: Reference): string {
  return `${name}${member === null ? '' : `.${member}`}${back > 0 ? `[${back}]` : ''}${timeframe === null ? '' : `@${timeframe}`}`
}
