// Tables without borders: columns two spaces apart, no colour (cli-table3 would emit it even into a pipe).

import Table from 'cli-table3'
import { visible } from './format.ts'
import { hanging, LEAST_WIDTH, wrap } from './wrap.ts'

export type Column = {
  readonly head: string
  readonly align?: 'left' | 'right'
  /** Goes when the terminal is too narrow, the column with the lowest number first; without one it stays. */
  readonly gone?: number
  /** Prose: goes on below itself in what room the others leave. */
  readonly wraps?: boolean
}

const GAP = '  '

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
} as const

/** Lines of a table, if it can be not wider than `room`; the last line has no line end. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  room = Infinity,
): string {
  const cells = rows.map((row) => row.map(visible))
  const widths = columns.map(({ head, wraps }, i) => {
    const longest = Math.max(head.length, ...cells.map((row) => row[i]!.length))
    return wraps ? Math.min(longest, LEAST_WIDTH) : longest
  })
  const kept = columnsThatFit(columns, widths, room)
  const spare = Math.max(0, room - widthOf(kept, widths))
  const fitted = (text: string, i: number): string =>
    columns[i]!.wraps ? wrap(text, widths[i]! + spare).join('\n') : text
  const lines = [
    kept.map((i) => columns[i]!.head),
    ...cells.map((row) => kept.map((i) => fitted(row[i]!, i))),
  ]
  const aligns = kept.map((i) => columns[i]!.align ?? 'left')
  const isNarrow = lines.every((line) => line.every((cell) => NARROW.test(cell)))
  return isNarrow ? narrowTable(lines, aligns) : wideTable(lines, aligns)
}

/** Text of which every character is one column wide: letters of Europe, punctuation, arrows. */
const NARROW = /^[ -~\u00A0-\u024F\u0370-\u03FF\u2010-\u2027\u2190-\u2193\n]*$/

type Lines = readonly (readonly string[])[]
type Aligns = readonly ('left' | 'right')[]

/** The same as `wideTable`, in a fiftieth of the time. */
export function narrowTable(rows: Lines, aligns: Aligns): string {
  const widths = aligns.map((_, i) =>
    rows.reduce((width, row) => Math.max(width, ...linesIn(row[i]!).map((line) => line.length)), 0),
  )
  const padded = (text: string, i: number): string =>
    aligns[i] === 'right' ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)
  return rows
    .map((row) => {
      const cells = row.map(linesIn)
      const lines = Array.from({ length: Math.max(...cells.map((cell) => cell.length)) }, (_, n) =>
        cells
          .map((cell, i) => padded(cell[n] ?? '', i))
          .join(GAP)
          .trimEnd(),
      )
      return lines.join('\n')
    })
    .join('\n')
}

const linesIn = (cell: string): string[] => cell.split('\n')

/** By cli-table3, which knows how wide the characters of all scripts are. */
export function wideTable([head = [], ...rows]: Lines, aligns: Aligns): string {
  const grid = new Table({
    head: [...head],
    colAligns: [...aligns],
    chars: NO_BORDERS,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  })
  grid.push(...rows.map((row) => [...row]))
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Indexes of the columns that are left. */
function columnsThatFit(
  columns: readonly Column[],
  widths: readonly number[],
  room: number,
): number[] {
  const order = columns
    .flatMap(({ gone }, i) => (gone === undefined ? [] : [{ gone, i }]))
    .toSorted((a, b) => a.gone - b.gone)
  let kept = columns.map((_, i) => i)
  for (const { i } of order)
    if (widthOf(kept, widths) > room) kept = kept.filter((other) => other !== i)
  return kept
}

/** Of these columns side by side. */
function widthOf(kept: readonly number[], widths: readonly number[]): number {
  return kept.reduce((sum, i) => sum + widths[i]! + GAP.length, -GAP.length)
}

/** "label   text" lines, the labels padded to one width; a text that does not fit goes on below itself. */
export function labelled(
  rows: readonly (readonly [label: string, text: string])[],
  { indent = '', room = Infinity }: { indent?: string; room?: number } = {},
): string {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows
    .map(([label, text]) => hanging(`${indent}${label.padEnd(width)}${GAP}`, visible(text), room))
    .join('\n')
}
