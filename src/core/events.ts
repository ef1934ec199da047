// What a running operation tells whoever watches. The engine emits these; screens, plain lines and NDJSON are
// separate printers of the same events.

import type { ErrorData } from './errors.ts'
import type { CheckpointType, Cursor, OperationStatus, Progress, ResumedFrom } from './operation.ts'

/** What a job says about its inputs once they are loaded: label and text, e.g. ['Data', '5 105 bars …']. */
export type Headline = readonly (readonly [label: string, text: string])[]

export type SavedCheckpoint = {
  readonly seq: number
  readonly type: CheckpointType
  readonly cursor: Cursor
  readonly sizeBytes: number
}

/** What takes time while nothing else can be told. */
export const STAGES = [
  'reading data',
  'computing features',
  'making labels',
  'normalising features',
  'computing rules',
  'reading the checkpoint',
  'preparing the first step',
  'saving',
  'judging',
  'publishing',
] as const
export type Stage = (typeof STAGES)[number]

export type RunEvent =
  | { readonly kind: 'loading' }
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'loaded'; readonly headline: Headline; readonly warnings: readonly string[] }
  | {
      readonly kind: 'started'
      readonly operationId: string
      readonly resumedFrom: ResumedFrom | null
    }
  | { readonly kind: 'damaged'; readonly seq: number; readonly reason: string }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'saved'; readonly checkpoint: SavedCheckpoint }
  | { readonly kind: 'save-failed'; readonly error: ErrorData }
  /** Old checkpoints and what crashes left behind, of this and other operations. */
  | {
      readonly kind: 'cleaned'
      readonly checkpointsDeleted: number
      readonly orphanArtifactsCleaned: number
      readonly bytesFreed: number
      /** What should have gone and could not. */
      readonly failed: number
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'cleanup-failed'; readonly error: ErrorData }
  /** A thread that helps to compute; the run fails. */
  | { readonly kind: 'thread-died'; readonly error: ErrorData }
  /** What became of a task of a queue: its worker died, it was quarantined; or what it says itself. */
  | { readonly kind: 'task'; readonly index: number; readonly text: string }
  | {
      readonly kind: 'stopping'
      readonly lastSaved: Cursor | null
      /** False when the run was told to save nothing. */
      readonly isSaving: boolean
    }
  | { readonly kind: 'ended'; readonly status: OperationStatus; readonly error: string | null }

export type Listener = (event: RunEvent) => void

/** What a log tells, the most first; each leaves out what stands before it. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
