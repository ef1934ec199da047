// What differs between two checkpoints: position, figures, the JSON of the state field by field, arrays by how far they
// are apart, append-only parts by their rows.

import { exactJson, type Json } from '../core/hash.ts'
import { bytesOf, type NamedArray, type Stream } from '../core/snapshot.ts'
import type { CheckpointRow } from '../store/checkpoint-table.ts'
import type { Restored } from './read-checkpoint.ts'

/** A value that is not there is undefined. */
export type FieldDifference = {
  readonly path: string
  readonly a: Json | undefined
  readonly b: Json | undefined
}

export type ArrayDifference = {
  readonly name: string
  /** reshaped: another type or shape, so that elements cannot be compared. */
  readonly verdict: 'identical' | 'differs' | 'reshaped' | 'only-a' | 'only-b'
  /** Greatest |b − a| of an element; null unless the arrays can be compared or when it is no number. */
  readonly maxDelta: number | null
  /** ‖b − a‖ / ‖a‖, Euclidean; null as well when a is all zero. */
  readonly relativeNorm: number | null
}

export type RowsDifference = {
  readonly name: string
  readonly rowsA: number
  readonly rowsB: number
  /** How many rows from the first on are the same; as many as the shorter has: the longer has only been appended to. */
  readonly same: number
}

export type CheckpointDifference = {
  readonly cursor: readonly FieldDifference[]
  readonly summary: readonly FieldDifference[]
  readonly state: readonly FieldDifference[]
  readonly arrays: readonly ArrayDifference[]
  readonly rows: readonly RowsDifference[]
}

type Loaded = { readonly row: CheckpointRow } & Restored

export function diffCheckpoints(a: Loaded, b: Loaded): CheckpointDifference {
  return {
    cursor: diffJson(a.row.cursor, b.row.cursor),
    summary: diffJson(a.row.summary, b.row.summary),
    state: diffJson(a.snapshot.json, b.snapshot.json),
    arrays: paired(a.snapshot.arrays, b.snapshot.arrays).map(([one, other]) =>
      diffArrays(one, other),
    ),
    rows: paired(a.snapshot.streams, b.snapshot.streams).map(([one, other]) =>
      diffRows(one, other),
    ),
  }
}

/** By name, in the order of `a`, then what only `b` has. */
function paired<Item extends { readonly name: string }>(
  a: readonly Item[],
  b: readonly Item[],
): [Item | undefined, Item | undefined][] {
  const inB = new Map(b.map((item) => [item.name, item]))
  const inA = new Set(a.map(({ name }) => name))
  return [
    ...a.map((item): [Item, Item | undefined] => [item, inB.get(item.name)]),
    ...b.filter(({ name }) => !inA.has(name)).map((item): [undefined, Item] => [undefined, item]),
  ]
}

/** Leaves that differ, by their paths. */
function diffJson(a: Json | undefined, b: Json | undefined, path = ''): FieldDifference[] {
  if (isTree(a) && isTree(b) && Array.isArray(a) === Array.isArray(b)) {
    const [fieldsA, fieldsB] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
    return [...new Set([...fieldsA.keys(), ...fieldsB.keys()])].flatMap((key) =>
      diffJson(fieldsA.get(key), fieldsB.get(key), path === '' ? key : `${path}.${key}`),
    )
  }
  return isSame(a, b) ? [] : [{ path, a, b }]
}

function isTree(value: Json | undefined): value is Exclude<Json, null | boolean | number | string> {
  return typeof value === 'object' && value !== null
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return Object.is(a, b) || (isTree(a) && isTree(b) && exactJson(a) === exactJson(b))
}

function diffArrays(a: NamedArray | undefined, b: NamedArray | undefined): ArrayDifference {
  const none = { maxDelta: null, relativeNorm: null }
  if (!a || !b) return { name: (a ?? b)!.name, verdict: a ? 'only-a' : 'only-b', ...none }
  const { name } = a
  if (a.dtype !== b.dtype || JSON.stringify(a.shape) !== JSON.stringify(b.shape))
    return { name, verdict: 'reshaped', ...none }
  if (Buffer.compare(bytesOf(a.data), bytesOf(b.data)) === 0)
    return { name, verdict: 'identical', maxDelta: 0, relativeNorm: 0 }
  let maxDelta = 0
  let squares = 0
  let squaresOfA = 0
  for (const [i, value] of a.data.entries()) {
    const delta = b.data[i]! - value
    maxDelta = Math.max(maxDelta, Math.abs(delta))
    squares += delta * delta
    squaresOfA += value * value
  }
  return {
    name,
    verdict: 'differs',
    maxDelta: finite(maxDelta),
    relativeNorm: finite(Math.sqrt(squares / squaresOfA)),
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function diffRows(a: Stream | undefined, b: Stream | undefined): RowsDifference {
  const [rowsA, rowsB] = [a?.rows ?? [], b?.rows ?? []]
  const shorter = Math.min(rowsA.length, rowsB.length)
  let same = 0
  while (same < shorter && isSame(rowsA[same], rowsB[same])) same++
  return { name: (a ?? b)!.name, rowsA: rowsA.length, rowsB: rowsB.length, same }
}
