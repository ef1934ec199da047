// Keys that version 3 does not know, or knows to do nothing: dropped, and told. One that is a slip of a known key stays,
// so that the loader can say so.

import { isMap } from 'yaml'
import type { Scalar, YAMLMap } from 'yaml'
import { nearest } from '../core/did-you-mean.ts'
import { foreignKey } from './foreign-keys.ts'
import { show } from './problems.ts'
import type { Path } from './problems.ts'
import { keysAt, placeAt } from './schema-walk.ts'
import { hasKey, nameOf, plainOf, removeKey, textAt, type Draft } from './migration-draft.ts'

/** Their keys are names that the author chose. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'indicators',
  'fuzzy_sets',
  'nn_inputs',
  'context_data',
])

export function dropForeignKeys(draft: Draft): void {
  keepHypothesis(draft)
  dropIn(draft, draft.root, [])
}

/** For people, so it becomes a comment. */
function keepHypothesis({ root, changes }: Draft): void {
  const hypothesis = textAt(root, 'hypothesis')
  if (hypothesis === undefined) return
  removeKey(root, 'hypothesis')
  const comment = ` Hypothesis: ${hypothesis.trim().replaceAll(/\s*\n\s*/g, '\n ')}`
  const first = root.items[0]!.key as Scalar
  first.commentBefore = [first.commentBefore, comment].filter(Boolean).join('\n')
  changes.push({ kind: 'moved', what: 'hypothesis → a comment at the top' })
}

function dropIn(draft: Draft, map: YAMLMap, path: Path): void {
  const known = keysAt(path)
  if (known.length === 0) return
  for (const pair of map.items.slice()) {
    const key = nameOf(pair)
    const inner = [...path, key]
    const isKnown = known.includes(key)
    const ignored = isKnown ? placeAt(inner)?.ignored : undefined
    const isForeign = !isKnown && nearest(key, known) === undefined
    if (isForeign || ignored !== undefined) {
      const value = show(plainOf(draft.document, pair.value))
      const why = ignored?.replaceAll(/^Ignored: |\.$/g, '') ?? whyForeign(map, path, key)
      draft.changes.push({ kind: 'dropped', what: `${inner.join('.')}: ${value}`, why })
      removeKey(map, key)
    } else if (isMap(pair.value) && isKnown && !OWN_NAMES.has(key)) dropIn(draft, pair.value, inner)
  }
}

function whyForeign(map: YAMLMap, path: Path, key: string): string {
  const foreign = foreignKey(path, key)
  if (foreign === undefined) return 'version 3 has no such key'
  return hasKey(map, foreign.meant) ? `${foreign.meant} is given too` : foreign.remedy
}
