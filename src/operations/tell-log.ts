// The log of an operation for whoever asks: its last lines, and then those that come as long as it runs. What a detached
// process has printed is told last: it is nothing, unless the process has crashed.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LogLevel } from '../core/events.ts'
import { findOperation } from '../store/operation-table.ts'
import { operationNotFound } from './errors.ts'
import { logPath, outputPath } from './operation-log.ts'
import { createLogReader, type LogLine } from './read-log.ts'
import { recoverDead } from './recover.ts'
import type { WatchContext } from './watch.ts'

const POLL_MS = 200

/** Pino's numbers. Who keeps no logs any more may look at those that there are. */
const LEAST: Readonly<Record<LogLevel, number>> = {
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  silent: 0,
}

export type LogOptions = {
  /** How many of the last lines; undefined = all. */
  readonly lines?: number | undefined
  /** Go on with those that come, until the run has ended. */
  readonly follow: boolean
  /** Leaves out what stands before it; absent: info. */
  readonly level?: LogLevel
}

/** Returns when there is no more to tell, or when `signal` is aborted. */
export async function tellLog(
  { db, layout, clock }: WatchContext,
  operationId: string,
  { lines, follow, level = 'info' }: LogOptions,
  listener: (lines: readonly LogLine[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const least = LEAST[level]
  const reader = createLogReader(logPath(layout.logs, operationId))
  const read = (): LogLine[] => reader.read().filter((line) => line.level >= least)
  const output = createLogReader(outputPath(layout.logs, operationId))
  const last = (all: readonly LogLine[]): readonly LogLine[] =>
    lines === undefined ? all : all.slice(Math.max(0, all.length - lines))
  if (!follow) return listener(last([...read(), ...output.read()]))
  for (let round = 0; !signal.aborted; round++) {
    // First the row, then the log: what was told before the end is read before this returns.
    const operation = findOperation(db, operationId)
    if (!operation) throw operationNotFound(operationId)
    listener(round === 0 ? last(read()) : read())
    if (operation.status !== 'running') return listener(output.read())
    if (round % 10 === 9) recoverDead(db, layout, clock)
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}
