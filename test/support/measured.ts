// The program in a child process whose memory is watched: how it ended, what it said, and the most memory that it held.

import { spawn } from 'node:child_process'
import { PROGRAMS, ROOT } from './program.ts'

export type Measured = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly peakMiB: number
}

/**
 * Tells the peak of the resident memory, in KiB, on the way out. Linux counts what the parent held at the fork in the
 * child's maxRSS, but not in VmHWM.
 */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync, writeSync } from 'node:fs'
  const status = () => process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : ''
  const peakKiB = () => /VmHWM:\\s+(\\d+)/.exec(status())?.[1] ?? process.resourceUsage().maxRSS
  process.on('exit', () => writeSync(3, String(peakKiB())))
`)}`

export function measured(
  args: readonly string[],
  { dataDir, cwd = ROOT }: { readonly dataDir: string; readonly cwd?: string },
): Promise<Measured> {
  const [node, entry] = PROGRAMS.bundle
  const child = spawn(node, ['--import', TELL_PEAK, entry, ...args], {
    cwd,
    env: { ...process.env, KTRDR_DATA_DIR: dataDir, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const texts = ['', '', '']
  for (const [i, stream] of child.stdio.slice(1).entries())
    stream!.on('data', (piece: Buffer) => (texts[i] += piece.toString()))
  return new Promise((finish, fail) => {
    child.on('error', fail)
    child.on('close', (code) => {
      const [stdout = '', stderr = '', peakKiB] = texts
      finish({ code, stdout, stderr, peakMiB: Number(peakKiB) / 1024 })
    })
  })
}
