// Tables without borders: columns two spaces apart, no colour (cli-table3 would emit it even into a pipe).

import Table from 'cli-table3'
import { visible } from './format.ts'

export type Column = { readonly head: string; readonly align?: 'left' | 'right' }

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
  middle: '  ',
} as const

/** Lines of a table; the last line has no line end. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const grid = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: NO_BORDERS,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  })
  grid.push(...rows.map((row) => row.map(visible)))
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** "label   text" lines, the labels padded to one width. */
export function labelled(
  rows: readonly (readonly [label: string, text: string])[],
  indent = '',
): string {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows
    .map(([label, text]) => `${indent}${label.padEnd(width)}  ${visible(text)}`.trimEnd())
    .join('\n')
}
