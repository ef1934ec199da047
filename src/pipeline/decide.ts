// What to do about a phase: nothing, because it is done; go on; or begin. A pure function of what the table says, of
// what the operations have become since, and of the time.

import { durationText } from '../core/units.ts'
import { changesOf, type Parts } from './fingerprint.ts'

/** What is known of something that was done or begun. */
export type Known = {
  readonly fingerprint: string
  readonly parts: Parts
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled'
  readonly startedAtMs: number
  readonly endedAtMs: number | null
  /** What is wrong with what it has made; null = all of it is as it was. */
  readonly damage: string | null
  readonly operation: KnownOperation | null
}

export type KnownOperation = {
  readonly id: string
  readonly status: string
  readonly endedAtMs: number | null
  /** Its newest good checkpoint, if a resume may start from it. */
  readonly checkpoint: { readonly text: string; readonly createdAtMs: number } | null
}

export type Decision<Row extends Known> =
  /** Done. */
  | { readonly action: 'cached'; readonly row: Row }
  /** Its operation is done; that of the phase is still to be noted. */
  | { readonly action: 'adopt'; readonly row: Row }
  | { readonly action: 'resume'; readonly row: Row; readonly from: string }
  | { readonly action: 'run'; readonly reason: string }

export type DecideOptions = {
  readonly parts: Parts
  readonly fingerprint: string
  readonly ttlMs: number | null
  readonly nowMs: number
}

/** @param rows of the phase, newest first */
export function decide<Row extends Known>(
  rows: readonly Row[],
  { parts, fingerprint, ttlMs, nowMs }: DecideOptions,
): Decision<Row> {
  const run = (reason: string) => ({ action: 'run', reason }) as const
  const row = rows.find((one) => one.fingerprint === fingerprint)
  if (row === undefined) {
    const [newest] = rows
    if (newest === undefined) return run('it has not run yet')
    return run(changesOf(newest.parts, parts)[0] ?? 'it has changed')
  }
  const tooOld = (what: string, sinceMs: number): string | undefined =>
    isOlder(sinceMs, ttlMs, nowMs) ? `${what} is older than ${durationText(ttlMs!)}` : undefined
  if (row.status === 'completed') {
    const reason = tooOld('what it has made', row.endedAtMs ?? row.startedAtMs) ?? row.damage
    return reason === null ? { action: 'cached', row } : run(reason)
  }
  const { operation } = row
  if (operation === null) return run('it was not finished')
  if (operation.status === 'completed') {
    const reason = tooOld('what it has made', operation.endedAtMs ?? row.startedAtMs)
    return reason === undefined ? { action: 'adopt', row } : run(reason)
  }
  const { checkpoint } = operation
  if (checkpoint === null) return run('it was not finished, and has no checkpoint')
  const reason = tooOld(`its checkpoint (${checkpoint.text})`, checkpoint.createdAtMs)
  return reason === undefined ? { action: 'resume', row, from: checkpoint.text } : run(reason)
}

/** A clock that has gone back makes nothing old. */
export function isOlder(sinceMs: number, ttlMs: number | null, nowMs: number): boolean {
  return ttlMs !== null && nowMs - sinceMs > ttlMs
}

/** Begun, not finished, and past its time: its checkpoints may go. */
export function isExpired(row: Known, ttlMs: number | null, nowMs: number): boolean {
  if (row.status === 'completed' || row.operation?.status === 'completed') return false
  const sinceMs = row.operation?.checkpoint?.createdAtMs ?? row.startedAtMs
  return isOlder(sinceMs, ttlMs, nowMs)
}
