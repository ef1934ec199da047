// Every failure that ktrdr expects is a KtrdrError: a code from the table below, one sentence that says
// what, which and why, and suggestions that can be pasted into a shell. Anything else is a bug (exit 70).
// Errors cross threads as plain data (`toData`, `fromData`).

/** Error code → exit code of the process. The codes are an interface: scripts match on them. */
export const EXIT_CODES = {
  IO_FAILED: 1,
  OPERATION_FAILED: 1,
  OWNERSHIP_LOST: 1,
  TRAINING_DIVERGED: 1,
  USAGE: 2,
  CONFIRMATION_REQUIRED: 2,
  LOOKS_AHEAD: 3,
  REPAIR_INCOMPLETE: 3,
  SWEEP_INCOMPLETE: 3,
  TASKS_QUARANTINED: 3,
  CHECKPOINT_NOT_FOUND: 4,
  FILE_NOT_FOUND: 4,
  INDICATOR_NOT_FOUND: 4,
  MODEL_NOT_FOUND: 4,
  OPERATION_NOT_FOUND: 4,
  PHASE_NOT_FOUND: 4,
  HAS_RESULTS: 5,
  MODEL_IN_USE: 5,
  NOT_CANCELLABLE: 5,
  NOT_RESUMABLE: 5,
  NOT_RETRYABLE: 5,
  NOT_RUNNING: 5,
  OPERATION_ALREADY_RUNNING: 5,
  PIPELINE_RUNNING: 5,
  CHECKPOINT_CORRUPT: 6,
  FINGERPRINT_CHANGED: 6,
  FORMAT_TOO_NEW: 6,
  KEY_REQUIRED: 6,
  MODEL_CORRUPT: 6,
  DATA_INVALID: 7,
  NOT_YET_SUPPORTED: 7,
  PIPELINE_INVALID: 7,
  SPACE_INVALID: 7,
  STRATEGY_INVALID: 7,
  INVARIANT: 70,
  CANCELLED: 130,
} as const

/** What an exit code says; the higher ones are those of signals, as a shell reports them. */
export const EXIT_MEANINGS: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'the operation failed',
  2: 'wrong usage, or a yes was needed',
  3: 'partly done, or done and not clean',
  4: 'not found',
  5: 'conflict',
  6: 'corrupt or incompatible',
  7: 'strategy, data or pipeline invalid',
  70: 'a bug in ktrdr',
  129: 'stopped by SIGHUP, and saved',
  130: 'stopped by SIGINT (or `operations cancel`), and saved',
  143: 'stopped by SIGTERM, and saved',
}

export type ErrorCode = keyof typeof EXIT_CODES

export type ErrorFacts = {
  /** Commands to type next. */
  readonly suggestions?: readonly string[]
  /** Machine-readable facts for `--json`. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

export type ErrorData = {
  readonly code: ErrorCode
  readonly message: string
  readonly suggestions: readonly string[]
  readonly details: Readonly<Record<string, unknown>>
  readonly stack?: string
}

export class KtrdrError extends Error {
  override readonly name = 'KtrdrError'
  readonly code: ErrorCode
  readonly suggestions: readonly string[]
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.suggestions = facts.suggestions ?? []
    this.details = facts.details ?? {}
  }

  get exitCode(): number {
    return EXIT_CODES[this.code]
  }
}

/** A broken assumption of ours; never the user's fault. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new KtrdrError('INVARIANT', message)
}

export function errorToData(error: unknown): ErrorData {
  const known = error instanceof KtrdrError
  return {
    code: known ? error.code : 'INVARIANT',
    message: error instanceof Error ? error.message : String(error),
    suggestions: known ? error.suggestions : [],
    details: known ? error.details : {},
    ...(error instanceof Error && error.stack ? { stack: error.stack } : {}),
  }
}

export function errorFromData(data: ErrorData): KtrdrError {
  const error = new KtrdrError(data.code, data.message, {
    suggestions: data.suggestions,
    details: data.details,
  })
  if (data.stack) error.stack = data.stack
  return error
}

/** The `code` of an error of Node or SQLite ('ENOENT', 'SQLITE_BUSY'), if it has one. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}
