// Compiles the fault shim and says how to run a program under it.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the shim can do to a call; its file says more. */
export const SHIM_ACTIONS = [
  'kill',
  'kill-after',
  'torn',
  'EIO',
  'ENOSPC',
  'EIO-ever',
  'ENOSPC-ever',
  'short-ever',
] as const
export type ShimAction = (typeof SHIM_ACTIONS)[number] | 'stop'

export type SystemCall = { readonly name: string; readonly path: string; readonly struck: boolean }

export type Shim = {
  /** Environment of a program under the shim; without a fault it only writes its calls down. */
  readonly env: (
    dataDir: string,
    fault?: { readonly at: number; readonly action: ShimAction },
  ) => Record<string, string>
  /** What a program that ran under it has called, in order. */
  readonly calls: (dataDir: string) => SystemCall[]
}

/** Why there can be no shim here, or undefined. */
export function whyNoShim(): string | undefined {
  if (process.platform !== 'linux') return 'not on Linux'
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'there is no C compiler'
  }
}

export function compileShim(directory: string): Shim {
  const library = join(directory, 'fault-shim.so')
  const source = join(import.meta.dirname, 'fault-shim.c')
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-o', library, source, '-ldl'])
  const logOf = (dataDir: string): string => `${dataDir}.calls`
  return {
    env: (dataDir, fault) => ({
      LD_PRELOAD: library,
      KTRDR_SHIM_ROOT: dataDir,
      KTRDR_SHIM_LOG: logOf(dataDir),
      ...(fault ? { KTRDR_SHIM_AT: String(fault.at), KTRDR_SHIM_ACTION: fault.action } : {}),
    }),
    calls: (dataDir) =>
      existsSync(logOf(dataDir)) ? callsIn(readFileSync(logOf(dataDir), 'utf8'), dataDir) : [],
  }
}

function callsIn(log: string, dataDir: string): SystemCall[] {
  return log
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, name = '', path = '', struck] = /^\d+ (\w+) (.*?)( !)?$/.exec(line) ?? []
      return { name, path: path.slice(dataDir.length + 1), struck: struck !== undefined }
    })
}
