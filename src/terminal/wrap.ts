// Prose that is wider than the terminal breaks at spaces. Commands and paths are left to the terminal, which breaks
// them anywhere but lets them be copied in one piece.

/** Behind a space, but not within one of several, nor within a figure like 202 115. */
const BREAKS = /(?<= )(?! )(?!(?<=\d )\d{3}(?!\d))/

/** Lines of at most `width` characters; a word that is longer stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(BREAKS)) {
    if (line !== '' && `${line}${word}`.trimEnd().length > width) {
      lines.push(line.trimEnd())
      line = word
    } else line += word
  }
  return [...lines, line.trimEnd()]
}

/** So narrow a column of text is not worth it. */
export const LEAST_WIDTH = 16

/** `head` and the text behind it; its further lines start below its first. */
export function hanging(head: string, text: string, room: number): string {
  const width = Math.max(LEAST_WIDTH, room - head.length)
  const lines = text.split('\n').flatMap((line) => wrap(line, width))
  return `${head}${lines.join(`\n${' '.repeat(head.length)}`)}`.trimEnd()
}
