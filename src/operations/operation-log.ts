// One log a run: <data directory>/logs/<operation id>.jsonl, JSON lines by pino. It begins when the operation is
// recorded; what happened before is written then.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import type { RunEvent } from '../core/events.ts'
import { cursorText } from '../core/operation.ts'
import type { RunContext } from '../runner/run-operation.ts'

/** The same context, whose events are also logged. */
export function watchWithLog<Context extends RunContext>(context: Context): Context {
  const { listener, layout } = context
  let log: Logger | undefined
  const early: RunEvent[] = []
  return {
    ...context,
    listener: (event) => {
      if (event.kind === 'started') {
        log = openLog(layout.logs, event.operationId)
        for (const past of early.splice(0)) if (log) write(log, past)
      }
      if (log) write(log, event)
      else early.push(event)
      listener(event)
    },
  }
}

export function logPath(logsDirectory: string, operationId: string): string {
  return join(logsDirectory, `${operationId}.jsonl`)
}

/** Undefined when it cannot be written: a full disk or a missing right silences the log, it does not end the run. */
function openLog(logsDirectory: string, operationId: string): Logger | undefined {
  try {
    mkdirSync(logsDirectory, { recursive: true, mode: 0o700 })
    return makeLog(logPath(logsDirectory, operationId))
  } catch {
    return undefined
  }
}

function makeLog(path: string): Logger {
  // Synchronous, so that nothing is lost when the process is killed.
  const destination = pino.destination({ dest: path, sync: true, mode: 0o600 })
  destination.on('error', () => {})
  return pino({ base: { pid: process.pid } }, destination)
}

function write(log: Logger, event: RunEvent): void {
  switch (event.kind) {
    case 'loading':
      return log.debug('loading')
    case 'loaded':
      log.info({ headline: Object.fromEntries(event.headline) }, 'loaded')
      for (const warning of event.warnings) log.warn(warning)
      return
    case 'started':
      return log.info({ resumedFrom: event.resumedFrom }, event.resumedFrom ? 'resumed' : 'started')
    case 'damaged':
      return log.warn(
        { seq: event.seq, reason: event.reason },
        'checkpoint damaged, an older one is used',
      )
    case 'progress':
      return log.debug(event.progress, 'progress')
    case 'saved':
      return log.info(event.checkpoint, `checkpoint saved: ${cursorText(event.checkpoint.cursor)}`)
    case 'save-failed':
      return log.error({ code: event.error.code }, event.error.message)
    case 'cleaned':
      for (const warning of event.warnings) log.warn(warning)
      log.info(
        { bytesFreed: event.bytesFreed },
        `Deleted ${event.checkpointsDeleted} old checkpoints`,
      )
      log.info({ failed: event.failed }, `Cleaned ${event.orphanArtifactsCleaned} orphan artifacts`)
      return
    case 'cleanup-failed':
      return log.error({ code: event.error.code }, event.error.message)
    case 'thread-died':
      return log.error({ code: event.error.code }, event.error.message)
    case 'stopping':
      return log.info('stopping')
    case 'ended':
      return log.info({ status: event.status, error: event.error }, event.status)
  }
}
