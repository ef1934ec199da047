// Watching runs from another terminal. What they tell stands in their logs; whether they run stands in their rows and
// in their locks. Nothing is asked of the run itself, so whoever watches can neither slow it down nor stop it.

import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../core/clock.ts'
import type { RunEvent } from '../core/events.ts'
import type { Layout } from '../core/layout.ts'
import type { CheckpointType, OperationStatus } from '../core/operation.ts'
import { listAttempts } from '../store/attempt-table.ts'
import { listCheckpoints } from '../store/checkpoint-table.ts'
import type { Sqlite } from '../store/database.ts'
import { findOperation, type OperationRow } from '../store/operation-table.ts'
import { operationNotFound } from './errors.ts'
import { logPath } from './operation-log.ts'
import { createLogReader, type LogLine } from './read-log.ts'
import { recoverDead } from './recover.ts'

const POLL_MS = 200
const LOOK_FOR_DEAD_EVERY = 10

export type WatchedEvent = {
  readonly operationId: string
  readonly event: RunEvent
  /** When the run told it, by its own clock. */
  readonly atMs: number
  /** Told before anybody watched. */
  readonly isPast: boolean
}

export type WatchContext = {
  readonly db: Sqlite
  readonly layout: Layout
  readonly clock: Clock
}

/** Returns when none of them runs any more, or when `signal` is aborted. An operation that has ended is told as it was. */
export async function watchOperations(
  { db, layout, clock }: WatchContext,
  operationIds: readonly string[],
  listener: (told: WatchedEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const runs = operationIds.map((id) => followRun({ db, layout, clock }, id, listener))
  for (let round = 1; !signal.aborted; round++) {
    if (round % LOOK_FOR_DEAD_EVERY === 0) recoverDead(db, layout, clock)
    const running = runs.filter((look) => look())
    if (running.length === 0) return
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

/** A function that tells what is new of a run and answers whether it still runs. */
function followRun(
  { db, layout, clock }: WatchContext,
  operationId: string,
  listener: (told: WatchedEvent) => void,
): () => boolean {
  const reader = createLogReader(logPath(layout.logs, operationId))
  let isFirst = true
  let isOver = false
  let isLogged = false
  let lastSeq = 0
  /** Of a run that keeps no log. */
  const tellSaves = (operation: OperationRow): void => {
    if (operation.lastSeq === lastSeq) return
    lastSeq = operation.lastSeq
    const event: RunEvent = { kind: 'progress', progress: operation.progress }
    listener({ operationId, event, atMs: clock.nowMs(), isPast: false })
  }
  const tell = (lines: readonly LogLine[]): void => {
    for (const { event, atMs } of lines)
      if (event && event.kind !== 'ended') listener({ operationId, event, atMs, isPast: isFirst })
  }
  return () => {
    if (isOver) return false
    // First the row, then the log: what was told before the end is read before the end is told.
    const operation = findOperation(db, operationId)
    if (!operation) throw operationNotFound(operationId)
    const { status, error } = operation
    const lines = reader.read()
    tell(isFirst ? newestAttempt(lines) : lines)
    isLogged ||= lines.length > 0
    if (!isLogged) tellSaves(operation)
    isFirst = false
    if (status === 'running') return true
    isOver = true
    const event: RunEvent = { kind: 'ended', status, error: error?.message ?? null }
    listener({ operationId, event, atMs: clock.nowMs(), isPast: false })
    return false
  }
}

/** Whether a run tells more than its saves. */
export function keepsLog({ logs }: Layout, operationId: string): boolean {
  return existsSync(logPath(logs, operationId))
}

/** The lines from where the inputs of the newest attempt were loaded. */
function newestAttempt(lines: readonly LogLine[]): readonly LogLine[] {
  const started = lines.findLastIndex(({ event }) => event?.kind === 'started')
  const loaded = lines.findLastIndex(({ event }, i) => event?.kind === 'loaded' && i < started)
  return lines.slice(Math.max(0, loaded === -1 ? started : loaded))
}

/** How the newest attempt of an operation ended, as its own terminal saw it. */
export function endOf(db: Sqlite, operation: OperationRow) {
  const { id, status, lastSeq } = operation
  const { reason, resumedFrom } = listAttempts(db, id).at(-1) ?? {}
  const last = listCheckpoints(db, id).find(({ seq }) => seq === lastSeq)
  const wasSaved = last !== undefined && STOPPING.has(last.type)
  return {
    operationId: id,
    status: status as EndedStatus,
    // A request to cancel counts as Ctrl-C does.
    signal: reason === 'shutdown' ? ('SIGTERM' as const) : null,
    checkpoint: status === 'cancelled' && wasSaved ? last : null,
    resumedFrom: resumedFrom ?? null,
    isAbandoned: false,
  }
}

type EndedStatus = Exclude<OperationStatus, 'pending' | 'running'>
const STOPPING = new Set<CheckpointType>(['cancellation', 'shutdown'])
