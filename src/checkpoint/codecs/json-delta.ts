// What has changed between two JSON documents, as JSON. A patch is one of
//
//   []                                          nothing
//   [value]                                     another value
//   [{key: patch …}, [key …]]                   an object: members that changed or come at its end; those that go
//   [[[index, patch] …], length, [item …]]      an array: items that changed, how many stay, what comes behind them
//
// It is exact: −0 stays −0, and where members would come out in another order, the object is replaced.

import { isPlain, type Json } from '../../core/hash.ts'

type Items = readonly Json[]
type Members = { readonly [key: string]: Json }

const SAME: Items = []

/** `applyJsonPatch(base, diffJson(base, next))` is `next`, down to the order of members. */
export function diffJson(base: Json, next: Json): Items {
  if (Object.is(base, next)) return SAME
  if (isItems(base) && isItems(next)) return diffItems(base, next)
  if (isMembers(base) && isMembers(next)) return diffMembers(base, next)
  return [next]
}

function diffItems(base: Items, next: Items): Items {
  const kept = Math.min(base.length, next.length)
  const changes: [number, Items][] = []
  let replaced = 0
  for (let i = 0; i < kept; i++) {
    const patch = diffJson(base[i]!, next[i]!)
    if (patch.length > 0) changes.push([i, patch])
    if (patch.length === 1) replaced++
  }
  if (changes.length === 0 && base.length === next.length) return SAME
  // Where most items are others, to name each of them takes more than the array.
  if (2 * replaced > kept) return [next]
  return [changes, kept, next.slice(kept)]
}

function diffMembers(base: Members, next: Members): Items {
  const changes: [string, Items][] = []
  const order = Object.keys(base).filter((key) => Object.hasOwn(next, key))
  const gone = Object.keys(base).filter((key) => !Object.hasOwn(next, key))
  for (const [key, value] of Object.entries(next)) {
    const isNew = !Object.hasOwn(base, key)
    const patch = isNew ? [value] : diffJson(base[key]!, value)
    if (patch.length > 0) changes.push([key, patch])
    if (isNew) order.push(key)
  }
  // As an object would have them: keys that look like indices come first.
  const keys = Object.keys(Object.fromEntries(order.map((key) => [key, null])))
  if (Object.keys(next).some((key, i) => key !== keys[i])) return [next]
  if (changes.length === 0 && gone.length === 0) return SAME
  return [Object.fromEntries(changes), gone]
}

/** @throws RangeError for what is no patch of `base` */
export function applyJsonPatch(base: Json, patch: Json | undefined): Json {
  if (isItems(patch)) {
    const [first, second, third] = patch
    if (patch.length === 0) return base
    if (patch.length === 1) return first!
    if (patch.length === 2 && isMembers(base) && isMembers(first) && isItems(second))
      return patchMembers(base, first, second)
    if (patch.length === 3 && isItems(base) && isItems(first) && isItems(third))
      return patchItems(base, first, second!, third)
  }
  throw new RangeError('This is no patch of that document.')
}

function patchMembers(base: Members, changes: Members, gone: Items): Json {
  const members = new Map(Object.entries(base))
  for (const key of gone) members.delete(String(key))
  for (const [key, patch] of Object.entries(changes))
    members.set(key, applyJsonPatch(members.get(key) ?? null, patch))
  return Object.fromEntries(members)
}

function patchItems(base: Items, changes: Items, kept: Json, tail: Items): Json {
  const items = base.slice(0, Number(kept))
  for (const change of changes) {
    const [index, patch] = isItems(change) ? change : []
    if (!(Number(index) in items))
      throw new RangeError('The patch changes an item that is not there.')
    items[Number(index)] = applyJsonPatch(items[Number(index)]!, patch)
  }
  return items.concat(tail)
}

function isItems(value: Json | undefined): value is Items {
  return Array.isArray(value)
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && isPlain(value)
}
