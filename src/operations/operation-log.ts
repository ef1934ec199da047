// One log a run: <data directory>/logs/<operation id>.jsonl, JSON lines by pino. It begins when the operation is
// recorded; what happened before is written then. Each line names its event and carries its facts, so that whoever
// follows the log sees what the terminal of the run shows (read-log.ts). Events are written whatever `log.level` says, for
// others live on them; that is for whoever reads the log (tell-log.ts).

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import type { LogLevel, RunEvent } from '../core/events.ts'
import { cursorText } from '../core/operation.ts'
import type { RunContext } from '../runner/run-operation.ts'

/** Progress is logged once a second, and ever less often in a run of many hours: a log stays small. */
const PROGRESS_EVERY_MS = 1000
const PROGRESS_PER_RUN = 7200

/** The same context, whose events are also logged. */
export function watchWithLog<Context extends RunContext & { readonly logLevel?: LogLevel }>(
  context: Context,
): Context {
  const { listener, layout, clock, logLevel = 'info' } = context
  let log: Logger | undefined
  let early: RunEvent[] | null = []
  let startedAtMs = 0
  let progressAtMs = -Infinity
  /** Whether an event is not to be logged. */
  const isTooMuch = (event: RunEvent): boolean => {
    if (event.kind !== 'progress') return false
    const nowMs = clock.elapsedMs()
    const everyMs = Math.max(PROGRESS_EVERY_MS, (nowMs - startedAtMs) / PROGRESS_PER_RUN)
    if (nowMs - progressAtMs < everyMs) return true
    progressAtMs = nowMs
    return false
  }
  return {
    ...context,
    listener: (event) => {
      if (event.kind === 'started') {
        startedAtMs = clock.elapsedMs()
        log = openLog(layout.logs, event.operationId, logLevel)
        for (const past of early ?? []) if (log) write(log, past, true)
        early = null
      }
      if (early) early.push(event)
      else if (log && !isTooMuch(event)) write(log, event)
      listener(event)
    },
  }
}

export function logPath(logsDirectory: string, operationId: string): string {
  return join(logsDirectory, `${operationId}.jsonl`)
}

/** What a detached process has printed: nothing, unless it has crashed. */
export function outputPath(logsDirectory: string, operationId: string): string {
  return join(logsDirectory, `${operationId}.out`)
}

/** Undefined when it cannot be written: a full disk or a missing right silences the log, it does not end the run. */
function openLog(logsDirectory: string, operationId: string, level: LogLevel): Logger | undefined {
  if (level === 'silent') return undefined
  try {
    mkdirSync(logsDirectory, { recursive: true, mode: 0o700 })
    return makeLog(logPath(logsDirectory, operationId), level)
  } catch {
    return undefined
  }
}

function makeLog(path: string, level: LogLevel): Logger {
  // Synchronous, so that nothing is lost when the process is killed.
  const destination = pino.destination({ dest: path, sync: true, mode: 0o600 })
  destination.on('error', () => {})
  return pino(
    { level: level === 'debug' ? level : 'info', base: { pid: process.pid } },
    destination,
  )
}

/** @param isEarly it happened before the operation was recorded */
function write(log: Logger, event: RunEvent, isEarly = false): void {
  const { kind, ...facts } = event
  const line = { event: kind, ...facts }
  switch (event.kind) {
    case 'loading':
      return log.debug(line, 'loading')
    case 'stage':
      return isEarly ? log.debug(line, event.stage) : log.info(line, event.stage)
    case 'loaded':
      log.info({ ...line, headline: Object.fromEntries(event.headline) }, 'loaded')
      for (const warning of event.warnings) log.warn(warning)
      return
    case 'started':
      return log.info(line, event.resumedFrom ? 'resumed' : 'started')
    case 'damaged':
      return log.warn(line, 'checkpoint damaged, an older one is used')
    case 'progress':
      return log.info(line, `progress: ${cursorText(event.progress.cursor)}`)
    case 'saved':
      return log.info(
        { ...line, ...event.checkpoint },
        `checkpoint saved: ${cursorText(event.checkpoint.cursor)}`,
      )
    case 'cleaned':
      for (const warning of event.warnings) log.warn(warning)
      log.info(line, `Deleted ${event.checkpointsDeleted} old checkpoints`)
      log.info({ failed: event.failed }, `Cleaned ${event.orphanArtifactsCleaned} orphan artifacts`)
      return
    case 'save-failed':
    case 'cleanup-failed':
    case 'thread-died':
      return log.error({ ...line, code: event.error.code }, event.error.message)
    case 'task':
      return log.info(line, `task ${event.index}: ${event.text}`)
    case 'stopping':
      return log.info(line, 'stopping')
    case 'ended':
      return log.info(line, event.status)
  }
}
