// What a setting may say: parsers that take what was typed, or stood in a file, and complain by the name of the setting.

import { homedir } from 'node:os'
import { nearest } from './core/did-you-mean.ts'
import { KtrdrError } from './core/errors.ts'
import { parseDuration, parseShare, parseSize } from './core/units.ts'

export type Raw = string | number | boolean

export type Setting<Value> = {
  readonly fallback: Value
  readonly parse: (raw: Raw, key: string) => Value
  /** Names of upstream, by what they hold. */
  readonly aliases?: readonly string[]
}

/** A shell has replaced a leading ~ in flags and variables; in a file nobody has. */
export const pathText: Setting<string>['parse'] = (raw) =>
  String(raw).replace(/^~(?=\/|$)/, homedir)
export const duration = measure(parseDuration)
export const share = measure(parseShare)
export const size = measure(parseSize)

/** A parser whose complaints name the setting. */
function measure(parse: (typed: string) => number): Setting<number>['parse'] {
  return (raw, key) => {
    try {
      return parse(String(raw))
    } catch (error) {
      if (!(error instanceof KtrdrError)) throw error
      throw new KtrdrError('USAGE', `${key}: ${error.message}`, { suggestions: error.suggestions })
    }
  }
}

export function atLeast(min: number): Setting<number>['parse'] {
  return between(min, Infinity)
}

export function between(min: number, max: number): Setting<number>['parse'] {
  return (raw, key) => {
    const n = /^\d+$/.test(String(raw)) ? Number(raw) : NaN
    if (n >= min && n <= max) return n
    const range = max === Infinity ? `from ${min} up` : `from ${min} to ${max}`
    throw new KtrdrError('USAGE', `${key} is "${raw}"; expected a whole number ${range}.`)
  }
}

export const yesOrNo: Setting<boolean>['parse'] = (raw, key) => {
  const word = String(raw).toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  throw new KtrdrError('USAGE', `${key} is "${raw}"; expected true or false.`)
}

export function oneOf(words: readonly string[]): Setting<string>['parse'] {
  return (raw, key) => {
    const word = words.find((candidate) => candidate === raw)
    if (word !== undefined) return word
    throw new KtrdrError('USAGE', `${key} is "${raw}"; expected ${words.join(', ')}.`, {
      suggestions: [nearest(String(raw), words) ?? words[0]!],
    })
  }
}

/** "none" or 0 = no limit. */
export function unlimited(parse: Setting<number>['parse']): Setting<number | null>['parse'] {
  return (raw, key) => (raw === 'none' ? null : parse(raw, key) || null)
}
