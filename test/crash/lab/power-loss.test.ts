import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { eventsIn } from '../../support/program.ts'
import { acknowledgedBy } from './acknowledgements.ts'
import { questionOf, resumeAndExamine } from './aftermath.ts'
import { compileShim, whyNoShim } from './fault-shim.ts'
import { printFigures, quickOrFull, randomOf, sample } from './mode.ts'
import {
  describeCut,
  disksAfter,
  powerCuts,
  type CutDisk,
  type DiskImage,
  type PowerCut,
} from './power-cuts.ts'
import { record, whyNoStrace, type Recording } from './record.ts'
import { sideBySide } from './side-by-side.ts'
import { openLaboratory, type Laboratory } from './laboratory.ts'
import { KINDS, type Workload } from './workload.ts'

// The power goes at every instant of a run: what is on the disk then is rebuilt from a recording of its system calls,
// in every way that a file system may leave it, and examined.

const noStrace = whyNoStrace()
const noShim = whyNoShim()
if (noStrace !== undefined) process.stderr.write(`skipped: no power cuts, ${noStrace}\n`)

let laboratory: Laboratory
beforeAll(async () => {
  if (noStrace !== undefined) return
  laboratory = await openLaboratory()
  return laboratory.close
})

function layDown(dataDir: string, image: DiskImage): void {
  mkdirSync(dataDir)
  for (const [path, bytes] of image)
    if (bytes === null) mkdirSync(join(dataDir, path))
    else writeFileSync(join(dataDir, path), bytes)
}

const RESUME_EVERY = 100

/** What is wrong with one of the disks. */
async function tryDisk(
  workload: Workload,
  recording: Recording,
  { image, said, cut }: CutDisk,
  index: number,
): Promise<readonly string[]> {
  const dataDir = join(laboratory.directory, `${workload.kind}-cut-${index}`)
  layDown(dataDir, image)
  const acknowledged = acknowledgedBy(eventsIn(`${said.join('\n')}\n`))
  const finding = await laboratory.examiners.examine(questionOf(workload, dataDir, acknowledged))
  const violations = [...finding.violations]
  if (violations.length === 0 && finding.resumable && index % RESUME_EVERY === 0)
    violations.push(
      ...(await resumeAndExamine(laboratory.examiners, workload, dataDir, finding.resumable)),
    )
  rmSync(dataDir, { recursive: true })
  return violations.map((what) => `${describeCut(recording, cut)}: ${what}`)
}

/** What is wrong with any of the disks that these cuts leave. */
async function tryCuts(
  workload: Workload,
  recording: Recording,
  cuts: readonly PowerCut[],
): Promise<{ disks: number; violations: string[] }> {
  const disks = disksAfter(recording, cuts)
  const violations: string[] = []
  let tried = 0
  const examineTheRest = async (): Promise<void> => {
    for (const disk of disks)
      violations.push(...(await tryDisk(workload, recording, disk, tried++)))
  }
  await Promise.all(Array.from({ length: laboratory.examiners.count }, examineTheRest))
  return { disks: tried, violations }
}

/** What is synced: the files of checkpoints, the log of the database, all else. */
const SYNCED = [/\/\.tmp-[^/]*$/, /-wal$/, /(?:)/]

describe.skipIf(noStrace !== undefined)('a power cut at any instant', () => {
  it.each(KINDS)('costs a %s nothing that was acknowledged', async (kind) => {
    const workload = laboratory.of[kind]
    const random = randomOf(`power-loss-${kind}`)
    const dataDir = workload.freshDataDir(`${kind}-recorded`)
    const recording = await record(workload.command(dataDir), dataDir)
    expect(recording.exitCode).toBe(0)
    const all = powerCuts(recording, random)
    const cuts = sample(all, quickOrFull(kind === 'training' ? 1300 : 500, Infinity), random)
    const startedAt = performance.now()
    const { disks, violations } = await tryCuts(workload, recording, cuts)
    const seconds = (performance.now() - startedAt) / 1000
    printFigures(
      `power cuts of a ${kind}`,
      `${disks} different disks of ${all.length} cuts in ${recording.operations.length} operations, ${seconds.toFixed(0)} s, ${Math.round((disks / seconds) * 60)} a minute`,
    )
    expect(violations).toEqual([])
  })
  it.skipIf(noShim !== undefined)('after an fsync that failed loses nothing either', async () => {
    const workload = laboratory.of.training
    const random = randomOf('failed-fsync')
    const shim = compileShim(laboratory.directory)
    const counted = workload.freshDataDir('count')
    await workload.start(counted, { env: shim.env(counted) }).done
    const syncs = shim
      .calls(counted)
      .map(({ name, path }, i) => ({ at: i + 1, isSync: name.includes('sync'), path }))
      .filter(({ isSync }) => isSync)
    const chosenSyncs = SYNCED.flatMap((_, which) => {
      const alike = syncs.filter(
        ({ path }) => SYNCED.findIndex((some) => some.test(path)) === which,
      )
      return sample(alike, quickOrFull(2, Infinity), random)
    })
    let tried = 0
    let unreached = 0
    const found = await sideBySide(chosenSyncs, 1, async ({ at }) => {
      const dataDir = workload.freshDataDir(`failed-fsync-${at}`)
      const env = shim.env(dataDir, { at, action: 'EIO' })
      const recording = await record(workload.command(dataDir, { env }), dataDir)
      const failed = recording.operations.findIndex(({ kind }) => kind === 'failed-sync')
      // No two runs make quite the same calls: the number may be that of another call this time.
      if (failed < 0) {
        unreached++
        return []
      }
      const cuts = powerCuts(recording, random).filter(({ operations }) => operations > failed)
      const chosen = sample(cuts, quickOrFull(60, 100), random)
      const { disks, violations } = await tryCuts(workload, recording, chosen)
      tried += disks
      return violations.map((what) => `fsync ${at} failed, then a ${what}`)
    })
    printFigures(
      'power cuts after a failed fsync',
      `${tried} disks, ${found.length - unreached} of ${syncs.length} fsyncs`,
    )
    expect(found.flat()).toEqual([])
    expect(unreached, 'fsyncs that were to fail did').toBeLessThan(found.length)
  })
})
