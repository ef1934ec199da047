// A data directory as a kill leaves it: a run that was saved several times and then died. What damages it works on
// copies.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openDataDir } from './examine.ts'
import { FACTS, type Workload } from './workload.ts'

/** So that there is a good one even when the two newest are damaged. */
const KEEP_FOUR = { KTRDR_CHECKPOINT_KEEP_LAST: '4' }

export type StoredRun = {
  readonly dataDir: string
  readonly operationId: string
  /** Numbers of its checkpoints, newest first. */
  readonly seqs: readonly number[]
  /** Paths below the data directory of the files that belong to checkpoints, newest first. */
  readonly files: readonly string[]
}

/** @param fault at which it is killed, after all its saves */
export async function storeRun(
  workload: Workload,
  name: string,
  fault: string,
): Promise<StoredRun> {
  const dataDir = workload.freshDataDir(name)
  const run = await workload.start(dataDir, { fault, env: KEEP_FOUR }).done
  if (run.signal !== 'SIGKILL') throw new Error(`${fault} did not kill it: ${run.stderr}`)
  const ktrdr = await openDataDir(dataDir)
  try {
    await ktrdr.gc({ dryRun: false })
    const [operation] = ktrdr.operations.list({ type: FACTS[workload.kind].type })
    const { operationId } = operation!
    const seqs = ktrdr.checkpoints.list(operationId).map(({ seq }) => seq)
    return {
      dataDir,
      operationId,
      seqs,
      files: filesNewestFirst(join('packs', operationId), dataDir),
    }
  } finally {
    ktrdr.close()
  }
}

function filesNewestFirst(directory: string, dataDir: string): string[] {
  const changedAt = (path: string): number => statSync(join(dataDir, path)).mtimeMs
  return readdirSync(join(dataDir, directory))
    .map((name) => join(directory, name))
    .toSorted((one, other) => changedAt(other) - changedAt(one))
}
