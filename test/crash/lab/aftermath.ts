// After a disaster: what was promised must hold, and where there is something to resume from, a resume must come to the
// bytes of an undisturbed run and leave nothing behind.

import { acknowledgedBy, type Acknowledged } from './acknowledgements.ts'
import type { Finding, Question } from './examine.ts'
import type { Examiners } from './examiners.ts'
import { FACTS, type Workload } from './workload.ts'

export function questionOf(
  { kind, expected, expectedFiles }: Workload,
  dataDir: string,
  acknowledged: Acknowledged,
): Question {
  return { dataDir, ...FACTS[kind], acknowledged, expected, expectedFiles }
}

/** @returns violations; empty = all is well */
export async function examineOnly(
  examiners: Examiners,
  workload: Workload,
  dataDir: string,
  acknowledged: Acknowledged,
): Promise<readonly string[]> {
  return (await examiners.examine(questionOf(workload, dataDir, acknowledged))).violations
}

/** The same, and a resume where there is something to resume from. */
export async function examineAndResume(
  examiners: Examiners,
  workload: Workload,
  dataDir: string,
  acknowledged: Acknowledged,
): Promise<readonly string[]> {
  const { violations, resumable } = await examiners.examine(
    questionOf(workload, dataDir, acknowledged),
  )
  if (violations.length > 0 || !resumable) return violations
  return resumeAndExamine(examiners, workload, dataDir, resumable)
}

export async function resumeAndExamine(
  examiners: Examiners,
  workload: Workload,
  dataDir: string,
  { operationId, seq }: NonNullable<Finding['resumable']>,
): Promise<readonly string[]> {
  const { ask } = workload
  const args = ['operations', 'resume', operationId, '--json', '--progress', 'json']
  const resumed = await ask(dataDir, ...args)
  if (resumed.code !== 0) return [`a resume exits ${resumed.code}: ${resumed.stdout}`]
  const from = resumed.json().resumedFrom.seq
  if (from !== seq) return [`resumed from ${from} instead of ${seq}`]
  const acknowledged = acknowledgedBy(resumed.events())
  const { violations } = await examiners.examine(questionOf(workload, dataDir, acknowledged))
  return violations.map((what) => `after the resume, ${what}`)
}
