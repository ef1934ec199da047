// A peer is a process that measures: one JSON request a line in, one JSON answer a line out. The first line it
// prints says who it is, or why it cannot serve.

import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { BenchCase } from './cases.ts'

export type BenchRequest = { readonly case: BenchCase; readonly seconds: number }

/** Seconds a step (or a call). */
export type Measurement = {
  readonly median: number
  readonly p25: number
  /** Processor time of all threads. */
  readonly cpu: number
  readonly steps: number
  /** What the peer chose among its ways to do it, if it has some. */
  readonly variant?: string
}

export type Peer = {
  /** Name, version, libraries. */
  readonly description: string
  readonly measure: (request: BenchRequest) => Promise<Measurement>
  readonly close: () => void
}

type Hello = { readonly peer: string } | { readonly missing: string }

/** Starts a peer on as many processors as it has threads; a text instead says why there is none. */
export async function startPeer(
  command: readonly string[],
  threads: number,
  env: Readonly<Record<string, string>>,
): Promise<Peer | string> {
  const [program, ...args] = [...pinned(threads), ...command]
  const child = spawn(program!, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...env, ...process.env },
  })
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`${command.join(' ')} ended with code ${code}.`)))
  })
  failed.catch(() => {}) // seen by whoever waits for an answer
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<unknown> => {
    const line = await Promise.race([lines.next(), failed])
    return line.done ? failed : JSON.parse(line.value)
  }

  const hello = (await answer()) as Hello
  if ('missing' in hello) return hello.missing
  return {
    description: hello.peer,
    measure: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      return (await answer()) as Measurement
    },
    close: () => child.stdin.end(),
  }
}

function pinned(threads: number): string[] {
  if (spawnSync('taskset', ['--version']).status !== 0) return []
  return ['taskset', '-c', Array.from({ length: threads }, (_, i) => i).join(',')]
}
