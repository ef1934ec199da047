// What a reader of a page types, line by line, and what the page shows below each: console blocks, where `$ ` begins a
// command; sh blocks, where each line is one, or all of it a script; and lines that are indented by four spaces.

import { linesOf } from './pages.ts'

export type Typed = {
  /** Of the page, from 1 on. */
  readonly line: number
  readonly command: string
  readonly shown: readonly string[]
}

type Block = { readonly language: string; readonly lines: readonly Line[] }
type Line = { readonly number: number; readonly text: string }

/** Blocks that may hold commands; those of other languages are read by other programs. */
const LANGUAGES = new Set(['console', 'sh', 'indented', 'text', ''])

const PROGRAMS = /^(?:(?:[A-Z_]+=\S+|taskset -c \d+) )*(?:npx|npm|node|ktrdr|export) /

/** A demonstration types by itself: what begins with `$ ` below it is part of what it shows. */
const TYPES_ITSELF = /(?:ktrdr demo|npm start)\b/

export function typedIn(page: string): Typed[] {
  return blocksOf(page).flatMap(({ language, lines }) => {
    if (!LANGUAGES.has(language)) return []
    if (language === 'sh') return scriptIn(lines)
    if (language === 'console' || lines.some(({ text }) => text.startsWith('$ ')))
      return sessionIn(lines)
    return lines.filter(({ text }) => PROGRAMS.test(text)).map(commandOf)
  })
}

function scriptIn(lines: readonly Line[]): Typed[] {
  const [first] = lines
  if (first?.text.startsWith('#!'))
    return [commandOf({ ...first, text: lines.map(({ text }) => text).join('\n') })]
  return lines.filter(({ text }) => text.trim() !== '').map(commandOf)
}

function sessionIn(lines: readonly Line[]): Typed[] {
  const typed: { line: number; command: string; shown: string[] }[] = []
  for (const { number, text } of lines) {
    const last = typed.at(-1)
    if (text.startsWith('$ ') && !(last && TYPES_ITSELF.test(last.command)))
      typed.push({ line: number, command: text.slice(2), shown: [] })
    else last?.shown.push(text)
  }
  return typed
}

const commandOf = ({ number, text }: Line): Typed => ({ line: number, command: text, shown: [] })

function blocksOf(page: string): Block[] {
  const blocks: { language: string; lines: Line[] }[] = []
  let isInside = false
  for (const { number, text, isFenced } of linesOf(page)) {
    const [, mark] = /^\s*(?:```+|~~~+)(.*)$/.exec(text) ?? []
    if (isFenced && mark !== undefined) {
      isInside = !isInside
      if (isInside) blocks.push({ language: mark, lines: [] })
    } else if (isFenced) blocks.at(-1)!.lines.push({ number, text })
    else if (/^ {4}\S/.test(text)) {
      const last = blocks.at(-1)
      const line = { number, text: text.slice(4) }
      if (last?.language === 'indented' && isNext(last.lines, number)) last.lines.push(line)
      else blocks.push({ language: 'indented', lines: [line] })
    }
  }
  return blocks
}

/** Whether a line goes on with a block; one empty line is part of it. */
function isNext(lines: readonly Line[], number: number): boolean {
  return number - lines.at(-1)!.number <= 2
}
