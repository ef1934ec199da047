// SHA-256, and JSON that loses nothing.

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
 * JSON from which the very value returns: every finite float64 bit for bit, `-0` included, and keys in their order,
 * which decides how the value is printed later.
 * @throws INVARIANT for NaN, ±Infinity, undefined, functions and class instances: they have no JSON
 */
export function exactJson(value: unknown): string {
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
    const entries = Object.entries(value)
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
