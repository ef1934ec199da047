// A phase of kind `command`: a child process in a group of its own, so that a Ctrl-C reaches it once, through us, and
// what it has started goes with it. What it says goes to a log. Should this process be killed, the child goes on, and
// nobody takes what it makes: the next run stops it before it starts its own.

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { KtrdrError } from './core/errors.ts'
import { shellWord } from './core/shell-word.ts'
import { explainSystemError } from './core/system-error.ts'
import type { CommandSettings } from './pipeline/schema.ts'
import type { Stops } from './pipeline-stops.ts'
import { processStart } from './runtime/process-mark.ts'
import type { ProcessMark } from './store/phase-table.ts'

export type CommandOptions = {
  readonly phase: string
  /** Where it runs. */
  readonly directory: string
  readonly dataDir: string
  readonly log: string
  readonly stops: Stops
  readonly onSpawn: (mark: ProcessMark) => void
}

/** @throws OPERATION_FAILED, IO_FAILED, CANCELLED when it ended because it was told to */
export async function runCommand(
  { run, shell }: CommandSettings,
  options: CommandOptions,
): Promise<void> {
  const { phase, directory, dataDir, log, stops, onSpawn } = options
  const [program, ...args] = shell === undefined ? run!.map(String) : ['/bin/sh', '-c', shell]
  const output = openLog(log)
  const child = spawn(program!, args, {
    cwd: directory,
    env: { ...process.env, KTRDR_DATA_DIR: dataDir },
    stdio: ['ignore', output, output],
    detached: true,
  })
  closeSync(output)
  const forget = stops.listen((signal, isAgain) => signalGroup(child, isAgain ? 'SIGKILL' : signal))
  try {
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
      (resolve, reject) => {
        child.on('error', (error) =>
          reject(explainSystemError(error, `${phase}: ${program} could not be started`)),
        )
        child.on('exit', (code, signal) => resolve({ code, signal }))
      },
    )
    const startedAt = child.pid === undefined ? undefined : processStart(child.pid)
    if (startedAt !== undefined) onSpawn({ pid: child.pid!, startedAt })
    const { code, signal } = await ended
    if (code === 0) return
    if (stops.signal !== null)
      throw new KtrdrError('CANCELLED', 'Stopped.', { details: { signal: stops.signal } })
    throw failure(phase, signal ?? `exit code ${code}`, log, { exitCode: code, signal })
  } finally {
    forget()
  }
}

/** Stops what a run that has died has left behind. @returns whether there was something */
export async function stopOrphan({ pid, startedAt }: ProcessMark): Promise<boolean> {
  const isAlive = (): boolean => processStart(pid) === startedAt
  if (!isAlive()) return false
  for (const [signal, tries] of [
    ['SIGTERM', 50],
    ['SIGKILL', 50],
  ] as const) {
    signalGroup({ pid }, signal)
    for (let i = 0; i < tries && isAlive(); i++) await sleep(PAUSE_MS)
  }
  if (!isAlive()) return true
  throw new KtrdrError(
    'PIPELINE_RUNNING',
    `The command of a run that has died is still there and cannot be stopped (process ${pid}).`,
    { suggestions: [`kill -9 ${pid}`] },
  )
}

const PAUSE_MS = 100

function signalGroup({ pid }: Pick<ChildProcess, 'pid'>, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has ended by itself.
  }
}

function openLog(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'w', 0o600)
  } catch (error) {
    throw explainSystemError(error, 'There is no place for the log of the command')
  }
}

const LAST_LINES = 12
const LONGEST = 2000

function failure(phase: string, how: string, log: string, details: object): KtrdrError {
  const said = readFileSync(log, 'utf8').slice(-LONGEST).trimEnd().split('\n').slice(-LAST_LINES)
  const last = said.join('\n')
  return new KtrdrError(
    'OPERATION_FAILED',
    `The command of the phase "${phase}" has failed (${how}).${last === '' ? '' : ` It said last:\n${last}`}`,
    { suggestions: [`less ${shellWord(log)}`], details: { ...details, log } },
  )
}
