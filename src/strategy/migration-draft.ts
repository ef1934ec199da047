// A strategy file while it is migrated: a YAML document that keeps its comments and order, and the list of what was
// done to it. Every edit is told, in the words of `Change`.

import { Document, isMap, isScalar, Lexer, Pair, parseDocument, Scalar, visit, YAMLMap } from 'yaml'
import type { Node } from 'yaml'
import { show } from './problems.ts'
import { MARKS } from './yaml-limits.ts'

export type Change = {
  readonly kind: 'moved' | 'renamed' | 'changed' | 'added' | 'dropped'
  /** `model.training.epochs: 50 → training.epochs` */
  readonly what: string
  /** Why, where it does not speak for itself. */
  readonly why?: string
  /** True when the older version acted on it and version 3 has nothing like it. */
  readonly isLoss?: true
}

export type Draft = {
  readonly document: Document
  readonly root: YAMLMap
  /** How the file writes `{ a: 1 }` and `[ 1, 2 ]`. */
  readonly padding: { readonly maps: boolean; readonly lists: boolean }
  readonly changes: Change[]
}

/**
 * @param text sound YAML with a mapping at the top
 * @param plain what it holds, anchors and merge keys followed
 */
export function openDraft(text: string, plain: object): Draft {
  const parsed = parseDocument(text.replace(/^\uFEFF/, ''), {
    uniqueKeys: false,
    logLevel: 'error',
  })
  const changes: Change[] = []
  const document: Document = hasAnchors(parsed) ? new Document(plain) : parsed
  if (document !== parsed)
    changes.push({ kind: 'changed', what: 'anchors are written out', why: 'comments are lost' })
  const padding = { maps: !/\{[^\s}]/.test(text), lists: /: \[ /.test(text) }
  return { document, root: document.contents as YAMLMap, padding, changes }
}

function hasAnchors(document: Document): boolean {
  let found = false
  visit(document, {
    Alias: () => {
      found = true
      return visit.BREAK
    },
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || pair.key.value !== '<<') return undefined
      found = true
      return visit.BREAK
    },
  })
  return found
}

export function finishDraft({ document, padding }: Draft): string {
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: padding.maps })
  return padding.maps && !padding.lists ? withTightLists(text) : text
}

/** `[ 1, 2 ]` → `[1, 2]`, and nothing inside texts and comments. */
function withTightLists(text: string): string {
  const tokens = [...new Lexer().lex(text)].filter((token) => !MARKS.has(token))
  return tokens
    .filter((token, i) => !/^ +$/.test(token) || (tokens[i - 1] !== '[' && tokens[i + 1] !== ']'))
    .join('')
}

export function nameOf(pair: Pair): string {
  if (!isScalar(pair.key)) return String(pair.key)
  return typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? '')
}

export function pairAt(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => nameOf(pair) === key)
}

export function hasKey(map: YAMLMap, key: string): boolean {
  return pairAt(map, key) !== undefined
}

export function mapAt(map: YAMLMap, key: string): YAMLMap | undefined {
  const value = pairAt(map, key)?.value
  return isMap(value) ? value : undefined
}

export function textAt(map: YAMLMap, key: string): string | undefined {
  const value = pairAt(map, key)?.value
  return isScalar(value) && typeof value.value === 'string' ? value.value : undefined
}

export function plainAt({ document }: Draft, map: YAMLMap, key: string): unknown {
  return plainOf(document, pairAt(map, key)?.value)
}

export function plainOf(document: Document, node: unknown): unknown {
  return (node as Node | null | undefined)?.toJS(document) ?? null
}

/** What a value looks like in a message. */
export function shownAt(draft: Draft, map: YAMLMap, key: string): string {
  return show(plainAt(draft, map, key))
}

export function renameKey(map: YAMLMap, from: string, to: string): void {
  const pair = pairAt(map, from)
  if (pair && isScalar(pair.key)) pair.key.value = to
}

export function removeKey(map: YAMLMap, key: string): Pair | undefined {
  const pair = pairAt(map, key)
  if (pair) map.items.splice(map.items.indexOf(pair), 1)
  return pair
}

/** Sets a plain value, in its place when the key is there already, else behind `after`, else at the end. */
export function setKey(map: YAMLMap, key: string, value: Node, after?: string): void {
  const there = pairAt(map, key)
  if (there) {
    there.value = value
    return
  }
  const made = new Scalar(key)
  const before = after === undefined ? undefined : pairAt(map, after)
  if (isScalar(before?.key) && before.key.spaceBefore) made.spaceBefore = true
  map.items.splice(
    before ? map.items.indexOf(before) + 1 : map.items.length,
    0,
    new Pair(made, value),
  )
}

/** The mapping under `key`, made when it is not there. */
export function openMap({ document }: Draft, map: YAMLMap, key: string, after?: string): YAMLMap {
  const there = mapAt(map, key)
  if (there) return there
  const made = new YAMLMap(document.schema)
  setKey(map, key, made, after)
  return made
}

export function scalar(value: string | number | boolean): Scalar {
  return new Scalar(value)
}

/** `{ fuzzy_set: rsi, timeframes: all }` on one line. */
export function oneLine({ document }: Draft, value: unknown): Node {
  return document.createNode(value, { flow: true })
}
