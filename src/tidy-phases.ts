// What document 003 asks of checkpoints that nobody goes on from: those past their time go, and those beyond the number
// that a phase may have. Pinned and tagged ones stay, as everywhere.

import { KtrdrError } from './core/errors.ts'
import { deleteCheckpoints } from './operations/delete-checkpoints.ts'
import { isExpired, isOlder } from './pipeline/decide.ts'
import type { Phase, Pipeline } from './pipeline/pipeline.ts'
import { DEFAULT_TTL } from './pipeline/schema.ts'
import { parseDuration } from './core/units.ts'
import type { PhaseContext } from './phase-work.ts'
import { knownPhases, type KnownPhase } from './pipeline-state.ts'
import { listCheckpoints, type CheckpointRow } from './store/checkpoint-table.ts'
import { inTransaction } from './store/database.ts'
import { dropPhases } from './store/phase-table.ts'

/** Something that was begun and will not go on. */
export type Tidied = {
  readonly phase: string
  readonly operationId: string | null
  readonly ageMs: number
  readonly checkpoints: number
  readonly bytesFreed: number
}

type Tell = (event: { readonly kind: 'expired' } & Tidied) => void

/**
 * What was begun of a phase and is past its time; what was done, and is, is forgotten.
 * @param kept the row to go on from, if there is one
 */
export function tidyPhase(
  context: PhaseContext,
  rows: readonly KnownPhase[],
  { ttlMs, maxCheckpoints }: Phase,
  kept: KnownPhase | undefined,
  tell: Tell,
): void {
  const { db, clock } = context
  const nowMs = clock.nowMs()
  const done = rows.filter((row) => row !== kept && row.status === 'completed')
  const outdated = done.filter((row) => isOlder(row.endedAtMs ?? row.startedAtMs, ttlMs, nowMs))
  inTransaction(db, () => dropPhases(db, outdated))
  const others = rows.filter((row) => row !== kept && row.status !== 'completed')
  for (const row of others) {
    if (!isExpired(row, ttlMs, nowMs)) continue
    const sinceMs = row.operation?.checkpoint?.createdAtMs ?? row.startedAtMs
    const freed = dropAll(context, row)
    inTransaction(db, () => dropPhases(db, [row]))
    tell({
      kind: 'expired',
      phase: row.phase,
      operationId: row.operationId,
      ageMs: nowMs - sinceMs,
      ...freed,
    })
  }
  let count = kept === undefined ? 0 : checkpointsOf(context, kept).length
  for (const row of others.filter((one) => !isExpired(one, ttlMs, nowMs))) {
    count += checkpointsOf(context, row).length
    if (count > maxCheckpoints) dropAll(context, row)
  }
}

/** What was begun of phases that the file does not have any more. */
export function tidyStrangers(context: PhaseContext, { file, phases }: Pipeline, tell: Tell): void {
  const names = new Set(phases.map(({ name }) => name))
  const rows = knownPhases(context.db, file).filter(({ phase }) => !names.has(phase))
  const lifetime = { ttlMs: parseDuration(DEFAULT_TTL), maxCheckpoints: Infinity }
  for (const row of rows) tidyPhase(context, [row], { ...lifetime } as Phase, undefined, tell)
}

function checkpointsOf({ db }: PhaseContext, { operationId }: KnownPhase): CheckpointRow[] {
  return operationId === null ? [] : listCheckpoints(db, operationId)
}

/** Checkpoints of what a phase has begun; none of an operation that runs, or is done. */
export function dropAll(
  context: PhaseContext,
  row: KnownPhase,
): { readonly checkpoints: number; readonly bytesFreed: number } {
  const { db, layout, clock } = context
  const seqs = checkpointsOf(context, row)
    .filter(({ isPinned, tag }) => !isPinned && tag === null)
    .map(({ seq }) => seq)
  if (seqs.length === 0) return { checkpoints: 0, bytesFreed: 0 }
  try {
    const { rows, bytesFreed } = deleteCheckpoints(db, layout, clock, row.operationId!, seqs)
    return { checkpoints: rows.length, bytesFreed }
  } catch (error) {
    const code = error instanceof KtrdrError ? error.code : undefined
    if (code !== 'OPERATION_ALREADY_RUNNING' && code !== 'CHECKPOINT_NOT_FOUND') throw error
    return { checkpoints: 0, bytesFreed: 0 } // somebody goes on from them, or was faster
  }
}
