// Deleting a model: its row in one transaction, in which nothing is found that needs it, then its directory. It may be
// killed anywhere: the model is whole, or it is gone and `gc` removes what is left.

import { removeBundle } from '../checkpoint/publish-bundle.ts'
import { afterCommit } from '../checkpoint/write-checkpoint.ts'
import { KtrdrError } from '../core/errors.ts'
import { passPoint } from '../core/fault.ts'
import type { Json } from '../core/hash.ts'
import { markBundleDeleted, type BundleRow } from '../store/bundle-table.ts'
import { listCheckpoints } from '../store/checkpoint-table.ts'
import { inTransaction, rehearse, type Sqlite } from '../store/database.ts'
import { listOperationsNaming } from '../store/operation-list.ts'
import { type OperationRow } from '../store/operation-table.ts'
import { isResumable } from './states.ts'

export type ModelToDelete = Pick<BundleRow, 'name' | 'variant' | 'version' | 'operationId'> & {
  /** How it is called in messages. */
  readonly model: string
  /** Its directory. */
  readonly path: string
}

/**
 * @returns false when it is gone already
 * @throws MODEL_IN_USE
 */
export function deleteModel(
  db: Sqlite,
  model: ModelToDelete,
  { dryRun }: { readonly dryRun: boolean },
): boolean {
  const { path, operationId } = model
  const mark = (): boolean => {
    passPoint('model.in-transaction')
    refuseIfNeeded(db, model)
    const isMarked = markBundleDeleted(db, { ...model, kind: 'model' })
    passPoint('model.before-commit')
    return isMarked
  }
  if (dryRun) return rehearse(db, mark)
  if (!inTransaction(db, mark)) return false
  afterCommit(() => {
    passPoint('model.after-commit')
    removeBundle(path, operationId)
    passPoint('model.after-unlink')
  })
  return true
}

/**
 * Not what has ended for good: its record names the model, and needs it no longer.
 * @throws MODEL_IN_USE
 */
export function refuseIfNeeded(
  db: Sqlite,
  { model, path }: Pick<ModelToDelete, 'model' | 'path'>,
): void {
  const needs = listOperationsNaming(db, path)
    .filter(({ settings }) => usesModel(settings, path))
    .flatMap((operation) => {
      const why = whyNeeded(db, operation)
      return why === undefined ? [] : [{ operation, ...why }]
    })
  if (needs.length === 0) return
  const list = needs.map(({ operation, reason }) => `${operation.id} ${reason}`).join(', ')
  throw new KtrdrError('MODEL_IN_USE', `${model} is needed: ${list}.`, {
    suggestions: needs.map(({ remedy }) => remedy),
    details: { operations: needs.map(({ operation }) => operation.id) },
  })
}

type Use = Readonly<Record<'model' | 'warmStart', { readonly directory?: Json } | null | undefined>>

/** A backtest of it, or a training that starts from it. */
function usesModel(settings: Json, directory: string): boolean {
  const { model, warmStart } = (settings ?? {}) as Partial<Use>
  return [model, warmStart].some((place) => place?.directory === directory)
}

function whyNeeded(
  db: Sqlite,
  operation: OperationRow,
): { readonly reason: string; readonly remedy: string } | undefined {
  const { id, status } = operation
  if (status === 'running')
    return { reason: 'is running with it', remedy: `ktrdr operations cancel ${id}` }
  const usable = listCheckpoints(db, id).filter(({ damage }) => damage === null)
  if (isResumable(operation) && usable.some(({ isSuperseded }) => !isSuperseded))
    return {
      reason: `is ${status.toUpperCase()} and can be resumed with it`,
      remedy: `ktrdr checkpoints delete ${id}`,
    }
  const pinned = usable.find(({ isPinned }) => isPinned)
  if (pinned)
    return {
      reason: 'has pinned checkpoints that need it',
      remedy: `ktrdr checkpoints unpin ${id}@${pinned.seq}`,
    }
  return undefined
}
