// Who tells whom what. Main ⇄ job and main ⇄ writer speak over the workers' own ports; job → writer over a channel.

import type { SavePolicy } from '../checkpoint/save-policy.ts'
import type { Keys } from '../checkpoint/encryption.ts'
import type { SaveRules } from '../checkpoint/plan-save.ts'
import type { RetentionRule } from '../checkpoint/retention.ts'
import { errorToData, type ErrorData } from '../core/errors.ts'
import type { Headline, Stage, SavedCheckpoint } from '../core/events.ts'
import type { Json } from '../core/hash.ts'
import type { Layout } from '../core/layout.ts'
import type {
  CheckpointType,
  OperationStatus,
  Overhead,
  Progress,
  ResumedFrom,
} from '../core/operation.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { Outcome, Resources } from '../jobs/job.ts'
import type { TaskNote } from '../jobs/worker-pool.ts'
import type { Fence, OperationError } from '../store/operation-table.ts'
import type { Control } from './control.ts'
import type { StagedSnapshot } from './staging.ts'
import type { TaskThreadData, WorkerDeath } from './task-messages.ts'

export type JobThreadData = {
  readonly role: 'job'
  readonly type: string
  readonly settings: Json
  readonly resume: ResumeFacts | null
  readonly policy: SavePolicy
  readonly control: Control
  /** Threads to compute on; null = as many as are worth it. */
  readonly threads: number | null
  /** Directory of bars that were read before; null = none. */
  readonly barCache: string | null
}

/** What a resume must find unchanged, and what it changes on purpose. */
export type ResumeFacts = {
  readonly fingerprints: Readonly<Record<string, string>>
  readonly overrides: Readonly<Record<string, Json>>
}

/** A thread that helps the job to compute. */
export type KernelThreadData = Parameters<Resources['startThread']>[0]

export type WriterThreadData = {
  readonly role: 'writer'
  readonly layout: Layout
  readonly keys: Keys
  readonly control: Control
  /** The operation to resume: its newest good checkpoint is read and handed to the job. */
  readonly resume: string | null
}

/** What the job says when it is ready for its first step: all that is loaded but the inputs themselves. */
export type ReadyFacts = {
  readonly name: string
  readonly settings: Json
  readonly fingerprints: Readonly<Record<string, string>>
  readonly headline: Headline
  readonly warnings: readonly string[]
  /** Where the run stands before its first step. */
  readonly progress: Progress
}

export type JobToMain =
  | { readonly kind: 'ready'; readonly facts: ReadyFacts }
  | { readonly kind: 'load-failed'; readonly error: ErrorData }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'save-failed'; readonly error: ErrorData }
  | { readonly kind: 'start-thread'; readonly data: KernelThreadData }
  | { readonly kind: 'start-worker'; readonly data: TaskThreadData }
  | { readonly kind: 'stop-worker'; readonly worker: number }
  | ({ readonly kind: 'task' } & TaskNote)

export type MainToJob = { readonly kind: 'go' } | ({ readonly kind: 'worker-died' } & WorkerDeath)

export type JobToWriter =
  | { readonly kind: 'save'; readonly save: StagedSave; readonly ending: JobEnding | null }
  | { readonly kind: 'end'; readonly ending: JobEnding; readonly overhead: Overhead }
  | {
      readonly kind: 'finish'
      readonly outcome: Outcome
      readonly progress: Progress
      readonly overhead: Overhead
    }

export type StagedSave = {
  readonly type: CheckpointType
  readonly progress: Progress
  readonly summary: Json
  readonly metric: number | null
  readonly snapshot: StagedSnapshot
  readonly stateVersion: number
  /** Of the attempt so far, this save included. */
  readonly overhead: Overhead
}

/** How the job ends when it does not finish. */
export type JobEnding = {
  readonly status: Extract<OperationStatus, 'cancelled' | 'failed'>
  readonly error: OperationError | null
  readonly reason: string
}

/** The ending of an operation that an error has ended. */
export function failureOf(error: unknown): JobEnding {
  const { code, message, suggestions } = errorToData(error)
  return { status: 'failed', error: { code, message, suggestions }, reason: code }
}

export type WriterToJob = {
  readonly kind: 'restore'
  readonly stateVersion: number
} & Snapshot

/** The outcome cannot be published: the job is to end so, with what led to it saved. */
export type Refused = { readonly kind: 'refused'; readonly ending: JobEnding }

export type MainToWriter =
  | {
      readonly kind: 'open'
      readonly fence: Fence
      readonly lastSeq: number
      readonly retention: RetentionRule
      readonly rules: SaveRules
      readonly keepCheckpoints: boolean
      /** Goes into provenance.json, which no hash covers. */
      readonly provenance: Json
      /** Checkpoints to mark, or with null to clear of their mark. */
      readonly damaged: readonly { readonly id: number; readonly reason: string | null }[]
    }
  | { readonly kind: 'end'; readonly ending: JobEnding }

export type WriterToMain =
  | {
      readonly kind: 'restored'
      readonly resumedFrom: ResumedFrom
      readonly damaged: readonly {
        readonly seq: number
        readonly reason: string
        readonly id: number | null
      }[]
      /** The checkpoint in use, when it was believed to be damaged. */
      readonly repairedId: number | null
    }
  | { readonly kind: 'restore-failed'; readonly error: ErrorData }
  | { readonly kind: 'saved'; readonly checkpoint: SavedCheckpoint }
  | { readonly kind: 'save-failed'; readonly error: ErrorData }
  | { readonly kind: 'ended'; readonly ended: Ended }
  | { readonly kind: 'end-failed'; readonly error: ErrorData }

/** How an operation ended, as it stands in the database. */
export type Ended = {
  readonly status: Extract<OperationStatus, 'completed' | 'cancelled' | 'failed'>
  readonly error: OperationError | null
  readonly result: Json
  /** The checkpoint saved at the end, if one was. */
  readonly checkpoint: SavedCheckpoint | null
}
