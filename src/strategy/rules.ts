// Reads and checks `rules`: what each says, and that every name in it means one thing.

import type { Timeframe } from '../data/bars.ts'
import { operandsOf, mapCondition } from '../rules/condition.ts'
import { parseRule } from '../rules/parse-rule.ts'
import type { Reference } from '../rules/parse-rule.ts'
import type { Operand, OperandSource, Rule, Rules, SideRules } from '../rules/rule-plan.ts'
import type { FuzzySet } from '../fuzzy/membership.ts'
import { invariant } from '../core/errors.ts'
import { error, warning } from './problems.ts'
import type { Finding } from './problems.ts'
import { findReference } from './references.ts'
import { meaningOf, referencesOf, rulesInFile, wordsOf } from './rule-references.ts'
import type { RuleInFile } from './rule-references.ts'
import type { PartialFile, RuleFile } from './schema.ts'
import { RULES_REMEDY } from './schema-rules.ts'
import { baseTimeframeOf, timeframesOf } from './training-data.ts'

export function checkRules(file: PartialFile): Finding[] {
  const { rules } = file
  if (rules === undefined) return []
  if (!Object.hasOwn(rules, 'long') && !Object.hasOwn(rules, 'short'))
    return [error(['rules'], 'has neither long nor short', RULES_REMEDY, { atKey: true })]
  return [...rulesInFile(file).flatMap((rule) => checkOne(rule, file)), ...unusedTimeframes(file)]
}

function checkOne({ path, text, parsed }: RuleInFile, file: PartialFile): Finding[] {
  const finding = (at: number, message: string, remedy?: string): Finding =>
    error(path, message, remedy, { within: { text, at } })
  if ('fault' in parsed) {
    const { at, message, remedy } = parsed.fault
    return [finding(at, message, remedy)]
  }
  const available = timeframesOf(file)
  return operandsOf(parsed.condition).flatMap(({ operand }) => {
    const { timeframe, at, timeframeAt } = operand
    const meaning = meaningOf(operand, file)
    const findings: Finding[] = []
    if (meaning !== undefined && 'message' in meaning)
      findings.push(finding(at, meaning.message, meaning.remedy))
    if (timeframe !== null && available && !(available as readonly string[]).includes(timeframe)) {
      const remedy = `available timeframes: ${available.join(', ')}`
      findings.push(finding(timeframeAt, `invalid timeframe '${timeframe}'`, remedy))
    }
    return findings
  })
}

/** Trades need the base timeframe; any other is there for operands only. */
function unusedTimeframes(file: PartialFile): Finding[] {
  const available = timeframesOf(file)
  const base = baseTimeframeOf(file)
  const references = referencesOf(file)
  if (available === undefined || base === undefined || references === undefined) return []
  const used = new Set<string | null>(references.map(({ timeframe }) => timeframe))
  const key = file.training_data?.timeframes?.list === undefined ? 'timeframes' : 'list'
  return available.flatMap((timeframe, i) =>
    timeframe === base || used.has(timeframe)
      ? []
      : [warning(['training_data', 'timeframes', key, i], `${timeframe} is not used by any rule`)],
  )
}

/** @param fuzzySets those that the rules need */
export function resolveRules(file: RuleFile, fuzzySets: readonly FuzzySet[]): Rules {
  const words = wordsOf(file)
  const operandOf = (reference: Reference): Operand => ({
    text: spelled(reference),
    source: sourceOf(reference, file, fuzzySets),
    timeframe: reference.timeframe as Timeframe | null,
    back: reference.back,
  })
  const resolved = (text: string): Rule => {
    const parsed = parseRule(text, words)
    invariant('condition' in parsed, `the rule ${text} was checked`)
    return { text, condition: mapCondition(parsed.condition, operandOf) }
  }
  const side = (given: RuleFile['rules']['long']): SideRules | null =>
    given === undefined
      ? null
      : {
          enter: resolved(given.enter),
          exit: given.exit === undefined ? null : resolved(given.exit),
        }
  return { long: side(file.rules.long), short: side(file.rules.short) }
}

function spelled({ name, member, timeframe, back }: Reference): string {
  const ref = member === null ? name : `${name}.${member}`
  return `${ref}${timeframe === null ? '' : `@${timeframe}`}${back === 0 ? '' : `[${back}]`}`
}

function sourceOf(
  reference: Reference,
  file: RuleFile,
  fuzzySets: readonly FuzzySet[],
): OperandSource {
  const meaning = meaningOf(reference, file)
  invariant(meaning && 'kind' in meaning, `the name ${reference.name} was checked`)
  if (meaning.kind === 'price') return meaning
  if (meaning.kind === 'indicator') {
    const found = findReference(meaning.ref, file.indicators)
    invariant(found && 'found' in found, `the reference ${meaning.ref} was checked`)
    return { kind: 'indicator', indicator: found.found }
  }
  const set = fuzzySets.find(({ id }) => id === meaning.set)
  const membership = set?.memberships.find(({ name }) => name === meaning.membership)
  invariant(set && membership, `the membership ${meaning.set}.${meaning.membership} was checked`)
  return { kind: 'membership', set, membership }
}
