// Runs that go on without a terminal. The command starts itself again as a process of its own session, which nothing
// that happens to the terminal reaches, and waits until that process has loaded its inputs and recorded its operation,
// or has said why not. From then on the two know nothing of each other: that the run lives is told by the lock of its
// operation, what it does by its log, and whoever wants it to stop or to save asks as for any other run.

import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { errorFromData, errorToData, KtrdrError, type ErrorData } from './core/errors.ts'
import type { Listener, RunEvent } from './core/events.ts'
import { newOperationId } from './core/ids.ts'
import { explainSystemError } from './core/system-error.ts'
import { logPath, outputPath } from './operations/operation-log.ts'
import { ownCommand } from './runtime/where.ts'

/** Set by `startDetached` alone: the operation that the process is to run. */
const VARIABLE = 'KTRDR_DETACHED_OPERATION'
/** Of a retry: what it is one of. "latest" may be another one by then. */
const RETRY_VARIABLE = 'KTRDR_DETACHED_RETRY_OF'

export type Detached = {
  readonly operationId: string
  readonly pid: number
  readonly log: string
}

type ToParent =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'failed'; readonly error: ErrorData }

/** What a process that was started by `startDetached` is to do; undefined in any other. */
export const detachedSelf = ((): DetachedSelf | undefined => {
  const operationId = process.env[VARIABLE]
  const retryOf = process.env[RETRY_VARIABLE]
  delete process.env[VARIABLE]
  delete process.env[RETRY_VARIABLE]
  return operationId && process.connected ? becomeDetached(operationId, retryOf) : undefined
})()

export type DetachedSelf = {
  readonly operationId: string
  /** Of a retry: the operation to try again. */
  readonly retryOf: string | undefined
  /** Tells whoever started it what happens, until the run has begun. */
  readonly listener: Listener
  /** The run has not begun: whoever started it tells the error. @returns whether anybody listened */
  readonly fail: (error: unknown) => boolean
}

function becomeDetached(operationId: string, retryOf: string | undefined): DetachedSelf {
  // Whoever is gone before the run has begun does not want it.
  const onDisconnect = (): void => void process.kill(process.pid, 'SIGTERM')
  process.once('disconnect', onDisconnect)
  const tell = (message: ToParent): void => void process.send?.(message)
  /** The last word. */
  const tellAndLeave = (message: ToParent): void => {
    process.off('disconnect', onDisconnect)
    process.send?.(message, () => process.connected && process.disconnect())
  }
  let hasLeft = false
  return {
    operationId,
    retryOf,
    listener: (event) => {
      if (hasLeft) return
      hasLeft = event.kind === 'started'
      const say = hasLeft ? tellAndLeave : tell
      say({ kind: 'event', event })
    },
    fail: (error) => {
      if (hasLeft) return false
      hasLeft = true
      tellAndLeave({ kind: 'failed', error: errorToData(error) })
      return true
    },
  }
}

/** The operation to resume, or the kind of a new one and what it is a retry of. */
export type DetachedWork =
  | { readonly resume: string }
  | { readonly type: string; readonly retryOf?: string }

export type DetachOptions = {
  readonly work: DetachedWork
  readonly nowMs: number
  /** The command line, as it was given to this process. */
  readonly argv: readonly string[]
  readonly logs: string
  /** Told what happens until the run has begun. */
  readonly listener: Listener
}

/**
 * @throws what the command throws before its run has begun; OPERATION_FAILED when the process dies before that
 */
export async function startDetached(options: DetachOptions): Promise<Detached> {
  const { work, logs, nowMs } = options
  const isNew = 'type' in work
  const operationId = isNew ? newOperationId(work.type, nowMs) : work.resume
  const path = outputPath(logs, operationId)
  try {
    const pid = await startProcess(options, operationId, path)
    return { operationId, pid, log: logPath(logs, operationId) }
  } catch (error) {
    if (isNew) rmSync(path, { force: true })
    throw error
  }
}

function startProcess(
  { argv, logs, listener, work }: DetachOptions,
  operationId: string,
  path: string,
): Promise<number> {
  const [program, ...entry] = ownCommand()
  const output = openOutput(logs, path)
  const before = statSync(path).size
  const child = spawn(program!, [...entry, ...argv], {
    detached: true,
    env: {
      ...process.env,
      [VARIABLE]: operationId,
      ...('retryOf' in work ? { [RETRY_VARIABLE]: work.retryOf } : {}),
    },
    stdio: ['ignore', output, output, 'ipc'],
    windowsHide: true,
  })
  closeSync(output)
  return new Promise<number>((resolve, reject) => {
    child.on('error', (error) =>
      reject(explainSystemError(error, 'The detached process could not be started')),
    )
    child.on('message', (message: ToParent) => {
      if (message.kind === 'failed') return reject(errorFromData(message.error))
      listener(message.event)
      if (message.event.kind === 'started') resolve(child.pid!)
    })
    // What it has said comes before the channel closes, which may be after its death.
    const onEnd = (): void => {
      const { signalCode, exitCode, connected } = child
      if (connected || (signalCode === null && exitCode === null)) return
      reject(diedEarly(signalCode ?? `exit code ${exitCode}`, path, before))
    }
    child.on('exit', onEnd).on('disconnect', onEnd)
  }).finally(() => {
    child.unref()
    if (child.connected) child.disconnect()
  })
}

function openOutput(logs: string, path: string): number {
  try {
    mkdirSync(logs, { recursive: true, mode: 0o700 })
    return openSync(path, 'a', 0o600)
  } catch (error) {
    throw explainSystemError(error, 'There is no place for the log of a detached run')
  }
}

function diedEarly(how: string, path: string, before: number): KtrdrError {
  const output = readFileSync(path).subarray(before).toString().trim()
  return new KtrdrError(
    'OPERATION_FAILED',
    `The detached process died before its run had begun (${how}).${output ? ` It said: ${output}` : ''}`,
    { suggestions: ['Leave --detach away to see it happen.'] },
  )
}
