// Symbols for terminals whose locale has none of them. What a user has named stays as it is.

import { isUnicodeLocale } from './is-unicode-locale.ts'

const PLAIN: Readonly<Record<string, string>> = {
  '→': '->',
  '…': '..',
  '·': '|',
  '×': 'x',
  '✗': 'x',
  Δ: 'd',
  '‖': '|',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '~',
  '▅': '=',
  '▆': '+',
  '▇': '*',
  '█': '#',
}
const SYMBOLS = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'gu')

/** A text as `stream` can show it: a pipe takes everything. */
export function drawable(text: string, { isTTY }: { readonly isTTY?: boolean }): string {
  if (!isTTY || isUnicodeLocale()) return text
  return text.replaceAll(SYMBOLS, (symbol) => PLAIN[symbol]!)
}
