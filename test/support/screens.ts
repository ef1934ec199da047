// Expected screens are files, test/cli/screens/<name>.txt, with {{placeholders}} for what differs from run to run.
//
//   {{id}}       any operation id            {{id a}}  the same text wherever "id a" stands
//   two spaces   two or more: columns are as wide as what is in them (how they are aligned, unit tests say)
//   at the edge of a placeholder, one or more spaces

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  id: 'op_(?:training|backtesting|search|walkforward)_\\d{8}_\\d{6}_[a-z2-9]{6}',
  /** The last part of an id. */
  tail: '[a-z2-9]{6}',
  time: '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC',
  /** Short: "2d", "now". */
  age: '(?:now|\\d+[dhms])',
  /** Long: "2 days ago", "just now". */
  ago: '(?:just now|\\d+ (?:day|hour|minute|second)s? ago)',
  'long age': '(?:just now|\\d+ (?:day|hour|minute|second)s?)',
  /** How long something took: "0.3s", "2m 15s". */
  took: '\\d+(?:\\.\\d+)?[dhms](?: \\d+[hms])?',
  size: '\\d+(?:\\.\\d+)? (?:B|kB|MB)',
  /** Several when a part is stored in segments: each has the one that pays for its bytes. */
  codec: '(?:raw|[a-z]+-[a-z]+)(?: (?:raw|[a-z]+-[a-z]+))*',
  pack: '\\d+-\\d+\\.safetensors',
  path: '/\\S+',
  sha: '[0-9a-f]{64}',
  /** "0.868", "-12.4%", "95 173", "--". */
  n: '(?:--|[+-]?\\d[\\d ]*(?:\\.\\d+)?%?)',
  curve: '[▁▂▃▄▅▆▇█]+',
  version: '\\d+\\.\\d+\\.\\d+',
  rest: '.*',
}

/** Where `actual` differs from the screen of that name, as lines to read; '' when it does not. */
export function screenDifference(name: string, actual: string): string {
  const file = join(import.meta.dirname, '..', 'cli', 'screens', `${name}.txt`)
  return templateDifference(readFileSync(file, 'utf8').trimEnd(), actual.trimEnd())
}

export function templateDifference(template: string, actual: string): string {
  const expected = template.split('\n')
  const found = actual.split('\n')
  const bound = new Map<string, string>()
  const count = Math.max(expected.length, found.length)
  const isSame = Array.from({ length: count }, (_, i) => {
    const [line, text] = [expected[i], found[i]]
    return line !== undefined && text !== undefined && matchLine(line, text, bound)
  })
  if (isSame.every(Boolean)) return ''
  return isSame
    .flatMap((same, i) => {
      if (same) return [`    ${found[i]}`]
      return [
        ...(expected[i] === undefined ? [] : [`  - ${expected[i]}`]),
        ...(found[i] === undefined ? [] : [`  + ${found[i]}`]),
      ]
    })
    .join('\n')
}

/** @param bound texts of the named placeholders so far; grows */
function matchLine(line: string, text: string, bound: Map<string, string>): boolean {
  const names: string[] = []
  const source = line
    .split(/(\{\{[^}]+\}\})/)
    .map((part, i, parts) => {
      if (part.startsWith('{{')) {
        const label = part.slice(2, -2)
        names.push(label)
        return `(${patternOf(label)})`
      }
      return literal(part, { before: i > 0, after: i < parts.length - 1 })
    })
    .join('')
  const match = new RegExp(`^${source}$`).exec(text)
  if (!match) return false
  return names.every((name, i) => {
    const value = match[i + 1]!
    if (name in PLACEHOLDERS) return true // without a label of its own
    const isSame = (bound.get(name) ?? value) === value
    bound.set(name, value)
    return isSame
  })
}

function patternOf(label: string): string {
  const pattern = PLACEHOLDERS[label] ?? PLACEHOLDERS[label.replace(/ \S+$/, '')]
  if (pattern === undefined) throw new Error(`there is no placeholder {{${label}}}`)
  return pattern
}

/** Text as it is, with spaces that give way. @param beside whether placeholders stand beside it */
function literal(text: string, beside: { before: boolean; after: boolean }): string {
  const [, head = '', middle = '', tail = ''] = /^( *)(.*?)( *)$/.exec(text) ?? []
  const escaped = middle
    .replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll(/ {2,}/g, ' {2,}')
  const edge = (spaces: string, gives: boolean): string => (gives && spaces ? ' +' : spaces)
  return middle === ''
    ? edge(text, beside.before || beside.after)
    : `${edge(head, beside.before)}${escaped}${edge(tail, beside.after)}`
}
