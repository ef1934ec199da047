// Which process has a number now. Numbers are given again; a number with the moment at which its process started is not.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** When the process of that number started, in a form to compare; undefined when there is none. */
export function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') return startOnLinux(pid)
  try {
    const text = execFileSync('ps', ['-p', String(pid), '-o', 'lstart='], { encoding: 'utf8' })
    return text.trim() || undefined
  } catch {
    return undefined
  }
}

/** Field 22 of /proc/PID/stat, in ticks since the machine has started (proc_pid_stat(5)); a zombie is none any more. */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    return undefined
  }
}
