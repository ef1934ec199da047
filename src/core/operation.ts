// Words about operations that every room shares.
//
// An *operation* is one long-running piece of work with an id; each start of it is an *attempt*. It moves in its
// own units (epochs, batches, bars). A *cursor* is where it stands, always counted in what is completed (C15).

import { plural } from './text.ts'

export const OPERATION_STATUSES = [
  'pending',
  'running',
  'completed',
  'failed',
  'cancelled',
] as const
export type OperationStatus = (typeof OPERATION_STATUSES)[number]

export const CHECKPOINT_TYPES = [
  'periodic',
  'best',
  'manual',
  'cancellation',
  'shutdown',
  'failure',
] as const
export type CheckpointType = (typeof CHECKPOINT_TYPES)[number]

export type Cursor = {
  readonly unit: string
  /** Completed units. */
  readonly at: number
  readonly of: number
  /** The part of the next unit that is already done, e.g. 120 of 400 batches. */
  readonly within: { readonly unit: string; readonly at: number; readonly of: number } | null
}

export type Progress = {
  readonly cursor: Cursor
  /** Share of all the work, 0 … 1. */
  readonly doneRatio: number
  /** Figures worth a glance, e.g. trainLoss; null = not known yet. */
  readonly metrics: Readonly<Record<string, number | null>>
}

export type ResumedFrom = {
  readonly seq: number
  readonly type: CheckpointType
  readonly createdAtMs: number
  readonly cursor: Cursor
}

/** What the periodic saves of an attempt have cost it. */
export type Overhead = {
  readonly saves: number
  /** Milliseconds in which the work stood still for them. */
  readonly blockedMs: number
  /** Milliseconds since the first step. */
  readonly runningMs: number
}

/** The share of the work that is done at a cursor, 0 … 1. */
export function doneRatio({ at, of, within }: Cursor): number {
  return of === 0 ? 0 : Math.min(1, (at + (within ? within.at / within.of : 0)) / of)
}

/** "epoch 29 of 100", or "epoch 29 of 100 (+120/400 batches)". */
export function placeText({ unit, at, of, within }: Cursor): string {
  const part = within && within.at > 0 ? ` (+${within.at}/${within.of} ${plural(within.unit)})` : ''
  return `${unit} ${at} of ${of}${part}`
}

/** "epoch 29", or "epoch 29 +120/400 batches". */
export function cursorText({ unit, at, within }: Cursor): string {
  const part = within && within.at > 0 ? ` +${within.at}/${within.of} ${plural(within.unit)}` : ''
  return `${unit} ${at}${part}`
}
