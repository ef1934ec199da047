// The front door's part for pipelines: run one, or look at what is known of it and forget it.

import { resolve } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import { loadPipeline } from './pipeline/load-pipeline.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { PhaseContext } from './phase-work.ts'
import { expectPhase, knownPhases, phasesToForget, type RunOptions } from './pipeline-state.ts'
import {
  phaseStatuses,
  planPhases,
  type PhasePlan,
  type PhaseStatusView,
} from './pipeline-status.ts'
import type { PipelineEvent } from './phase-turn.ts'
import { lockPipeline, runPipeline, type PipelineReport } from './run-pipeline.ts'
import { storedBytes } from './store/blob-table.ts'
import { listCheckpoints } from './store/checkpoint-table.ts'
import { inTransaction } from './store/database.ts'
import { dropPhases, listPhases } from './store/phase-table.ts'
import { isExpired } from './pipeline/decide.ts'
import { dropAll } from './tidy-phases.ts'

export type { PipelineEvent, PipelineReport, PhasePlan, PhaseStatusView, RunOptions }

export type PipelinePlan = {
  readonly pipeline: string
  readonly file: string
  readonly phases: readonly PhasePlan[]
}

export type PipelineStatus = {
  readonly pipeline: string
  readonly file: string
  readonly phases: readonly PhaseStatusView[]
}

export type PipelineView = {
  readonly pipeline: string
  readonly file: string
  /** Phases that something is known of, and how many of them were completed. */
  readonly phases: number
  readonly completed: number
  readonly lastStartedAt: string
  readonly ageMs: number
}

/** Document 003's statistics, of one phase or of several together. */
export type PhaseStats = {
  readonly totalCheckpoints: number
  /** Neither damaged nor past their time. */
  readonly validCheckpoints: number
  readonly totalSizeBytes: number
  /** null = there is no checkpoint. */
  readonly newestAgeMs: number | null
  /** Completions that are remembered, and what they have made. */
  readonly completions: number
  readonly outputBytes: number
}

export type PipelineStats = PhaseStats & {
  readonly file: string
  readonly phases: readonly ({ readonly phase: string } & PhaseStats)[]
}

export type ClearedPipeline = {
  readonly file: string
  readonly phases: readonly string[]
  readonly checkpointsDeleted: number
  readonly completionsForgotten: number
  readonly bytesFreed: number
}

export function pipelineCommands(context: PhaseContext) {
  const { db, clock } = context
  return {
    /** @throws FILE_NOT_FOUND, PIPELINE_INVALID, and what `runPipeline` throws */
    run: async (
      file: string,
      options: RunOptions,
      listener: (event: PipelineEvent) => void,
    ): Promise<PipelineReport> => runPipeline(context, loadPipeline(file), options, listener),

    /** What a run would do. */
    plan: async (file: string, options: RunOptions): Promise<PipelinePlan> => {
      const pipeline = loadPipeline(file)
      const forgotten = phasesToForget(pipeline, options)
      const phases = await planPhases(context, pipeline, forgotten)
      return { pipeline: pipeline.name, file: pipeline.file, phases }
    },

    status: async (file: string): Promise<PipelineStatus> => {
      const pipeline = loadPipeline(file)
      const phases = await phaseStatuses(context, pipeline)
      return { pipeline: pipeline.name, file: pipeline.file, phases }
    },

    /** Of which something is known, the last started first. */
    list: (): PipelineView[] =>
      [...Map.groupBy(listPhases(db), ({ pipeline }) => pipeline)].map(([file, rows]) => {
        const [newest] = rows
        const phases = [...Map.groupBy(rows, ({ phase }) => phase).values()]
        return {
          pipeline: newest!.name,
          file,
          phases: phases.length,
          completed: phases.filter((own) => own[0]!.status === 'completed').length,
          lastStartedAt: new Date(newest!.startedAtMs).toISOString(),
          ageMs: clock.nowMs() - newest!.startedAtMs,
        }
      }),

    stats: (file: string, phase?: string): PipelineStats => statsOf(context, resolve(file), phase),

    /**
     * Forgets what was done and begun, with its checkpoints. What was made stays where it is.
     * @throws PIPELINE_RUNNING, PHASE_NOT_FOUND
     */
    clear: (given: string, phase?: string): ClearedPipeline => {
      const file = resolve(given)
      const lock = lockPipeline(context, file)
      try {
        const rows = rowsOf(context, file, phase)
        const begun = rows.filter(({ status }) => status !== 'completed')
        const freed = begun.map((row) => dropAll(context, row))
        inTransaction(db, () => dropPhases(db, rows))
        return {
          file,
          phases: [...new Set(rows.map((row) => row.phase))],
          checkpointsDeleted: freed.reduce((sum, { checkpoints }) => sum + checkpoints, 0),
          completionsForgotten: rows.length - begun.length,
          bytesFreed: freed.reduce((sum, { bytesFreed }) => sum + bytesFreed, 0),
        }
      } finally {
        lock.release()
      }
    },
  }
}

