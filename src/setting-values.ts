// What a setting may say: kinds of values. Each has a parser that takes what was typed, or stood in a file, and
// complains by the name of the setting, and the text that says the same again.

import { homedir } from 'node:os'
import { nearest } from './core/did-you-mean.ts'
import { KtrdrError } from './core/errors.ts'
import { durationText, exactSizeText, parseDuration, parseShare, parseSize } from './core/units.ts'

export type Raw = string | number | boolean

type Kind<Value> = {
  readonly parse: (raw: Raw, key: string) => Value
  /** What can be typed for this value; as it is unless said otherwise. */
  readonly text?: (value: Value) => string
}

export type Setting<Value> = Kind<Value> & {
  readonly fallback: Value
  readonly meaning: string
  /** Names of upstream, by what they hold. */
  readonly aliases?: readonly string[]
}

/** A shell has replaced a leading ~ in flags and variables; in a file nobody has. */
export const pathText: Kind<string> = {
  parse: (raw) => String(raw).replace(/^~(?=\/|$)/, homedir),
}
export const duration: Kind<number> = {
  parse: measure(parseDuration),
  text: (ms) => (ms === 0 ? '0s' : durationText(ms)),
}
export const share: Kind<number> = { parse: measure(parseShare) }
export const size: Kind<number> = { parse: measure(parseSize), text: exactSizeText }

/** A parser whose complaints name the setting. */
function measure(parse: (typed: string) => number): Kind<number>['parse'] {
  return (raw, key) => {
    try {
      return parse(String(raw))
    } catch (error) {
      if (!(error instanceof KtrdrError)) throw error
      throw new KtrdrError('USAGE', `${key}: ${error.message}`, { suggestions: error.suggestions })
    }
  }
}

export function atLeast(min: number): Kind<number> {
  return between(min, Infinity)
}

export function between(min: number, max: number): Kind<number> {
  return {
    parse: (raw, key) => {
      const n = /^\d+$/.test(String(raw)) ? Number(raw) : NaN
      if (n >= min && n <= max) return n
      const range = max === Infinity ? `from ${min} up` : `from ${min} to ${max}`
      throw new KtrdrError('USAGE', `${key} is "${raw}"; expected a whole number ${range}.`)
    },
  }
}

export const yesOrNo: Kind<boolean> = {
  parse: (raw, key) => {
    const word = String(raw).toLowerCase()
    if (word === 'true' || word === 'false') return word === 'true'
    throw new KtrdrError('USAGE', `${key} is "${raw}"; expected true or false.`)
  },
}

export function oneOf(words: readonly string[]): Kind<string> {
  return {
    parse: (raw, key) => {
      const word = words.find((candidate) => candidate === raw)
      if (word !== undefined) return word
      throw new KtrdrError('USAGE', `${key} is "${raw}"; expected ${words.join(', ')}.`, {
        suggestions: [nearest(String(raw), words) ?? words[0]!],
      })
    },
  }
}

/** "none" or 0 = no limit. */
export function unlimited({ parse, text = String }: Kind<number>): Kind<number | null> {
  return {
    parse: (raw, key) => (raw === 'none' ? null : parse(raw, key) || null),
    text: (value) => (value === null ? 'none' : text(value)),
  }
}

/** As many as are worth it, which is null, or a number. */
export const autoOr = ({ parse, text = String }: Kind<number>): Kind<number | null> => ({
  parse: (raw, key) => (raw === 'auto' ? null : parse(raw, key)),
  text: (value) => (value === null ? 'auto' : text(value)),
})
