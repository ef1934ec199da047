// The text of a rule → its words, numbers and signs.
//
// A minus inside a name is part of it when there is such a name, and else a minus: `fast-slow` is a difference unless an
// indicator is called so.

export type Token = {
  readonly kind: 'number' | 'word' | 'sign' | 'end'
  readonly text: string
  /** Where it begins in the text. */
  readonly at: number
}

/** What is wrong with a rule, and where in its text. */
export type RuleFault = {
  readonly at: number
  readonly message: string
  readonly remedy?: string
}

/** Longer ones are refused: a rule is for people to read. */
export const MAX_RULE_LENGTH = 1000

const SPACE = /\s+/uy
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.])/uy
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_-]*/uy
const SIGN = /<=|>=|[-+*/<>()[\].@]/uy
/** Signs of other languages: as many characters as belong together. */
const FOREIGN = /&&?|\|\|?|[=!]=*|<>|\*\*|./suy

const INSTEAD: Readonly<Record<string, string>> = {
  '&': 'write and',
  '&&': 'write and',
  '|': 'write or',
  '||': 'write or',
  '!': 'write not',
  '≤': 'write <=',
  '≥': 'write >=',
  '−': 'write -',
  '×': 'write *',
  '÷': 'write /',
  ',': 'there are no functions: write for example fast crosses above slow',
}

const EQUALITY = /^[=!]=*$/

/** @param words names that there are, with the minus signs that are part of them */
export function readTokens(text: string, words: ReadonlySet<string>): Token[] | RuleFault {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  while (at < text.length) {
    const space = match(SPACE)
    if (space !== undefined) {
      at += space.length
      continue
    }
    const token = nextToken(match, words, at, tokens.at(-1))
    if ('message' in token) return token
    tokens.push(token)
    at += token.text.length
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }]
}

function nextToken(
  match: (pattern: RegExp) => string | undefined,
  words: ReadonlySet<string>,
  at: number,
  last: Token | undefined,
): Token | RuleFault {
  const word = match(WORD)
  const known = word && knownPart(word, words)
  if (known) return { kind: 'word', text: known, at }
  const isMember = last?.kind === 'word' && last.at + last.text.length === at
  const number = isMember ? undefined : match(NUMBER)
  if (number !== undefined) {
    if (Number.isFinite(Number(number))) return { kind: 'number', text: number, at }
    return { at, message: `${number} is more than a number can hold` }
  }
  if (word !== undefined) return { kind: 'word', text: word.split('-', 1)[0]!, at }
  const foreign = match(FOREIGN)!
  const sign = match(SIGN)
  if (sign !== undefined && foreign.length <= sign.length) return { kind: 'sign', text: sign, at }
  return refuse(foreign, at)
}

/** The longest part, up to a minus, that is a name. */
function knownPart(word: string, words: ReadonlySet<string>): string | undefined {
  for (let end = word.length; end > 0; end = word.lastIndexOf('-', end - 1))
    if (words.has(word.slice(0, end))) return word.slice(0, end)
  return undefined
}

function refuse(sign: string, at: number): RuleFault {
  const message = `${JSON.stringify(sign)} means nothing in a rule`
  if (EQUALITY.test(sign) && sign !== '!')
    return { at, message, remedy: 'compare with <, <=, > or >=' }
  return { at, message, ...(Object.hasOwn(INSTEAD, sign) ? { remedy: INSTEAD[sign]! } : {}) }
}
