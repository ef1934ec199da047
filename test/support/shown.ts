// What a page shows against what a program has said: the same words in the same order, where `…` on a line of its own
// stands for anything. Line ends and columns count as spaces: pages were written on terminals of many widths.

/** What differs from run to run, and what it is taken for. */
const VOLATILE: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/\b20\d\d-\d\d-\d\d[ T](?!00:00:00)\d\d:\d\d:\d\d(?:\.\d+)?(?: UTC|Z)/g, '<time>'],
  [/\b1[789]\d{11}\b/g, '<time>'],
  [/\b(?:just now|\d+ (?:second|minute)s?(?: ago)?)\b/g, '<age>'],
  [/(?<=\s)(?:now|\d+(?:\.\d+)?[sm])(?=\s|$)/g, '<age>'],
  [/\b\d+(?:\.\d+)? (?:B|kB|MB)(?!\w)/g, '<size>'],
  [/\bbytes instead of \d+/g, 'bytes instead of <size>'],
  [/"sizeBytes":\d+/g, '"sizeBytes":<size>'],
  [/\d+(?:\.\d+)?% of the running time {2}\(\d+ saves?, \d+(?:\.\d+)? ms\)/g, '<overhead>'],
  [/\bprocess \d+/g, 'process <pid>'],
  // Where a run was that nobody stopped at a given batch; and how many saves there were: a slow disk has fewer.
  [/\bepoch \d+ of \d000(?: \(\+\d+\/\d+ batches\))?/g, '<position>'],
  [/(?<=checkpoint saved: )epoch \d+(?: \+\d+\/\d+ batches)?/g, '<position>'],
  [/(?<=^Saved \S+)@\d+/gm, ''],
  [/\(checkpoint #\d+, /g, '(checkpoint, '],
  [/\b[a-z.]*\/?ktrdr-demo-\w+/g, '<demo>'],
]

/** Lines of progress, which depend on the terminal and its clock; and what a terminal or a shell says itself. */
const NOT_SAID =
  /^(?:(?:epoch|bar|task) [\d ]+\/[\d ]+ |\^C|Stopping and saving\.|(?:\S*sh: line \d+: +\d+ )?Killed|$)/

export const ID = /op_[a-z]+_\d{8}_\d{6}_([a-z\d]{6})/g

/** Ids on the page → those of this run: who is called one name must be one and the same. */
export type Names = Map<string, string>

/**
 * '' when it says what is shown; else what was missing.
 *
 * @param names grows
 * @param tails last parts of ids, which a program may print without the rest
 */
export function whatIsMissing(
  shown: readonly string[],
  said: string,
  names: Names,
  tails: ReadonlySet<string>,
): string {
  const pieces = piecesOf(shown)
  if (pieces.every((piece) => piece.length === 0)) return ''
  const words = wordsOf(said.split('\n'))
  let at = 0
  for (const [i, piece] of pieces.entries()) {
    const isLast = i === pieces.length - 1
    const begins = starts(at, words.length - piece.length, i === 0, isLast)
    const found = begins.find((begin) => isHere(piece, words, begin, names, tails))
    if (found === undefined) return piece.join(' ')
    at = found + piece.length
  }
  return ''
}

/** Where a piece may begin: the first where the output does, the last where it ends there, others anywhere behind. */
function starts(from: number, last: number, isFirst: boolean, isLast: boolean): number[] {
  if (last < from || (isFirst && isLast && last !== from)) return []
  if (isFirst) return [from]
  if (isLast) return [last]
  return Array.from({ length: last - from + 1 }, (_, i) => from + i)
}

function isHere(
  piece: readonly string[],
  words: readonly string[],
  begin: number,
  names: Names,
  tails: ReadonlySet<string>,
): boolean {
  const own: Names = new Map(names)
  const isSame = piece.every((word, i) => isWord(word, words[begin + i]!, own, tails))
  if (isSame) for (const [page, here] of own) names.set(page, here)
  return isSame
}

function isWord(shown: string, said: string, names: Names, tails: ReadonlySet<string>): boolean {
  if (shown === said) return true
  if (said.match(ID)?.[0] === said && shown.match(ID)?.[0] === shown) {
    const known = names.get(shown)
    if (known === undefined && ![...names.values()].includes(said)) names.set(shown, said)
    return names.get(shown) === said
  }
  return tails.has(said) && /^[a-z\d]{6}$/.test(shown)
}

function piecesOf(shown: readonly string[]): string[][] {
  const pieces: string[][] = [[]]
  for (const line of shown)
    if (line.trim() === '…') pieces.push([])
    else pieces.at(-1)!.push(line)
  return pieces.map(wordsOf)
}

function wordsOf(lines: readonly string[]): string[] {
  const text = lines.filter((line) => !NOT_SAID.test(line)).join('\n')
  const steady = VOLATILE.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), text)
  return steady
    .replaceAll(ID, ' $& ')
    .split(/\s+/)
    .filter((word) => word !== '')
}
