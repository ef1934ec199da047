import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { eventsIn } from '../../support/program.ts'
import { acknowledgedBy } from './acknowledgements.ts'
import { questionOf, resumeAndExamine } from './aftermath.ts'
import { hireExaminers, type Examiners } from './examiners.ts'
import { printFigures, quickOrFull, randomOf, sample } from './mode.ts'
import { describeCut, disksAfter, powerCuts, type CutDisk, type DiskImage } from './power-cuts.ts'
import { record, whyNoStrace, type Recording } from './record.ts'
import { sideBySide } from './side-by-side.ts'
import { KINDS, makeWorkloads, type Workload, type Workloads } from './workload.ts'

// The power goes at every instant of a run: what is on the disk then is rebuilt from a recording of its system calls,
// in every way that a file system may leave it, and examined.

const noStrace = whyNoStrace()
if (noStrace !== undefined) process.stderr.write(`skipped: no power cuts, ${noStrace}\n`)

let workloads: Workloads
let examiners: Examiners
beforeAll(async () => {
  if (noStrace !== undefined) return
  workloads = await makeWorkloads()
  examiners = hireExaminers()
  return () => {
    examiners.dismiss()
    workloads.remove()
  }
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
  const dataDir = join(workloads.directory, `${workload.kind}-cut-${index}`)
  layDown(dataDir, image)
  const acknowledged = acknowledgedBy(eventsIn(`${said.join('\n')}\n`))
  const finding = await examiners.examine(questionOf(workload, dataDir, acknowledged))
  const violations = [...finding.violations]
  if (violations.length === 0 && finding.resumable && index % RESUME_EVERY === 0)
    violations.push(...(await resumeAndExamine(examiners, workload, dataDir, finding.resumable)))
  rmSync(dataDir, { recursive: true })
  return violations.map((what) => `${describeCut(recording, cut)}: ${what}`)
}

describe.skipIf(noStrace !== undefined)('a power cut at any instant', () => {
  it.each(KINDS)('costs a %s nothing that was acknowledged', async (kind) => {
    const workload = workloads.of[kind]
    const random = randomOf(`power-loss-${kind}`)
    const dataDir = workload.freshDataDir(`${kind}-recorded`)
    const recording = await record(workload.program, workload.command(dataDir), dataDir)
    expect(recording.exitCode).toBe(0)
    const all = powerCuts(recording, random)
    const cuts = sample(all, quickOrFull(kind === 'training' ? 1000 : 400, Infinity), random)
    const startedAt = performance.now()
    let states = 0
    const violations: string[] = []
    const disks = disksAfter(recording, cuts)
    await sideBySide(Array.from({ length: examiners.count }), examiners.count, async () => {
      for (const disk of disks)
        violations.push(...(await tryDisk(workload, recording, disk, states++)))
    })
    const seconds = (performance.now() - startedAt) / 1000
    printFigures(
      `power cuts of a ${kind}`,
      `${states} different disks of ${all.length} cuts in ${recording.operations.length} operations, ${seconds.toFixed(0)} s, ${Math.round((states / seconds) * 60)} a minute`,
    )
    expect(violations).toEqual([])
  })
})