/**
 * What is known of a pipeline, or of one of its phases, also when the file is gone.
 * @throws PHASE_NOT_FOUND for a phase that neither the file nor the table has
 */
function rowsOf({ db }: PhaseContext, file: string, phase?: string) {
  const rows = knownPhases(db, file)
  if (phase === undefined) return rows
  const names = new Set([...namesInFile(file), ...rows.map((row) => row.phase)])
  expectPhase(phase, [...names], file)
  return rows.filter((row) => row.phase === phase)
}

function namesInFile(file: string): readonly string[] {
  return readIfSound(file)?.phases.map(({ name }) => name) ?? []
}

function readIfSound(file: string): Pipeline | undefined {
  try {
    return loadPipeline(file)
  } catch (error) {
    if (!(error instanceof KtrdrError)) throw error
    return undefined // what is known of it can be told without
  }
}

function statsOf(context: PhaseContext, file: string, phase?: string): PipelineStats {
  const { db, clock } = context
  const nowMs = clock.nowMs()
  const pipeline = readIfSound(file)
  const rows = rowsOf(context, file, phase)
  const order = pipeline?.phases.map(({ name }) => name) ?? []
  const names = [...new Set([...order, ...rows.map((row) => row.phase)])]
  const phases = names
    .filter((name) => phase === undefined || name === phase)
    .map((name) => {
      const own = rows.filter((row) => row.phase === name)
      const ttlMs = pipeline?.phases.find((one) => one.name === name)?.ttlMs ?? null
      const begun = own.filter(
        ({ operationId, status }) => operationId !== null && status !== 'completed',
      )
      const saved = begun.flatMap((row) => {
        const isUsable = !isExpired(row, ttlMs, nowMs)
        return listCheckpoints(db, row.operationId!).map((checkpoint) => ({
          ageMs: nowMs - checkpoint.createdAtMs,
          isValid:
            isUsable &&
            checkpoint.isSealed &&
            checkpoint.damage === null &&
            !checkpoint.isSuperseded,
        }))
      })
      const done = own.filter(({ status }) => status === 'completed')
      return {
        phase: name,
        totalCheckpoints: saved.length,
        validCheckpoints: saved.filter(({ isValid }) => isValid).length,
        totalSizeBytes: begun.reduce((sum, row) => sum + storedBytes(db, row.operationId!), 0),
        newestAgeMs: saved.length === 0 ? null : Math.min(...saved.map(({ ageMs }) => ageMs)),
        completions: done.length,
        outputBytes: done.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      }
    })
  return { file, ...totalOf(phases), phases }
}

function totalOf(phases: readonly PhaseStats[]): PhaseStats {
  const sum = (of: (one: PhaseStats) => number): number =>
    phases.reduce((total, one) => total + of(one), 0)
  const ages = phases.flatMap(({ newestAgeMs }) => (newestAgeMs === null ? [] : [newestAgeMs]))
  return {
    totalCheckpoints: sum((one) => one.totalCheckpoints),
    validCheckpoints: sum((one) => one.validCheckpoints),
    totalSizeBytes: sum((one) => one.totalSizeBytes),
    newestAgeMs: ages.length === 0 ? null : Math.min(...ages),
    completions: sum((one) => one.completions),
    outputBytes: sum((one) => one.outputBytes),
  }
}
