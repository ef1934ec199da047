import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { acknowledgedBy } from './acknowledgements.ts'
import { examineAndResume } from './aftermath.ts'
import { unclear } from './clear-words.ts'
import { printFigures, quickOrFull, randomOf, sample } from './mode.ts'
import { sideBySide } from './side-by-side.ts'
import { openLaboratory, type Laboratory } from './laboratory.ts'
import { type Workload } from './workload.ts'

// A disk that is too small, at every size, and one that can only be read.

const noMount = whyNoMount()
if (noMount !== undefined) process.stderr.write(`skipped: no full disks, ${noMount}\n`)

let laboratory: Laboratory
let workload: Workload
beforeAll(async () => {
  laboratory = await openLaboratory()
  workload = laboratory.of.training
  return laboratory.close
})

function whyNoMount(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'only root on Linux mounts them'
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'mounting is not permitted'
  }
}

/** A file system of its own at a fresh data directory. */
function mountDisk(name: string, options: string): string {
  const dataDir = join(laboratory.directory, name)
  mkdirSync(dataDir)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=0700,${options}`, 'tmpfs', dataDir])
  onTestFinished(() => {
    execFileSync('umount', [dataDir])
  })
  return dataDir
}

const remount = (dataDir: string, options: string): void => {
  execFileSync('mount', ['-o', `remount,${options}`, dataDir])
}

describe.skipIf(noMount !== undefined)('a disk', () => {
  it('that is full costs nothing that was acknowledged; with room it goes on to the same bytes', async () => {
    const every = Array.from({ length: 128 }, (_, i) => 8 * (i + 1))
    const sizes = sample(every, quickOrFull(10, Infinity), randomOf('disk-sizes'))
    let completed = 0
    const violations = await sideBySide(sizes, 3, async (kib) => {
      const dataDir = mountDisk(`disk-${kib}`, `size=${kib}k`)
      const run = await workload.start(dataDir).done
      if (run.code === 0) completed++
      remount(dataDir, 'size=64m')
      const acknowledged = acknowledgedBy(run.events())
      const found = [
        ...unclear(run),
        ...(await examineAndResume(laboratory.examiners, workload, dataDir, acknowledged)),
      ]
      return found.map((what) => `with ${kib} KiB: ${what}`)
    })
    printFigures('full disks', `${sizes.length} sizes up to 1 MiB, ${completed} completed`)
    expect(violations.flat()).toEqual([])
  })

  it('that takes no large file costs nothing that was acknowledged', async () => {
    const limits = sample(
      [1, 2, 4, 8, 16, 32, 64, 96, 128, 160, 192, 256],
      quickOrFull(4, Infinity),
      randomOf('file-sizes'),
    )
    const violations = await sideBySide(limits, 3, async (kib) => {
      const dataDir = workload.freshDataDir(`limit-${kib}`)
      const run = workload.start(dataDir, { env: {} })
      execFileSync('prlimit', ['--pid', String(run.child.pid), `--fsize=${kib * 1024}`])
      const result = await run.done
      const found = [
        ...unclear(result),
        ...(await examineAndResume(
          laboratory.examiners,
          workload,
          dataDir,
          acknowledgedBy(result.events()),
        )),
      ]
      return found.map((what) => `with files of ${kib} KiB at most: ${what}`)
    })
    printFigures('small files only', `${limits.length} limits`)
    expect(violations.flat()).toEqual([])
  })

  it('that became read-only is told of, and once writable goes on to the same bytes', async () => {
    const source = workload.freshDataDir('killed')
    const killed = await workload.start(source, { fault: 'batch@50:kill' }).done
    const dataDir = mountDisk('read-only', 'size=64m')
    cpSync(source, dataDir, { recursive: true })
    remount(dataDir, 'ro')
    for (const args of [['operations', 'resume', 'latest'], ['operations', 'list'], ['gc']]) {
      const answer = await workload.ask(dataDir, ...args, '--json')
      expect(unclear(answer), args.join(' ')).toEqual([])
    }
    remount(dataDir, 'rw')
    expect(
      await examineAndResume(
        laboratory.examiners,
        workload,
        dataDir,
        acknowledgedBy(killed.events()),
      ),
    ).toEqual([])
  })
})
