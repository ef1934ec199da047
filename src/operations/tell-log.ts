// The log of an operation for whoever asks: its last lines, and then those that come as long as it runs. What a detached
// process has printed is told last: it is nothing, unless the process has crashed.

import { setTimeout as sleep } from 'node:timers/promises'
import { findOperation } from '../store/operation-table.ts'
import { operationNotFound } from './errors.ts'
import { logPath, outputPath } from './operation-log.ts'
import { createLogReader, type LogLine } from './read-log.ts'
import { recoverDead } from './recover.ts'
import type { WatchContext } from './watch.ts'

const POLL_MS = 200

export type LogOptions = {
  /** How many of the last lines; undefined = all. */
  readonly lines?: number | undefined
  /** Go on with those that come, until the run has ended. */
  readonly follow: boolean
}

/** Returns when there is no more to tell, or when `signal` is aborted. */
export async function tellLog(
  { db, layout, clock }: WatchContext,
  operationId: string,
  { lines, follow }: LogOptions,
  listener: (lines: readonly LogLine[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const log = createLogReader(logPath(layout.logs, operationId))
  const output = createLogReader(outputPath(layout.logs, operationId))
  const last = (all: readonly LogLine[]): readonly LogLine[] =>
    lines === undefined ? all : all.slice(Math.max(0, all.length - lines))
  if (!follow) return listener(last([...log.read(), ...output.read()]))
  for (let round = 0; !signal.aborted; round++) {
    // First the row, then the log: what was told before the end is read before this returns.
    const operation = findOperation(db, operationId)
    if (!operation) throw operationNotFound(operationId)
    listener(round === 0 ? last(log.read()) : log.read())
    if (operation.status !== 'running') return listener(output.read())
    if (round % 10 === 9) recoverDead(db, layout, clock)
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}
