// Runs the phases of a pipeline in their order. What is done is recorded by the fingerprint of all that it depends on,
// so that a run finds what of it still holds: that is left as it is, what was begun goes on, the rest is done.
//
//   record the phase → do it → record what it has made
//
// A process that dies anywhere in between leaves a phase that was begun: its operation is resumed, or was completed and
// is taken over; what is no operation is done again. One run at a time has the lock of a pipeline.

import { dirname, join } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import { passPoint } from './core/fault.ts'
import { sha256 } from './core/hash.ts'
import { shellWord } from './core/shell-word.ts'
import { openPathHasher } from './pipeline/hash-path.ts'
import type { Phase, Pipeline } from './pipeline/pipeline.ts'
import type { PhaseContext } from './phase-work.ts'
import { phasesToForget, type RunOptions } from './pipeline-state.ts'
import { listenForStops } from './pipeline-stops.ts'
import { stopOrphan } from './run-command-phase.ts'
import type { PhaseEnd, PipelineEvent, Run } from './phase-turn.ts'
import { runPhase } from './run-phase.ts'
import type { StopSignal } from './runner/signals.ts'
import { inTransaction } from './store/database.ts'
import { tryLock, type OwnerLock } from './store/owner-lock.ts'
import { dropPhases, listPhases, type PhaseOutputs } from './store/phase-table.ts'
import { tidyStrangers } from './tidy-phases.ts'

export type PhaseReport = {
  readonly phase: string
  readonly kind: string
  /** null = it was not its turn. */
  readonly action: PhaseEnd['action'] | null
  readonly status: 'completed' | 'cancelled' | 'failed' | 'waiting'
  /** Why it ran, or where it went on from. */
  readonly reason: string | null
  readonly operationId: string | null
  /** What references to it mean. */
  readonly outputs: Readonly<Record<string, string>>
  readonly sizeBytes: number
  readonly tookMs: number
}

export type PipelineReport = {
  readonly pipeline: string
  readonly file: string
  readonly status: 'completed' | 'cancelled'
  /** The signal that stopped the run, if one did. */
  readonly signal: StopSignal | null
  /** A second Ctrl-C left without waiting for the last save. */
  readonly isAbandoned: boolean
  readonly phases: readonly PhaseReport[]
}

/** @throws PIPELINE_RUNNING, PHASE_NOT_FOUND, and what has made a phase fail, with `details.phases` */
export async function runPipeline(
  context: PhaseContext,
  pipeline: Pipeline,
  options: RunOptions,
  listener: (event: PipelineEvent) => void,
): Promise<PipelineReport> {
  const { db, layout, clock } = context
  const forgotten = phasesToForget(pipeline, options)
  const lock = lockPipeline(context, pipeline.file)
  const stops = listenForStops(clock)
  const run: Run = {
    context,
    pipeline,
    base: dirname(pipeline.file),
    logs: join(layout.logs, pipelineId(pipeline.file)),
    stops,
    hashPath: openPathHasher(),
    listener,
    forgotten,
    done: new Map(),
  }
  try {
    const rows = listPhases(db, pipeline.file)
    for (const { phase, process } of rows)
      if (process !== null && (await stopOrphan(process)))
        listener({ kind: 'orphan', phase, pid: process.pid })
    const dropped = rows.filter(({ phase }) => forgotten.includes(phase))
    inTransaction(db, () => dropPhases(db, dropped))
    passPoint('pipeline.begun')
    return await runPhases(run)
  } finally {
    stops.close()
    lock.release()
  }
}

async function runPhases(run: Run): Promise<PipelineReport> {
  const { pipeline, stops, context, listener } = run
  const reports: PhaseReport[] = []
  const reportAs = (status: PipelineReport['status'], isAbandoned = false): PipelineReport => ({
    pipeline: pipeline.name,
    file: pipeline.file,
    status,
    signal: stops.signal,
    isAbandoned,
    phases: withWaiting(reports, pipeline),
  })
  for (const phase of pipeline.phases) {
    if (stops.signal !== null) return reportAs('cancelled')
    const fromMs = context.clock.elapsedMs()
    const tookMs = (): number => Math.round(context.clock.elapsedMs() - fromMs)
    try {
      const end = await runPhase(run, phase)
      reports.push(phaseReport(phase, end, tookMs()))
      if (end.outputs === null) return reportAs('cancelled', end.isAbandoned)
    } catch (error) {
      const { name, kind } = phase
      const failed = { phase: name, kind, action: 'run', status: 'failed' } as const
      reports.push({ ...NOTHING, ...failed, tookMs: tookMs() })
      throw failureIn(pipeline, name, error, withWaiting(reports, pipeline))
    }
  }
  tidyStrangers(context, pipeline, listener)
  return reportAs('completed')
}

const NOTHING = { reason: null, operationId: null, outputs: {}, sizeBytes: 0, tookMs: 0 } as const

/** All phases: those that were not reached wait. */
function withWaiting(reports: readonly PhaseReport[], { phases }: Pipeline): PhaseReport[] {
  return phases.map(({ name, kind }, i) => {
    const waiting = { phase: name, kind, action: null, status: 'waiting' } as const
    return reports[i] ?? { ...NOTHING, ...waiting }
  })
}

function phaseReport({ name, kind }: Phase, end: PhaseEnd, tookMs: number): PhaseReport {
  const { action, reason, operationId, outputs } = end
  return {
    phase: name,
    kind,
    action,
    status: outputs === null ? 'cancelled' : 'completed',
    reason,
    operationId,
    outputs: valuesOf(outputs ?? {}),
    sizeBytes: Object.values(outputs ?? {}).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    tookMs,
  }
}

export function valuesOf(outputs: PhaseOutputs): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))
}

/** The failure of a phase, with what to type when its reason is gone. A bug stays what it is. */
function failureIn(
  { file }: Pipeline,
  phase: string,
  error: unknown,
  phases: readonly PhaseReport[],
): unknown {
  if (!(error instanceof KtrdrError)) return error
  const { code, message, suggestions, details } = error
  return new KtrdrError(code, `The phase "${phase}" has failed: ${message}`, {
    suggestions: [...suggestions, `ktrdr pipeline run ${shellWord(file)}`],
    details: { ...details, file, phase, phases },
    cause: error,
  })
}

/** @throws PIPELINE_RUNNING */
export function lockPipeline({ layout }: PhaseContext, file: string): OwnerLock {
  const lock = tryLock(layout.locks, pipelineId(file))
  if (lock) return lock
  throw new KtrdrError('PIPELINE_RUNNING', `${file} is running already.`, {
    suggestions: [`ktrdr pipeline status ${shellWord(file)}`],
    details: { file },
  })
}

/** Names its lock and its logs. */
function pipelineId(file: string): string {
  return `pipeline-${sha256(file).slice(0, 16)}`
}

export function isPipelineRunning(context: PhaseContext, file: string): boolean {
  const lock = tryLock(context.layout.locks, pipelineId(file))
  lock?.release()
  return lock === undefined
}
