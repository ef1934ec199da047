// How far from a price, in text: "2%" of it, "2atr", "1.5atr/20".

import { parseNumber, parseRatio, ratioText } from './ratio-text.ts'
import type { Distance } from './simulation-settings.ts'

const ATR_BARS = 14
const MAX_ATR_BARS = 10_000

/** `1.5atr(20)` is read as well, which a shell wants in quotes. */
export function parseDistance(text: string): Distance | undefined {
  const [, multiple, slash, inside] = /^(.+?) ?atr(?:\/(\d+)|\((\d+)\))?$/i.exec(text) ?? []
  if (multiple === undefined) {
    const ratio = parseRatio(text)
    return ratio === undefined ? undefined : { kind: 'ratio', ratio }
  }
  const [times, period] = [parseNumber(multiple), Number(slash ?? inside ?? ATR_BARS)]
  if (times === undefined || period < 1 || period > MAX_ATR_BARS) return undefined
  return { kind: 'atr', multiple: times, period }
}

export function distanceText(distance: Distance): string {
  if (distance.kind === 'ratio') return ratioText(distance.ratio)
  const { multiple, period } = distance
  return `${multiple}atr${period === ATR_BARS ? '' : `/${period}`}`
}

/** Some way off, and not so far that nothing is left of a price. */
export function isBelowPrice(distance: Distance): boolean {
  return isAway(distance) && (distance.kind === 'atr' || distance.ratio < 1)
}

export function isAway(distance: Distance): boolean {
  return distance.kind === 'atr' ? distance.multiple > 0 : distance.ratio > 0
}
