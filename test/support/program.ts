// Runs the real program in child processes: from the bundle (fast), the sources, or as the executable.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

export const ROOT = resolve(import.meta.dirname, '..', '..')

export const PROGRAMS = {
  bundle: [process.execPath, join(ROOT, 'dist', 'bundle', 'ktrdr.cjs')],
  sources: [process.execPath, join(ROOT, 'bin', 'ktrdr.ts')],
  executable: [join(ROOT, 'dist', 'bin', 'ktrdr')],
} as const

export type RunOptions = {
  readonly dataDir: string
  readonly program?: keyof typeof PROGRAMS
  /** Another copy of the bundle. */
  readonly entry?: string
  /** KTRDR_FAULT of this process. */
  readonly fault?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
}

export type RunResult = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** stdout as the one JSON document that --json promises. */
  readonly json: () => any
  /** Events of --progress json, as far as they are whole lines. */
  readonly events: () => ProgressEvent[]
}

export type ProgressEvent = { readonly event: string } & Readonly<Record<string, any>>

/** A directory that is gone after the test. */
export function tempDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ktrdr-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export type Running = {
  readonly child: ChildProcess
  readonly done: Promise<RunResult>
  readonly stderr: () => string
}

/** Starts `ktrdr ...args` and does not wait. */
export function startKtrdr(args: readonly string[], options: RunOptions): Running {
  const [command, ...own] = PROGRAMS[options.program ?? 'bundle']
  const entry = options.entry === undefined ? own : [options.entry]
  const { KTRDR_FAULT: _, NODE_OPTIONS: __, ...inherited } = process.env
  const child = spawn(command!, [...entry, ...args], {
    cwd: options.cwd ?? ROOT,
    env: {
      ...inherited,
      KTRDR_DATA_DIR: options.dataDir,
      NO_COLOR: '1',
      ...(options.fault === undefined ? {} : { KTRDR_FAULT: options.fault }),
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {}) // the child may be dead already
  child.stdin.end(options.input ?? '')
  const done = new Promise<RunResult>((finish, fail) => {
    child.on('error', fail)
    child.on('close', (code, signal) =>
      finish({
        code,
        signal,
        stdout,
        stderr,
        json: () => JSON.parse(stdout),
        events: () => eventsIn(stderr),
      }),
    )
  })
  return { child, done, stderr: () => stderr }
}

export function ktrdr(args: readonly string[], options: RunOptions): Promise<RunResult> {
  return startKtrdr(args, options).done
}

/** The events of a stream that may have been cut off by a kill. */
export function eventsIn(text: string): ProgressEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{"event"'))
    .map((line) => JSON.parse(line) as ProgressEvent)
}
