// Where a pipeline stands, and what a run would do: the decisions of a run, without their consequences. Of a phase whose
// needs are not done, what it would depend on is not known yet: it waits.

import { KtrdrError } from './core/errors.ts'
import { openPathHasher } from './pipeline/hash-path.ts'
import { isExpired } from './pipeline/decide.ts'
import type { Phase, Pipeline } from './pipeline/pipeline.ts'
import { isOperationKind, type PhaseContext } from './phase-work.ts'
import { decideOn, knownPhases, type Decided, type KnownPhase } from './pipeline-state.ts'
import type { DonePhase } from './phase-turn.ts'
import { isPipelineRunning, valuesOf } from './run-pipeline.ts'
import { viewOperation, type OperationView } from './operations/views.ts'
import { findOperation } from './store/operation-table.ts'

export type PhasePlan = {
  readonly phase: string
  readonly kind: string
  readonly needs: readonly string[]
  /** `wait`: what it depends on is known when the phases that it needs are done. */
  readonly action: 'cached' | 'resume' | 'run' | 'wait'
  readonly reason: string | null
  readonly operationId: string | null
}

export const PHASE_STATES = [
  'pending',
  'running',
  'completed',
  'cancelled',
  'failed',
  'expired',
  'stale',
] as const
export type PhaseState = (typeof PHASE_STATES)[number]

export type PhaseStatusView = {
  readonly phase: string
  readonly kind: string
  readonly needs: readonly string[]
  /** `stale`: what it has made does not hold any more; `expired`: it is past its time. */
  readonly status: PhaseState
  /** Why it would run; null = it would not. */
  readonly reason: string | null
  /** 0 … 1, as of the last save or the end. */
  readonly progress: number
  /** The newest good one. */
  readonly checkpoint: OperationView['checkpoint']
  readonly operationId: string | null
  readonly resumable: boolean
  /** Since it was done, else since its newest checkpoint, else since it was begun; null = it never was. */
  readonly ageMs: number | null
  readonly outputs: Readonly<Record<string, string>>
  readonly sizeBytes: number
  readonly error: KnownPhase['error']
}

type Looked = {
  readonly phase: Phase
  /** Of the phase, newest first. */
  readonly rows: readonly KnownPhase[]
  /** A phase that it needs is not done. */
  readonly waitsFor: string | null
  readonly decided: Decided | null
  /** What it reads is not there. */
  readonly error: KtrdrError | null
}

async function look(
  context: PhaseContext,
  pipeline: Pipeline,
  forgotten: readonly string[],
): Promise<Looked[]> {
  const hashPath = openPathHasher()
  const done = new Map<string, DonePhase>()
  const known = knownPhases(context.db, pipeline.file)
  const looked: Looked[] = []
  for (const phase of pipeline.phases) {
    const rows = known.filter((row) => row.phase === phase.name)
    const waitsFor = phase.needs.find((need) => !done.has(need)) ?? null
    const at = { phase, rows, waitsFor, decided: null, error: null }
    if (waitsFor !== null) {
      looked.push(at)
      continue
    }
    try {
      const made = (need: string): DonePhase => done.get(need)!
      const decided = await decideOn(context, pipeline, phase, made, hashPath)
      const { decision, fingerprint } = decided
      if (decision.action === 'cached' && !forgotten.includes(phase.name))
        done.set(phase.name, { fingerprint, outputs: decision.row.outputs })
      looked.push({ ...at, rows: decided.rows, decided })
    } catch (error) {
      if (!(error instanceof KtrdrError)) throw error
      looked.push({ ...at, error })
    }
  }
  return looked
}

/** @throws FILE_NOT_FOUND for what a phase reads that has nothing to wait for */
export async function planPhases(
  context: PhaseContext,
  pipeline: Pipeline,
  forgotten: readonly string[],
): Promise<PhasePlan[]> {
  return (await look(context, pipeline, forgotten)).map(({ phase, waitsFor, decided, error }) => {
    if (error !== null) throw error
    const { name, kind, needs } = phase
    const plan = { phase: name, kind, needs, operationId: null }
    const isForgotten = forgotten.includes(name)
    if (decided === null && !isForgotten)
      return { ...plan, action: 'wait', reason: `when ${waitsFor} is done` }
    if (isForgotten) return { ...plan, action: 'run', reason: 'it is to run anew' }
    const { decision } = decided!
    if (decision.action === 'run') return { ...plan, action: 'run', reason: decision.reason }
    const { operationId } = decision.row
    if (decision.action === 'resume')
      return { ...plan, action: 'resume', reason: decision.from, operationId }
    return { ...plan, action: 'cached', reason: null, operationId }
  })
}

export async function phaseStatuses(
  context: PhaseContext,
  pipeline: Pipeline,
): Promise<PhaseStatusView[]> {
  const { db, clock } = context
  const nowMs = clock.nowMs()
  const looked = await look(context, pipeline, [])
  const isRunning =
    looked.some(({ rows }) => rows.some(({ status }) => status === 'running')) &&
    isPipelineRunning(context, pipeline.file)
  return looked.map((one) => {
    const { phase, decided } = one
    const { name, kind, needs } = phase
    const row = rowShown(one)
    const found = row?.operationId ? findOperation(db, row.operationId) : undefined
    const operation = found && viewOperation(db, found, nowMs)
    const status = stateOf(one, row, isRunning, nowMs)
    return {
      phase: name,
      kind,
      needs,
      status,
      reason: reasonOf(one),
      progress: row?.status === 'completed' ? 1 : (operation?.progress ?? 0),
      checkpoint: operation?.checkpoint ?? null,
      operationId: row?.operationId ?? null,
      resumable: decided?.decision.action === 'resume',
      ageMs: row ? nowMs - momentOf(row) : null,
      outputs: row ? valuesOf(row.outputs) : {},
      sizeBytes: row?.sizeBytes ?? 0,
      error: operation?.error ?? row?.error ?? null,
    }
  })
}

/** That of what the phase is now; else the newest. */
function rowShown({ rows, decided }: Looked): KnownPhase | undefined {
  return rows.find(({ fingerprint }) => fingerprint === decided?.fingerprint) ?? rows[0]
}

function momentOf({ endedAtMs, startedAtMs, operation, status }: KnownPhase): number {
  if (status === 'completed') return endedAtMs ?? startedAtMs
  return operation?.checkpoint?.createdAtMs ?? startedAtMs
}

function reasonOf({ decided, waitsFor, error }: Looked): string | null {
  if (error !== null) return error.message
  if (decided === null) return `${waitsFor} comes first`
  const { decision } = decided
  return decision.action === 'run' ? decision.reason : null
}

function stateOf(
  { phase, decided, error }: Looked,
  row: KnownPhase | undefined,
  isRunning: boolean,
  nowMs: number,
): PhaseState {
  if (row === undefined) return 'pending'
  const { status, operation, fingerprint } = row
  if (status === 'running' && (isRunning || operation?.status === 'running')) return 'running'
  const action = decided?.decision.action
  if (action === 'cached' || action === 'adopt') return 'completed'
  if (error !== null || fingerprint !== decided?.fingerprint) return 'stale'
  if (status === 'completed') return row.damage === null && action === 'run' ? 'expired' : 'stale'
  if (isExpired(row, phase.ttlMs, nowMs)) return 'expired'
  const stopped = isOperationKind(row.kind) ? operation?.status : status
  return stopped === 'cancelled' ? 'cancelled' : 'failed'
}
