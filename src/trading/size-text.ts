// How much an entry is, in text: "25%" of the equity, "cash:10000", "units:100", "volatility:15%/60", "risk:1%".

import { parseNumber, parseRatio, ratioText } from './ratio-text.ts'
import type { Sizing } from './simulation-settings.ts'

/** `positionSize` and `sizing` of the settings in one. */
export type Size = { readonly kind: 'equity'; readonly ratio: number } | Sizing

const VOLATILITY_BARS = 20

export function parseSize(text: string): Size | undefined {
  const [kind, rest] = splitAt(text)
  const given = rest === undefined ? kind : rest
  const [first = '', bars, ...others] = given.split('/')
  if (others.length > 0 || (bars !== undefined && kind !== 'volatility')) return undefined
  if (kind === 'cash' || kind === 'units') {
    const amount = parseNumber(first)
    if (amount === undefined || amount === 0) return undefined
    return kind === 'cash' ? { kind, amount } : { kind, units: amount }
  }
  const ratio = parseRatio(first)
  if (ratio === undefined || ratio === 0) return undefined
  if (kind === 'risk') return ratio < 1 ? { kind, ratio } : undefined
  if (kind !== 'volatility') return rest === undefined ? { kind: 'equity', ratio } : undefined
  const lookback = bars === undefined ? VOLATILITY_BARS : /^\d{1,5}$/.test(bars) ? Number(bars) : 0
  return lookback >= 2 ? { kind, target: ratio, bars: lookback } : undefined
}

function splitAt(text: string): [string, string | undefined] {
  const colon = text.indexOf(':')
  return colon === -1 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1).trim()]
}

export function sizeText(size: Size): string {
  switch (size.kind) {
    case 'equity':
      return ratioText(size.ratio)
    case 'cash':
      return `cash:${size.amount}`
    case 'units':
      return `units:${size.units}`
    case 'volatility':
      return `volatility:${ratioText(size.target)}${size.bars === VOLATILITY_BARS ? '' : `/${size.bars}`}`
    case 'risk':
      return `risk:${ratioText(size.ratio)}`
  }
}
