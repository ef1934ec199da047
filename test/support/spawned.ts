// Any command to its end, with exactly the environment that is given, and directories for a whole test file: unlike
// `ktrdr` and `tempDir` they serve tests that run at the same time.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export type Spawned = {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export function spawned(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Spawned> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((finish, fail) => {
    child.on('error', fail)
    child.on('close', (status, signal) => finish({ status, signal, stdout, stderr }))
  })
}

/** Makes directories by name; all are gone when the file's tests are over. */
export function directoriesOfFile(): (name: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'ktrdr-file-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  return (name) => {
    const directory = join(root, name)
    mkdirSync(directory, { recursive: true })
    return directory
  }
}
