// YAML → checked strategy.
//
// strategy-document.ts reads the text and knows where everything stands; schema*.ts is the grammar
// and structure.ts applies it; training-data.ts, context-data.ts, indicator-uses.ts, fuzzy-sets.ts,
// nn-inputs.ts, rules.ts, label-settings.ts, history.ts, settings.ts, trading.ts and idle-keys.ts check
// what keys mean to each other; resolve.ts makes the `Strategy`.
// All problems of a file are told at once.

import { readFileSync, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { KtrdrError, systemCode } from '../core/errors.ts'
import { shellWord } from '../core/shell-word.ts'
import { strategyNotFound } from './find-strategy.ts'
import { checkContext } from './context-data.ts'
import { checkFuzzySets } from './fuzzy-sets.ts'
import { checkHistory } from './history.ts'
import { checkIdleKeys } from './idle-keys.ts'
import { checkIndicators } from './indicator-uses.ts'
import { checkLabels } from './label-settings.ts'
import { checkInputs } from './nn-inputs.ts'
import { isMapping } from './plain-value.ts'
import { error, formatProblem, show, warning } from './problems.ts'
import type { Finding, Problem } from './problems.ts'
import { resolveRuleStrategy, resolveStrategy } from './resolve.ts'
import { checkRules } from './rules.ts'
import type { RuleFile, StrategyFile } from './schema.ts'
import { checkSettings } from './settings.ts'
import { hasRules } from './strategy.ts'
import type { RuleStrategy, Strategy } from './strategy.ts'
import { readDocument } from './strategy-document.ts'
import type { StrategyDocument } from './strategy-document.ts'
import { checkStructure } from './structure.ts'
import { checkTrading } from './trading.ts'
import { checkTrainingData } from './training-data.ts'
import { MAX_BYTES, TOO_BIG } from './yaml-limits.ts'

export { findStrategy } from './find-strategy.ts'
export { formatProblem } from './problems.ts'
export type { Problem } from './problems.ts'

export type ParsedStrategy<Kind = Strategy> = {
  readonly strategy: Kind
  readonly warnings: readonly Problem[]
}

export type LoadedStrategy<Kind = Strategy> = ParsedStrategy<Kind> & {
  readonly text: string
}

type AnyStrategy = Strategy | RuleStrategy

/**
 * A strategy with a network.
 * @throws USAGE for one with rules, and what `parseAnyStrategy` throws
 */
export function parseStrategy(text: string, fileName: string): ParsedStrategy {
  const { strategy, warnings } = parseAnyStrategy(text, fileName)
  return { strategy: withNetwork(strategy, fileName), warnings }
}

function withNetwork(strategy: AnyStrategy, fileName: string): Strategy {
  if (!hasRules(strategy)) return strategy
  throw new KtrdrError(
    'USAGE',
    `The strategy ${strategy.name} has rules and no network: there is nothing to train.`,
    { suggestions: [`ktrdr backtest ${shellWord(fileName)} --data FILE`] },
  )
}

/**
 * @param fileName what problems call the file
 * @throws STRATEGY_INVALID with all problems, one line each; `details.problems` is `Problem[]`,
 *   warnings included
 */
export function parseAnyStrategy(text: string, fileName: string): ParsedStrategy<AnyStrategy> {
  return strategyIn(readDocument(text, fileName), fileName)
}

/**
 * The same of a document that was read before, maybe with other values in it.
 * @throws as `parseAnyStrategy`
 */
export function strategyIn(
  document: StrategyDocument,
  fileName: string,
): ParsedStrategy<AnyStrategy> {
  const { root } = document
  if (!isMapping(root)) throw refusal(fileName, notAMapping(document))
  const foreign = foreignFormat(root, fileName)
  if (foreign !== undefined) throw refusal(fileName, [document.locate(foreign)], foreign.remedy)

  const { findings, sound, file } = checkStructure(root)
  const problems = [
    ...document.problems,
    ...[
      ...findings,
      ...checkTrainingData(sound),
      ...checkContext(sound),
      ...checkIndicators(sound),
      ...checkFuzzySets(sound),
      ...checkInputs(sound),
      ...checkRules(sound),
      ...checkHistory(sound),
      ...checkLabels(sound),
      ...checkSettings(sound),
      ...checkTrading(sound),
      ...checkIdleKeys(sound),
      ...checkFileName(sound.name, fileName),
    ].map(document.locate),
  ].toSorted((a, b) => a.line - b.line || a.column - b.column)

  if (file === undefined || problems.some(({ severity }) => severity === 'error'))
    throw refusal(fileName, problems)
  const strategy = isRuleFile(file) ? resolveRuleStrategy(file) : resolveStrategy(file)
  return { strategy, warnings: problems }
}

function isRuleFile(file: StrategyFile | RuleFile): file is RuleFile {
  return file.rules !== undefined
}

/** @throws FILE_NOT_FOUND, IO_FAILED, and what `parseStrategy` throws */
export function loadStrategy(path: string): LoadedStrategy {
  const text = readStrategy(path)
  return { ...parseStrategy(text, path), text }
}

/** @throws FILE_NOT_FOUND, IO_FAILED, and what `parseAnyStrategy` throws */
export function loadAnyStrategy(path: string): LoadedStrategy<AnyStrategy> {
  const text = readStrategy(path)
  return { ...parseAnyStrategy(text, path), text }
}

/** Whether a file, sound or not, is of a strategy that has rules instead of a network. */
export function saysRules(path: string): boolean {
  const { root } = readDocument(readStrategy(path), path)
  return isMapping(root) && Object.hasOwn(root, 'rules')
}

/** @throws FILE_NOT_FOUND, IO_FAILED, and STRATEGY_INVALID for what is no text file */
export function readStrategy(path: string): string {
  return decode(readBytes(path), path)
}

function readBytes(path: string): Uint8Array {
  try {
    const status = statSync(path)
    if (!status.isFile()) throw refusal(path, [wholeFile(path, 'is not a file')])
    if (status.size > MAX_BYTES) throw refusal(path, [wholeFile(path, TOO_BIG)])
    return readFileSync(path)
  } catch (cause) {
    if (cause instanceof KtrdrError) throw cause
    if (systemCode(cause) === 'ENOENT' || systemCode(cause) === 'ENOTDIR')
      throw strategyNotFound(path)
    const message = `The strategy file ${path} cannot be read: ${(cause as Error).message}.`
    throw new KtrdrError('IO_FAILED', message, { cause })
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refusal(path, [wholeFile(path, 'is not UTF-8 text', 'save it as UTF-8')])
  }
}

function wholeFile(file: string, message: string, remedy?: string): Problem {
  const { path: _, ...finding } = error([], message, remedy)
  return { file, line: 1, column: 1, path: '', ...finding }
}

/** The name that a file gives: `momentum` of `momentum.yaml`, and of `momentum.v3.yaml`. */
export function stemOf(fileName: string): string {
  return basename(fileName, extname(fileName)).replace(/\.v3$/, '')
}

/** Models are stored under the `name:`, and files are looked up by theirs (W48). */
function checkFileName(name: string | undefined, fileName: string): Finding[] {
  const stem = stemOf(fileName)
  if (name === undefined || name === stem) return []
  const message = `is ${show(name)}, but the file is called ${show(stem)}`
  return [warning(['name'], message, `its models are stored as ${name}`)]
}

function notAMapping({ root, problems, locate }: StrategyDocument): readonly Problem[] {
  if (root === undefined) return problems
  const what = root === null ? 'is empty' : `holds ${show(root)}, not a mapping`
  return [...problems, locate(error([], what, 'examples/strategies has one to begin with'))]
}

const SECTIONS = ['training_data', 'indicators', 'fuzzy_sets', 'nn_inputs', 'model', 'training']
const SECTIONS_BEFORE = ['indicators', 'fuzzy_sets', 'scope', 'data']

/** Version 3 has a mapping `indicators` and a list `nn_inputs`; older files have neither. */
function foreignFormat(root: Record<string, unknown>, fileName: string): Finding | undefined {
  const hasAny = (keys: readonly string[]) => keys.some((key) => Object.hasOwn(root, key))
  if (Object.hasOwn(root, 'nn_inputs') || isMapping(root['indicators'])) return undefined
  if (isMapping(root['rules']) && !Object.hasOwn(root, 'indicators')) return undefined
  if (hasAny(SECTIONS_BEFORE)) return error([], OLDER, `ktrdr migrate ${shellWord(fileName)}`)
  if (hasAny(SECTIONS)) return undefined
  return error([], `is not a strategy: it has none of ${SECTIONS.join(', ')}`)
}

const OLDER =
  'is a strategy of version 2 or older, to be migrated: indicators is not a mapping, and there is no nn_inputs'

/** @param remedy the command that helps; without one, that which says what is wrong */
function refusal(
  fileName: string,
  problems: readonly Problem[],
  remedy = `ktrdr validate ${shellWord(fileName)}`,
): KtrdrError {
  const reasons = problems.filter(({ severity }) => severity === 'error')
  return new KtrdrError('STRATEGY_INVALID', reasons.map(formatProblem).join('\n'), {
    suggestions: [remedy],
    details: { problems },
  })
}
