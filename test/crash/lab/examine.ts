// What must hold of a data directory after any disaster, looked at through the front door:
//
//   it opens, and nobody seems to run; what was acknowledged is there; no row points at bytes that are gone or wrong;
//   a completed operation has the bytes of an undisturbed run; a sweep takes what crashes left, and nothing else.
//
// Runs in processes of its own (examiners.ts).

import { join, sep } from 'node:path'
import { openKtrdr, resolveSettings, type Ktrdr } from '../../../src/ktrdr.ts'
import type { Acknowledged } from './acknowledgements.ts'
import { differences, listFiles, readBundle, type BundleBytes } from './files.ts'

export type Question = {
  readonly dataDir: string
  readonly type: string
  readonly bundle: 'model' | 'backtest'
  readonly acknowledged: Acknowledged
  readonly expected: BundleBytes
  /** What is left in the data directory of a completed run; null = do not compare. */
  readonly expectedFiles: readonly string[] | null
}

export type Finding = {
  /** Empty = all is well. */
  readonly violations: readonly string[]
  /** What a resume would go on from; null when there is nothing to resume. */
  readonly resumable: { readonly operationId: string; readonly seq: number } | null
}

export async function examine(question: Question): Promise<Finding> {
  const violations: string[] = []
  let resumable: Finding['resumable'] = null
  try {
    const ktrdr = await openDataDir(question.dataDir)
    try {
      resumable = look(ktrdr, question, violations)
      await sweepAndLook(ktrdr, question, violations)
    } finally {
      ktrdr.close()
    }
  } catch (error) {
    violations.push(`it cannot be read: ${String(error)}`)
  }
  return { violations, resumable }
}

/** The front door of a data directory, whatever else this machine is configured to. */
export async function openDataDir(dataDir: string): Promise<Ktrdr> {
  const sources = { flags: { data_dir: dataDir }, env: { XDG_CONFIG_HOME: dataDir }, cwd: dataDir }
  return openKtrdr(await resolveSettings(sources))
}

function look(ktrdr: Ktrdr, question: Question, violations: string[]): Finding['resumable'] {
  const { type, bundle, acknowledged, expected } = question
  const [operation] = ktrdr.operations.list({ type })
  if (!operation) {
    if (acknowledged.started) violations.push('the operation that had started is gone')
    return null
  }
  const { operationId, status, checkpoint } = operation
  violations.push(...badCheckpoints(ktrdr))
  if (status === 'completed') {
    const result = ktrdr.operations.show(operationId).result as Record<string, { path: string }>
    const wrong = differences(readBundle(placeHere(ktrdr, bundle, result[bundle]!.path)), expected)
    if (wrong.length > 0) violations.push(`completed with other bytes: ${wrong.join(', ')}`)
    return null
  }
  if (status === 'running') violations.push('it is still running, by nobody')
  if (acknowledged.completed) violations.push(`completed had been said, and it is ${status}`)
  const seq = checkpoint?.seq ?? 0
  if (seq < acknowledged.savedSeq)
    violations.push(`checkpoint ${acknowledged.savedSeq} had been acknowledged, ${seq} is there`)
  if (operation.resumable !== seq > 0)
    violations.push(`with checkpoint ${seq} resumable is ${operation.resumable}`)
  return operation.resumable ? { operationId, seq } : null
}

/** The place of a bundle in this data directory, which may be a copy of the one that the record names. */
function placeHere({ settings }: Ktrdr, bundle: Question['bundle'], path: string): string {
  return join(settings.layout.bundles[bundle], ...path.split(sep).slice(-3))
}

async function sweepAndLook(
  ktrdr: Ktrdr,
  { dataDir, acknowledged, expectedFiles }: Question,
  violations: string[],
): Promise<void> {
  const { failed, unknown } = await ktrdr.gc({ dryRun: false })
  for (const { path, reason } of failed) violations.push(`gc left ${path}: ${reason}`)
  for (const path of unknown) violations.push(`gc knows no operation of ${path}`)
  for (const { path } of (await ktrdr.gc({ dryRun: true })).removed)
    violations.push(`a second gc would still remove ${path}`)
  violations.push(...badCheckpoints(ktrdr).map((what) => `after gc, ${what}`))

  const files = listFiles(dataDir)
  for (const path of files.filter((file) => /(^|\/)\.tmp-/.test(file)))
    violations.push(`left behind after gc: ${path}`)
  if (acknowledged.completed && expectedFiles)
    for (const path of files.filter((file) => !expectedFiles.includes(file)))
      violations.push(`left behind: ${path}`)
}

function badCheckpoints(ktrdr: Ktrdr): string[] {
  return ktrdr.checkpoints
    .verify()
    .checkpoints.filter(({ verdict }) => verdict !== 'ok')
    .map(({ seq, verdict, reason }) => `checkpoint ${seq} is ${verdict}: ${reason}`)
}
