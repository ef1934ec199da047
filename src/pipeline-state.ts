// Where the phases of a pipeline stand: what the table says of them, joined with what their operations have become and
// with what lies on the disk now.

import { dirname } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import { nearest } from './core/did-you-mean.ts'
import { placeText } from './core/operation.ts'
import { shellWord } from './core/shell-word.ts'
import { isResumable } from './operations/states.ts'
import { decide, type Decision, type Known, type KnownOperation } from './pipeline/decide.ts'
import { fingerprintOf, partsOf, type Made, type Parts } from './pipeline/fingerprint.ts'
import type { HashPath } from './pipeline/hash-path.ts'
import { withDependents, type Phase, type Pipeline } from './pipeline/pipeline.ts'
import { placeNamed } from './model-named.ts'
import { damageOf, type PhaseContext } from './phase-work.ts'
import { findUsableCheckpoint } from './store/checkpoint-table.ts'
import type { Sqlite } from './store/database.ts'
import { findOperation, type OperationRow } from './store/operation-table.ts'
import { listPhases, type PhaseRow } from './store/phase-table.ts'

export type KnownPhase = PhaseRow & Known

/** Rows of a pipeline with their operations, newest first. What they have made is not looked at. */
export function knownPhases(db: Sqlite, file: string): KnownPhase[] {
  return listPhases(db, file).map((row) => {
    const operation = row.operationId === null ? undefined : findOperation(db, row.operationId)
    return { ...row, damage: null, operation: operation ? knownOperation(db, operation) : null }
  })
}

function knownOperation(db: Sqlite, row: OperationRow): KnownOperation {
  const newest = isResumable(row) ? findUsableCheckpoint(db, row.id) : undefined
  return {
    id: row.id,
    status: row.status,
    endedAtMs: row.endedAtMs,
    checkpoint: newest ? { text: placeText(newest.cursor), createdAtMs: newest.createdAtMs } : null,
  }
}

export type Decided = {
  readonly parts: Parts
  readonly fingerprint: string
  /** Of the phase, newest first. */
  readonly rows: readonly KnownPhase[]
  readonly decision: Decision<KnownPhase>
}

/**
 * What to do about a phase, when all that it needs is done.
 * @throws FILE_NOT_FOUND for what it reads
 */
export async function decideOn(
  context: PhaseContext,
  { file }: Pipeline,
  phase: Phase,
  made: (phase: string) => Made,
  hashPath: HashPath,
): Promise<Decided> {
  const { db, layout, settings, clock } = context
  const base = dirname(file)
  const parts = await partsOf(phase, made, {
    base,
    hashPath,
    locate: async (kind, name) => {
      if (kind === 'model') return (await placeNamed({ db, layout }, name)).directory
      const { findStrategy } = await import('./strategy/load-strategy.ts')
      return findStrategy(name, [base, ...settings.strategyDirectories])
    },
  })
  const fingerprint = fingerprintOf(parts)
  const rows: KnownPhase[] = []
  for (const row of knownPhases(db, file)) {
    if (row.phase !== phase.name) continue
    const isDone = row.status === 'completed' && row.fingerprint === fingerprint
    rows.push(isDone ? { ...row, damage: await damageOf(row.outputs, hashPath) } : row)
  }
  const decision = decide(rows, { parts, fingerprint, ttlMs: phase.ttlMs, nowMs: clock.nowMs() })
  return { parts, fingerprint, rows, decision }
}

export type RunOptions = {
  /** A phase to do anew, with all that depends on it. */
  readonly from?: string | undefined
  /** All of them. */
  readonly force?: boolean | undefined
}

/**
 * Phases that are to run whatever is known of them.
 * @throws PHASE_NOT_FOUND
 */
export function phasesToForget(
  { phases, file }: Pipeline,
  { from, force = false }: RunOptions,
): readonly string[] {
  const names = phases.map(({ name }) => name)
  if (from !== undefined) expectPhase(from, names, file)
  if (force) return names
  return from === undefined ? [] : withDependents(phases, from)
}

/** @throws PHASE_NOT_FOUND */
export function expectPhase(name: string, names: readonly string[], file: string): void {
  if (names.includes(name)) return
  const meant = nearest(name, names)
  const question =
    meant === undefined ? `; it has ${names.join(', ')}` : `; did you mean "${meant}"?`
  throw new KtrdrError('PHASE_NOT_FOUND', `${file} has no phase "${name}"${question}`, {
    suggestions: [`ktrdr pipeline status ${shellWord(file)}`],
    details: { phase: name, phases: names },
  })
}
