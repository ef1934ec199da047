// YAML nodes → plain objects, arrays and scalars, and where each of them stands.
//
// The nodes are read in the order of the text, so that an alias means the latest anchor before it.
// Aliases and merge keys (`<<`) work as they do upstream, within the limits; `__proto__` is refused
// as a name, and a name given twice is an error.

import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Alias, Node, Pair, Range, Scalar, YAMLMap } from 'yaml'
import { error, pathText } from './problems.ts'
import type { Finding, Path } from './problems.ts'
import { MAX_DEPTH, MAX_VALUES, TOO_DEEP, TOO_MANY } from './yaml-limits.ts'

/** Offsets in the text. */
export type Place = { readonly key: number; readonly value: number }

/** @returns undefined when the file is too big to go on with */
export function plainValue(
  contents: unknown,
  places: Map<string, Place>,
  report: (finding: Finding) => void,
): unknown {
  const anchors = new Map<string, Node>()
  let values = 0
  let excess: Finding | undefined

  const read = (node: unknown, path: Path, keyOffset: number): unknown => {
    if (++values > MAX_VALUES) excess ??= error(path, TOO_MANY)
    if (path.length > MAX_DEPTH) excess ??= error(path, TOO_DEEP)
    if (excess !== undefined) return null
    const value = offsetOf(node) ?? keyOffset
    places.set(pathText(path), { key: keyOffset, value })
    if (isAlias(node)) return readAlias(node, path, { key: keyOffset, value })
    if (isMap(node) || isSeq(node) || isScalar(node))
      if (node.anchor) anchors.set(node.anchor, node)
    if (isMap(node)) return readMap(node, path)
    if (isSeq(node))
      return node.items.map((item, i) => read(item, [...path, i], offsetOf(item) ?? value))
    return isScalar(node) ? readScalar(node, path) : null
  }

  /** An anchor's value, placed at the alias. An anchor around its own alias never ends. */
  const open = new Set<string>()
  const readAlias = (alias: Alias, path: Path, place: Place): unknown => {
    const target = anchors.get(alias.source)
    if (target === undefined) report(error(path, `there is no anchor &${alias.source} before it`))
    else if (open.has(alias.source))
      excess ??= error(path, `stands inside its own anchor &${alias.source}`)
    if (target === undefined || excess !== undefined) return null
    open.add(alias.source)
    const value = read(target, path, place.key)
    open.delete(alias.source)
    places.set(pathText(path), place)
    return value
  }

  const readMap = (map: YAMLMap, path: Path): Record<string, unknown> => {
    const own: Record<string, unknown> = {}
    const merged: Record<string, unknown> = {}
    for (const pair of map.items) {
      const name = keyName(pair)
      const offset = offsetOf(pair.key) ?? offsetOf(map) ?? 0
      const inner = [...path, name ?? '']
      if (name === undefined) report(error(path, 'has a key that is not a plain name'))
      else if (name === '__proto__') {
        places.set(pathText(inner), { key: offset, value: offset })
        report(error(inner, 'is not possible as a name'))
      } else if (Object.hasOwn(own, name)) {
        places.set(pathText(inner), { key: offset, value: offset })
        report(error(inner, 'is given twice', 'keep one of the two'))
      } else if (name === '<<') {
        for (const [key, value] of readMerge(pair.value, inner, offset)) {
          if (Object.hasOwn(own, key) || Object.hasOwn(merged, key)) continue
          places.set(pathText([...path, key]), { key: offset, value: offset })
          merged[key] = value
        }
      } else own[name] = read(pair.value, inner, offset)
    }
    return { ...merged, ...own }
  }

  /** `<<: *base` or `<<: [*first, *second]`: entries for the mapping around it; the first wins. */
  const readMerge = (node: unknown, path: Path, offset: number): [string, unknown][] => {
    const value = read(node, path, offset)
    const sources = Array.isArray(value) ? value : [value]
    if (sources.every(isMapping)) return sources.flatMap((source) => Object.entries(source))
    report(error(path, 'takes mappings only'))
    return []
  }

  const readScalar = (node: Scalar, path: Path): unknown => {
    if (typeof node.value !== 'object' || node.value === null) return node.value
    report(error(path, 'is a kind of value that strategies do not use', 'write it in quotes'))
    return null
  }

  const root = read(contents, [], 0)
  if (excess === undefined) return root
  report(excess)
  return undefined
}

/** The text of a key as written, so that `12:` and `true:` are names too. */
function keyName(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) return undefined
  if (typeof pair.key.value === 'string') return pair.key.value
  return pair.key.source || undefined
}

function offsetOf(node: unknown): number | undefined {
  const range = (node as { range?: Range | null } | null)?.range
  return range?.[0]
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What stands at a path of a plain value; undefined when nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  let inner: unknown = value
  for (const step of path) {
    if (Array.isArray(inner) && typeof step === 'number') inner = inner[step]
    else if (isMapping(inner) && Object.hasOwn(inner, step)) inner = inner[step]
    else return undefined
  }
  return inner
}
