// What a strategy file may cost, checked on its text before a parser that recurses sees it.

import { Lexer } from 'yaml'

export const MAX_BYTES = 1 << 20
export const MAX_DEPTH = 64
/** Scalars, lists and mappings, each alias counted as what it stands for. */
export const MAX_VALUES = 20_000

export const TOO_BIG = 'is larger than 1 MiB'
export const TOO_DEEP = `is nested more than ${MAX_DEPTH} levels deep`
export const TOO_MANY = `is one value too many (a file may have ${MAX_VALUES}, aliases expanded)`

export type Excess = {
  readonly offset: number
  readonly message: string
  readonly remedy?: string
}

/** The first place where the text goes too far; undefined when it may be parsed. */
export function findExcess(text: string, noun = 'strategy'): Excess | undefined {
  if (text.length > MAX_BYTES)
    return { offset: 0, message: TOO_BIG, remedy: `a ${noun} is a short text file` }
  return findControlCharacter(text, noun) ?? findNesting(text)
}

function findControlCharacter(text: string, noun: string): Excess | undefined {
  // oxlint-disable-next-line no-control-regex -- finding them is the point
  const match = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/.exec(text)
  if (match === null) return undefined
  const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  return {
    offset: match.index,
    message: `holds the control character U+${code}`,
    remedy: `a ${noun} is a text file in UTF-8`,
  }
}

/** Tokens of the lexer that stand for no text: scalar, end of flow, document. */
const SCALAR = '\u001F'
export const MARKS: ReadonlySet<string> = new Set([SCALAR, '\u0018', '\u0002'])

/**
 * Nesting by brackets, by indentation and by the `- ` and `? ` of one line; and the number of
 * scalars.
 */
function findNesting(text: string): Excess | undefined {
  let offset = 0
  let brackets = 0
  let indicators = 0
  let scalars = 0
  let indent = 0
  let isLineStart = true
  const indents: number[] = []
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets++
    else if (token === ']' || token === '}') brackets--
    else if (token === '-' || token === '?') indicators++
    else if (token === SCALAR) scalars++
    if (token.startsWith('\n') || token.startsWith('\r')) {
      isLineStart = true
      indent = indicators = 0
    } else if (isLineStart && token.startsWith(' ')) {
      indent = token.length
    } else if (isLineStart && !token.startsWith('#')) {
      while (indents.length > 0 && indents.at(-1)! >= indent) indents.pop()
      indents.push(indent)
      isLineStart = false
    }
    if (Math.max(brackets, indicators, indents.length) > MAX_DEPTH)
      return { offset, message: TOO_DEEP }
    if (scalars > 2 * MAX_VALUES) return { offset, message: TOO_MANY } // a name and a value each
    if (!MARKS.has(token)) offset += token.length
  }
  return undefined
}
