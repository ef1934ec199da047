// A strategy with other values in some places: as plain data for a trial, and as YAML that keeps its comments and order for
// people to go on with.

import { isCollection, isScalar, type Document, type Node } from 'yaml'
import { invariant } from '../core/errors.ts'
import { exactJson, type Json } from '../core/hash.ts'
import { finishDraft, openDraft } from './migration-draft.ts'
import { isMapping } from './plain-value.ts'
import type { Path } from './problems.ts'
import { readDocument } from './strategy-document.ts'

export type Assignment = { readonly path: Path; readonly value: Json }

/** A copy; mappings that are missing on the way are made. */
export function withValues(root: unknown, assignments: readonly Assignment[]): unknown {
  return assignments.reduce((changed, { path, value }) => withValue(changed, path, value), root)
}

function withValue(root: unknown, [step, ...rest]: Path, value: Json): unknown {
  if (step === undefined) return value
  if (typeof step === 'number') {
    invariant(Array.isArray(root) && step < root.length, `There is no item ${step}.`)
    return root.map((item, i) => (i === step ? withValue(item, rest, value) : (item as unknown)))
  }
  const owner = isMapping(root) ? root : {}
  return { ...owner, [step]: withValue(owner[step], rest, value) }
}

/**
 * @param text a sound strategy
 * @param header lines of a comment to begin with
 * @returns YAML whose plain values are those of `withValues`
 */
export function writeWithValues(
  text: string,
  assignments: readonly Assignment[],
  header: readonly string[],
): string {
  const { root } = readDocument(text, 'strategy')
  const draft = openDraft(text, root as object)
  for (const { path, value } of assignments) setValue(draft.document, path, value)
  const written = finishDraft(draft)
  const expected = withValues(root, assignments)
  invariant(
    sameValue(readDocument(written, 'strategy').root, expected),
    'A strategy that was written with other values reads differently.',
  )
  return `${header.map((line) => `# ${line}\n`).join('')}#\n${written}`
}

/** A list or a mapping stands on one line, and what was said beside the old value stays. */
function setValue(document: Document, path: Path, value: Json): void {
  const before = document.getIn(path, true)
  if (isScalar(before) && (typeof value !== 'object' || value === null)) {
    before.value = value
    return
  }
  const node = document.createNode(value, { flow: true }) as Node
  if (isScalar(before) || isCollection(before)) {
    if (before.comment != null) node.comment = before.comment
    if (before.commentBefore != null) node.commentBefore = before.commentBefore
  }
  document.setIn(path, node)
}

function sameValue(a: unknown, b: unknown): boolean {
  return exactJson(sorted(a)) === exactJson(sorted(b))
}

/** The order of keys is not what is compared: merge keys come first in plain values. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMapping(value)) return value ?? null
  const keys = Object.keys(value).toSorted()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]))
}
