// A run of a pipeline, a phase whose turn it is, and what the database is told of it: begun, done, stopped.

import { errorToData } from './core/errors.ts'
import type { RunEvent } from './core/events.ts'
import { passPoint } from './core/fault.ts'
import type { HashPath } from './pipeline/hash-path.ts'
import type { Phase, Pipeline } from './pipeline/pipeline.ts'
import type { PhaseSettings } from './pipeline/schema.ts'
import type { PhaseContext } from './phase-work.ts'
import type { Decided } from './pipeline-state.ts'
import type { Stops } from './pipeline-stops.ts'
import { inTransaction } from './store/database.ts'
import { beginPhase, endPhase, type PhaseKey, type PhaseOutputs } from './store/phase-table.ts'
import type { Tidied } from './tidy-phases.ts'

export type PipelineEvent =
  | {
      readonly kind: 'phase'
      readonly phase: string
      readonly phaseKind: string
      readonly number: number
      readonly of: number
      readonly action: 'cached' | 'resume' | 'run'
      /** Why it runs, or where it goes on from. */
      readonly reason: string | null
    }
  | ({ readonly kind: 'expired' } & Tidied)
  /** What was begun cannot go on, so it begins anew. */
  | { readonly kind: 'restart'; readonly phase: string; readonly reason: string }
  /** The command of a run that has died was still there. */
  | { readonly kind: 'orphan'; readonly phase: string; readonly pid: number }
  | { readonly kind: 'run'; readonly event: RunEvent }

/** A phase that is done. */
export type DonePhase = { readonly fingerprint: string; readonly outputs: PhaseOutputs }

/** What the phases of one run share. */
export type Run = {
  readonly context: PhaseContext
  readonly pipeline: Pipeline
  /** The directory of the file. */
  readonly base: string
  /** Where commands leave what they say. */
  readonly logs: string
  readonly stops: Stops
  readonly hashPath: HashPath
  readonly listener: (event: PipelineEvent) => void
  /** Phases that run whatever is known of them. */
  readonly forgotten: readonly string[]
  /** By name; grows. */
  readonly done: Map<string, DonePhase>
}

export type PhaseEnd = {
  readonly action: 'cached' | 'resumed' | 'run'
  readonly reason: string | null
  readonly operationId: string | null
  /** null = it was stopped. */
  readonly outputs: PhaseOutputs | null
  readonly isAbandoned: boolean
}

/** A phase whose turn it is. */
export type Turn = {
  readonly phase: Phase
  /** With paths made whole and references filled in. */
  readonly settings: PhaseSettings
  readonly key: PhaseKey
  readonly parts: Decided['parts']
  readonly reason: string | null
}

export function begin(run: Run, { phase, key, parts }: Turn, operationId: string | null): void {
  const { db, clock } = run.context
  const { name } = run.pipeline
  const startedAtMs = clock.nowMs()
  const { kind } = phase
  inTransaction(db, () => beginPhase(db, { ...key, name, kind, parts, operationId, startedAtMs }))
  passPoint('pipeline.phase-recorded')
}

export function complete(
  { context, done }: Run,
  { key }: Turn,
  outputs: PhaseOutputs,
): PhaseOutputs {
  const { db, clock } = context
  passPoint('pipeline.phase-done')
  inTransaction(db, () => {
    endPhase(db, key, { status: 'completed', endedAtMs: clock.nowMs(), outputs })
    passPoint('pipeline.before-commit')
  })
  passPoint('pipeline.after-commit')
  done.set(key.phase, { fingerprint: key.fingerprint, outputs })
  return outputs
}

/** Records that a phase has ended without being done. */
export function stopped({ context }: Run, { key }: Turn, error: unknown): void {
  const { db, clock } = context
  const { code, message, suggestions } = errorToData(error)
  const status = code === 'CANCELLED' ? 'cancelled' : 'failed'
  inTransaction(db, () =>
    endPhase(db, key, {
      status,
      endedAtMs: clock.nowMs(),
      error: { code, message, suggestions },
    }),
  )
}
