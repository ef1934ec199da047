// `${phase.output}` in the texts of a pipeline: what another phase has made. `$${` is the text `${`.

import type { Path } from '../strategy/problems.ts'

export type Reference = { readonly phase: string; readonly output: string }

/** A text that may hold references, and where it stands. */
export type Text = { readonly path: Path; readonly text: string }

const MARK = /\$\$\{|\$\{([^}]*)(\}?)/g
const INNER = /^([\p{L}\p{N}_-]+)\.([\p{L}\p{N}_-]+)$/u

/** Every text in a value, in its order. */
export function textsIn(value: unknown, path: Path = []): Text[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value)) return value.flatMap((item, i) => textsIn(item, [...path, i]))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]))
  return []
}

/** What stands in `${…}` that is none, as it is written, and the references. */
export function referencesIn(text: string): {
  readonly references: readonly Reference[]
  readonly broken: readonly string[]
} {
  const references: Reference[] = []
  const broken: string[] = []
  for (const [whole, inner, end] of text.matchAll(MARK)) {
    if (inner === undefined) continue
    const [, phase, output] = INNER.exec(inner) ?? []
    if (phase === undefined || output === undefined || end === '') broken.push(whole)
    else references.push({ phase, output })
  }
  return { references, broken }
}

export function hasReference(text: string): boolean {
  return referencesIn(text).references.length > 0
}

/** The same value with every reference filled in. */
export function fillIn<Value>(value: Value, valueOf: (reference: Reference) => string): Value {
  const fill = (item: unknown): unknown => {
    if (typeof item === 'string')
      return item.replaceAll(MARK, (whole: string, inner: string | undefined) => {
        if (inner === undefined) return '${'
        const [, phase, output] = INNER.exec(inner) ?? []
        return phase === undefined || output === undefined ? whole : valueOf({ phase, output })
      })
    if (Array.isArray(item)) return item.map(fill)
    if (typeof item === 'object' && item !== null)
      return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, fill(inner)]))
    return item
  }
  return fill(value) as Value
}
