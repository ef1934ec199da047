// Strategies of version 2, and of version 1 with its flat `data`, as version 3: the same indicators and fuzzy sets,
// and the hyper-parameters where version 3 reads them.
//
// Source: upstream ktrdr's migration, which is purely structural; it leaves `model.training` where nothing reads it, so
// that a migrated strategy trains with other settings than before (W23). Here those move too, names that differ are
// mapped, and what version 3 has no place for is dropped and told. Comments and the order of keys stay.

import { isMap, isSeq, YAMLSeq } from 'yaml'
import { KtrdrError } from '../core/errors.ts'
import {
  finishDraft,
  hasKey,
  mapAt,
  nameOf,
  oneLine,
  openDraft,
  scalar,
  setKey,
  shownAt,
  textAt,
  type Change,
  type Draft,
} from './migration-draft.ts'
import { migrateFuzzySets } from './migrate-fuzzy-sets.ts'
import { migrateIndicators } from './migrate-indicators.ts'
import { migrateTraining } from './migrate-training.ts'
import { migrateTrainingData } from './migrate-training-data.ts'
import { dropForeignKeys } from './migrate-foreign-keys.ts'
import { isMapping } from './plain-value.ts'
import { formatProblem, show } from './problems.ts'
import { NAME } from './schema.ts'
import { readDocument } from './strategy-document.ts'

export type { Change } from './migration-draft.ts'

export type Migration = {
  readonly from: 1 | 2
  /** What the new file may be called: a name that cannot be one is that of the old file. */
  readonly name: string
  readonly text: string
  readonly changes: readonly Change[]
  /** How many there were, and are. */
  readonly counts: Readonly<
    Record<'indicators' | 'fuzzySets', readonly [before: number, after: number]>
  >
}

/**
 * @param name instead of the strategy's own
 * @returns undefined when it is of version 3 already
 * @throws STRATEGY_INVALID when it is not YAML, or no strategy
 */
export function migrateV2(
  text: string,
  fileName: string,
  { stem, name }: { readonly stem: string; readonly name?: string },
): Migration | undefined {
  const { root: plain, problems, locate } = readDocument(text, fileName)
  if (problems.length > 0) throw refusal(problems.map(formatProblem))
  if (!isMapping(plain) || !isStrategy(plain)) {
    const message = `holds ${show(plain)}, which is not a strategy`
    throw refusal([formatProblem(locate({ severity: 'error', path: [], message }))])
  }
  if (isMapping(plain['indicators']) && Object.hasOwn(plain, 'nn_inputs')) return undefined

  const draft = openDraft(text, plain)
  const { root } = draft
  const before = counted(draft)
  setName(draft, stem, name)
  setVersion(draft)
  migrateTrainingData(draft)
  const ids = migrateIndicators(draft)
  migrateFuzzySets(draft, ids)
  addInputs(draft)
  migrateTraining(draft)
  if (!hasKey(root, 'decisions')) {
    setKey(root, 'decisions', oneLine(draft, { output_format: 'classification' }), 'model')
    draft.changes.push({ kind: 'added', what: 'decisions: {output_format: classification}' })
  }
  dropForeignKeys(draft)
  const after = counted(draft)
  const named = textAt(root, 'name') ?? ''
  return {
    from: Object.hasOwn(plain, 'training_data') ? 2 : 1,
    name: NAME.test(named) ? named : stem,
    text: finishDraft(draft),
    changes: draft.changes,
    counts: {
      indicators: [before.indicators, after.indicators],
      fuzzySets: [before.fuzzySets, after.fuzzySets],
    },
  }
}

function isStrategy(plain: Record<string, unknown>): boolean {
  return Object.hasOwn(plain, 'indicators') || Object.hasOwn(plain, 'fuzzy_sets')
}

function refusal(lines: readonly string[]): KtrdrError {
  return new KtrdrError('STRATEGY_INVALID', lines.join('\n'))
}

function counted({ root }: Draft): { indicators: number; fuzzySets: number } {
  const size = (key: string): number => {
    const value = root.get(key)
    return isMap(value) || isSeq(value) ? value.items.length : 0
  }
  return { indicators: size('indicators'), fuzzySets: size('fuzzy_sets') }
}

/** Models are stored under the name, and the name should be that of the file (W48). */
function setName(draft: Draft, stem: string, wanted: string | undefined): void {
  const { root, changes } = draft
  const name = wanted ?? (hasKey(root, 'name') ? undefined : stem)
  if (name === undefined || !NAME.test(name) || name === textAt(root, 'name')) return
  const why = 'as the file is called'
  if (hasKey(root, 'name'))
    changes.push({ kind: 'changed', what: `name: ${shownAt(draft, root, 'name')} → ${name}`, why })
  else {
    changes.push({ kind: 'added', what: `name: ${name}`, why })
    root.items.unshift(draft.document.createPair('name', name) as never)
  }
  setKey(root, 'name', scalar(name))
}

function setVersion(draft: Draft): void {
  const { root, changes } = draft
  const version = scalar('3.0')
  version.type = 'QUOTE_DOUBLE'
  if (hasKey(root, 'version'))
    changes.push({ kind: 'changed', what: `version: ${shownAt(draft, root, 'version')} → "3.0"` })
  else changes.push({ kind: 'added', what: 'version: "3.0"' })
  setKey(root, 'version', version, hasKey(root, 'description') ? 'description' : 'name')
}

/** All memberships of every fuzzy set on every timeframe: what version 2 gave its network. */
function addInputs(draft: Draft): void {
  const { root, changes, document } = draft
  const sets = mapAt(root, 'fuzzy_sets')?.items.map(nameOf) ?? []
  if (hasKey(root, 'nn_inputs') || sets.length === 0) return
  const list = new YAMLSeq(document.schema)
  for (const set of sets) list.items.push(oneLine(draft, { fuzzy_set: set, timeframes: 'all' }))
  setKey(root, 'nn_inputs', list, 'fuzzy_sets')
  changes.push({ kind: 'added', what: `nn_inputs: ${sets.join(', ')}, on all timeframes` })
}
