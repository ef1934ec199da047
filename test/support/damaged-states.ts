// Every state that differs from a given one in a single field: it is gone, of another kind, or beside one that nobody
// knows. Tensors and columns are leaves.

import { isPlain } from '../../src/core/hash.ts'

export type DamagedState = {
  /** The field, as an error must name it. */
  readonly path: string
  readonly what: 'gone' | 'of another kind' | 'unknown'
  readonly state: object
}

type Slot = Record<string, unknown>

export function* damagedStates(state: object): Generator<DamagedState> {
  for (const keys of pathsOf(state)) {
    const path = keys.join('.')
    const holderKeys = keys.slice(0, -1)
    const key = keys.at(-1)!
    const copyWith = (edit: (holder: Slot) => void): object => {
      const copy = structuredClone(state)
      edit(at(copy, holderKeys))
      return copy
    }
    if (!Array.isArray(at(state, holderKeys)))
      yield { path, what: 'gone', state: copyWith((holder) => delete holder[key]) }
    const change = (holder: Slot) => void (holder[key] = typeof holder[key] === 'string' ? 7 : 'x')
    yield { path, what: 'of another kind', state: copyWith(change) }
    if (isObject(at(state, keys))) {
      const copy = structuredClone(state)
      at(copy, keys)['mood'] = 1
      yield { path: `${path}.mood`, what: 'unknown', state: copy }
    }
  }
  yield { path: 'mood', what: 'unknown', state: { ...state, mood: 1 } }
}

function at(state: object, keys: readonly string[]): Slot {
  return keys.reduce((holder, key) => holder[key] as Slot, state as Slot)
}

/** Paths of all fields; of a list those of its first and last item. */
function* pathsOf(value: object, before: readonly string[] = []): Generator<string[]> {
  const keys = Array.isArray(value)
    ? [...new Set([0, value.length - 1])].filter((i) => i >= 0).map(String)
    : Object.keys(value)
  for (const key of keys) {
    const child = (value as Slot)[key]
    yield [...before, key]
    if (isObject(child) || Array.isArray(child)) yield* pathsOf(child, [...before, key])
  }
}

function isObject(value: unknown): value is Slot {
  if (typeof value !== 'object' || value === null || !isPlain(value)) return false
  return !('tensor' in value) && !('column' in value)
}
