// What the terms of trading are called where they are said: flags of a command line, keys of a strategy.

import type { TermKey } from './trading-terms.ts'

/** The name of a term, with its value as it is written there: `--stop-loss 2%`, `stop_loss: 2%`. */
export type Naming = (key: TermKey, text?: string) => string

/** stopLoss → "stop-loss". */
export function flagName(key: TermKey): string {
  return words(key, '-')
}

/** stopLoss → "stop_loss". */
export function yamlName(key: TermKey): string {
  return words(key, '_')
}

function words(key: TermKey, between: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `${between}${letter.toLowerCase()}`)
}

export const asFlag: Naming = (key, text) =>
  `--${flagName(key)}${text === undefined ? '' : ` ${text}`}`

export const asKey: Naming = (key, text) =>
  `${yamlName(key)}${text === undefined ? '' : `: ${text}`}`
