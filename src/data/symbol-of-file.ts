// The symbol that a file of bars is named for: `EURUSD_1h.csv`, `sp500-1d.csv.gz`.

import { basename } from 'node:path'
import { TIMEFRAMES } from './bars.ts'

const ENDING = new RegExp(`[-_. ](${TIMEFRAMES.join('|')})$`, 'i')
const SYMBOL = /^[A-Z0-9_\-.]{1,20}$/

/** In capitals; null when the name is none. */
export function symbolOfFile(path: string): string | null {
  const name = basename(path).replace(/(\.(csv|tsv|txt|parquet|gz))+$/i, '')
  const symbol = name.replace(ENDING, '').toUpperCase()
  return SYMBOL.test(symbol) ? symbol : null
}
