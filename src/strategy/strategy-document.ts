// YAML text → plain values that remember where they stand.
//
// The file may come from anywhere: what it may cost is checked before it is parsed (yaml-limits.ts)
// and while its aliases are expanded (plain-value.ts). Everything that is wrong here is found with
// line and column.

import { LineCounter, parseDocument } from 'yaml'
import type { YAMLError } from 'yaml'
import { plainValue } from './plain-value.ts'
import type { Place } from './plain-value.ts'
import { error, pathText } from './problems.ts'
import type { Finding, Problem } from './problems.ts'
import { findExcess } from './yaml-limits.ts'
import type { Excess } from './yaml-limits.ts'

const MAX_SYNTAX_PROBLEMS = 5

export type StrategyDocument = {
  /** Plain objects, arrays and scalars; undefined when the text is not YAML. */
  readonly root: unknown
  readonly problems: readonly Problem[]
  /**
   * Gives a finding its place: that of the nearest ancestor when its own path is not in the file.
   */
  readonly locate: (finding: Finding) => Problem
}

/** @param noun what the file holds */
export function readDocument(text: string, file: string, noun = 'strategy'): StrategyDocument {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const lines = new LineCounter()
  const places = new Map<string, Place>()
  const at = (offset: number, finding: Finding): Problem => {
    const { line, col } = lines.linePos(offset)
    const { path, atKey: _, within: __, ...facts } = finding
    return {
      file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      path: pathText(path),
      ...facts,
    }
  }
  const locate = (finding: Finding): Problem => {
    let path = finding.path
    let place = places.get(pathText(path))
    if (place && finding.within)
      return at(offsetInScalar(source, place.value, finding.within), finding)
    let part: keyof Place = finding.atKey ? 'key' : 'value'
    while (place === undefined && path.length > 0) {
      path = path.slice(0, -1)
      place = places.get(pathText(path))
      part = 'key'
    }
    return at(place?.[part] ?? 0, finding)
  }
  const unreadable = ({ offset, message, remedy }: Excess): StrategyDocument => ({
    root: undefined,
    problems: [at(offset, error([], message, remedy))],
    locate,
  })

  lines.addNewLine(0)
  for (let i = source.indexOf('\n'); i !== -1; i = source.indexOf('\n', i + 1))
    lines.addNewLine(i + 1)
  const excess = findExcess(source, noun)
  if (excess !== undefined) return unreadable(excess)

  const document = parseDocument(source, {
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  })
  const syntax = [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_PROBLEMS)
  if (syntax.length > 0)
    return {
      root: undefined,
      problems: syntax.map((fault) => at(fault.pos[0], error([], sentence(fault, noun)))),
      locate,
    }
  const problems: Problem[] = []
  const report = (finding: Finding) => void problems.push(locate(finding))
  return { root: plainValue(document.contents, places, report), problems, locate }
}

/**
 * Where a character of a scalar stands in the file: white space may be written otherwise there, as in a text that goes on
 * over several lines. The beginning of the scalar when it is written in another way still.
 */
function offsetInScalar(
  source: string,
  begin: number,
  { text, at }: NonNullable<Finding['within']>,
): number {
  let offset =
    begin + (/^(?:[|>][^\n]*\n|["'])/.exec(source.slice(begin, begin + 80))?.[0].length ?? 0)
  for (let i = 0; i <= at; i++) {
    while (/\s/.test(source[offset] ?? '')) offset++
    if (/\s/.test(text[i] ?? '')) continue
    if (i === at) return i === text.length || source[offset] === text[i] ? offset : begin
    if (source[offset++] !== text[i]) return begin
  }
  return offset
}

/** Messages of the YAML parser in our form: no capital, no full stop. */
function sentence({ code, message }: YAMLError, noun: string): string {
  if (code === 'MULTIPLE_DOCS') return `begins a second document: a file holds one ${noun}`
  const trimmed = message.trim().replace(/\.$/, '')
  return `is not valid YAML: ${trimmed.charAt(0).toLowerCase()}${trimmed.slice(1)}`
}
