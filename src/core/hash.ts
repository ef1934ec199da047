// SHA-256 and the one JSON spelling that is hashed and stored.

import { createHash } from 'node:crypto'
import { KtrdrError } from './errors.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

export function sha256(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/**
 * JSON with sorted keys, no spaces and `-0` kept, so that equal values have equal text and every finite
 * float64 returns bit for bit.
 * @throws INVARIANT for NaN, ±Infinity, undefined, functions and class instances: they have no JSON
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$')
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notJson(path, String(value))
    return Object.is(value, -0) ? '-0' : String(value)
  }
  if (Array.isArray(value))
    return `[${value.map((item, i) => write(item, `${path}[${i}]`)).join(',')}]`
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item, `${path}.${key}`)}`).join(',')}}`
  }
  throw notJson(path, typeof value === 'object' ? value.constructor.name : typeof value)
}

export function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function notJson(path: string, what: string): KtrdrError {
  return new KtrdrError('INVARIANT', `${path} is ${what}, which JSON cannot hold.`)
}
