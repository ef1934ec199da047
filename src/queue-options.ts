// How a queue of tasks is worked off, as typed.

import { availableParallelism } from 'node:os'
import { KtrdrError } from './core/errors.ts'
import { parseDuration, parseSize } from './core/units.ts'
import type { QueueSettings } from './jobs/task-queue.ts'

export type QueueOptions = {
  readonly workers?: number | undefined
  /** "10s": time between two snapshots of a task. */
  readonly snapshotInterval?: string | undefined
  /** "5m": a task that passes no safe point for so long is taken from its worker. */
  readonly taskTimeout?: string | undefined
  /** "1h": an older snapshot is not used. */
  readonly maxCheckpointAge?: string | undefined
  readonly failFast?: boolean | undefined
  /** "512MB": heap of one worker. */
  readonly workerMemory?: string | undefined
}

const SNAPSHOT_EVERY_MS = 10_000
const MOST_WORKERS = 256

/** @throws USAGE */
export function queueSettings(options: QueueOptions, isSaving = true): QueueSettings {
  const { workers = availableParallelism(), snapshotInterval, workerMemory } = options
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS)
    throw new KtrdrError('USAGE', `--workers takes 1 to ${MOST_WORKERS}, was ${workers}.`, {
      suggestions: [`--workers ${availableParallelism()}`],
    })
  const snapshotEveryMs =
    snapshotInterval === undefined ? SNAPSHOT_EVERY_MS : parseDuration(snapshotInterval)
  return {
    workers,
    snapshotEveryMs: isSaving ? snapshotEveryMs || null : null,
    taskTimeoutMs: durationOf(options.taskTimeout),
    maxSnapshotAgeMs: durationOf(options.maxCheckpointAge),
    failFast: options.failFast ?? false,
    workerMemoryBytes: workerMemory === undefined ? null : parseSize(workerMemory),
  }
}

function durationOf(text: string | undefined): number | null {
  return text === undefined ? null : parseDuration(text) || null
}

/** What a resume may change of it. */
export function queueOverrides({
  workers,
  taskTimeout,
  failFast,
}: QueueOptions): Readonly<Record<string, number | boolean | null>> {
  return {
    ...(workers === undefined ? {} : { workers: queueSettings({ workers }).workers }),
    ...(taskTimeout === undefined ? {} : { taskTimeoutMs: durationOf(taskTimeout) }),
    ...(failFast === undefined ? {} : { failFast }),
  }
}
