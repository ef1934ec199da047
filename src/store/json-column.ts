// JSON in columns. What a row says that is no JSON any more is damage, which its seal or a hash tells: the row is still
// read, so that it can be listed and an older checkpoint be used.

import type { Cursor } from '../core/operation.ts'

export function parseColumn<Value>(text: string | null, fallback: Value): Value {
  if (text === null) return fallback
  try {
    return JSON.parse(text) as Value
  } catch {
    return fallback
  }
}

export const NO_CURSOR: Cursor = { unit: 'unknown', at: 0, of: 0, within: null }
