// Whoever ends without success says why, in one sentence and with --json, and does not take it for a bug of ktrdr.

import type { RunResult } from '../../support/program.ts'

/** What is wrong with how a run ended and with what it said; empty = nothing. */
export function unclear({ code, signal, stdout, stderr }: RunResult): string[] {
  if (code === 0) return []
  if (signal !== null) return [`it died of ${signal}`]
  try {
    const { message } = JSON.parse(stdout).error
    if (code === 70) return [`it takes this for a bug: ${message}`]
    return /\n|\bundefined\b/.test(message) ? [`it says "${message}"`] : []
  } catch {
    return [`exit ${code}, and it says "${stdout}" and "${stderr}"`]
  }
}
