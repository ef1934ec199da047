// Figures as people read them. Everything here returns text and prints nothing.

import prettyBytes from 'pretty-bytes'
import { grouped } from '../core/text.ts'

/** 468600000 → "468.6 MB" (decimal units). */
export function size(bytes: number): string {
  return prettyBytes(bytes, { maximumFractionDigits: 1, locale: 'en' })
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** The largest unit that fits: "2d", "5h", "12m", "9s", "now". */
export function shortAge(ms: number): string {
  const unit = UNITS.find(([, unitMs]) => ms >= unitMs)
  return unit ? `${Math.floor(ms / unit[1])}${unit[0]}` : 'now'
}

const WORDS = { d: 'day', h: 'hour', m: 'minute', s: 'second' } as const

/** "2 days", "1 hour", "just now". */
export function longAge(ms: number): string {
  const unit = UNITS.find(([, unitMs]) => ms >= unitMs)
  if (!unit) return 'just now'
  const n = Math.floor(ms / unit[1])
  return `${n} ${WORDS[unit[0]]}${n === 1 ? '' : 's'}`
}

/** "2 days ago", "just now". */
export function ago(ms: number): string {
  return ms < 1000 ? longAge(ms) : `${longAge(ms)} ago`
}

/** Two units at most: "2m 15s", "1h 4m", "0.4s". */
export function duration(ms: number): string {
  if (ms < 950) return `${(ms / 1000).toFixed(1)}s`
  const parts = UNITS.map(([name, unitMs], i) => {
    const within = i === 0 ? ms : ms % UNITS[i - 1]![1]
    return [Math.floor(within / unitMs), name] as const
  })
  const first = parts.findIndex(([n]) => n > 0)
  if (first === -1) return '1s'
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, name]) => `${n}${name}`)
    .join(' ')
}

/** "2024-12-13 14:35:00 UTC" */
export function utc(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`
}

/** Four significant digits (but whole units are never rounded away), or "--" when there is no figure. */
export function figure(value: number | null | undefined): string {
  if (value == null) return '--'
  const rounded = Number(steadyFigure(value))
  return Math.abs(rounded) >= 1000 ? grouped(rounded) : String(rounded)
}

/** The same, always as wide: "0.8680". */
export function steadyFigure(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4)
}

/** "+12.4%"; "--" when there is no figure. */
export function signedPercent(ratio: number | null | undefined, digits = 1): string {
  if (ratio == null) return '--'
  return `${ratio >= 0 ? '+' : ''}${(ratio * 100).toFixed(digits)}%`
}

export function percent(ratio: number | null | undefined, digits = 1): string {
  return ratio == null ? '--' : `${(ratio * 100).toFixed(digits)}%`
}

/** "29%"; "100%" only when all is done. */
export function donePercent(ratio: number): string {
  return `${ratio >= 1 ? 100 : Math.min(99, Math.round(ratio * 100))}%`
}

/** "trainLoss" → "Train Loss" */
export function title(key: string): string {
  const words = key.replaceAll(/([A-Z])/g, ' $1').replaceAll('_', ' ')
  return words.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()).trim()
}

/** Too narrow for a whole id and a word beside it. */
export const isNarrow = (room: number): boolean => room < 50

/** An id, or its last characters where there is no room: every command understands those too. */
export function idText(operationId: string, room: number): string {
  return isNarrow(room) ? operationId.slice(-6) : operationId
}

const UNSEEN = /[\p{Cc}\p{Bidi_Control}]/gu

/** Control, escape and bidirectional characters in a visible form: names and messages cannot steer a terminal. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (character) => {
    if (character === '\n') return character
    return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`
  })
}
