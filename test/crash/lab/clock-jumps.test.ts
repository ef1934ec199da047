import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { resumeAndExamine } from './aftermath.ts'
import { openDataDir } from './examine.ts'
import { printFigures, quickOrFull, randomOf } from './mode.ts'
import { sideBySide } from './side-by-side.ts'
import { openLaboratory, type Laboratory } from './laboratory.ts'
import { type Workload } from './workload.ts'

// The clock of the machine is set while ktrdr runs, with libfaketime: backwards, over changes of daylight saving time,
// years ahead. Neither what comes out, nor the order of checkpoints, nor which are kept follows it.

const LIBRARY = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
].find(existsSync)
if (LIBRARY === undefined) process.stderr.write('skipped: no clock jumps, libfaketime is missing\n')

/** Around the nights on which New York changes its clocks, and offsets as libfaketime reads them. */
const JUMPS = [
  '+0',
  '-1h',
  '-2d',
  '-10y',
  '+400d',
  '+10y',
  '@2024-03-10 01:59:59',
  '@2024-11-03 01:59:59',
]

let laboratory: Laboratory
beforeAll(async () => {
  laboratory = await openLaboratory()
  return laboratory.close
})

async function keptIn(dataDir: string): Promise<number[]> {
  const ktrdr = await openDataDir(dataDir)
  const seqs = ktrdr.checkpoints.list('latest').map(({ seq }) => seq)
  ktrdr.close()
  return seqs
}

describe.skipIf(LIBRARY === undefined)('a clock that jumps', () => {
  it('changes neither the result, nor the order, nor what is kept', async () => {
    const workload: Workload = laboratory.of.training
    const fault = 'batch@50:kill'
    const calm = workload.freshDataDir('calm')
    await workload.start(calm, { fault }).done
    const expected = await keptIn(calm)
    const random = randomOf('clock')
    let jumps = 0
    const runs = Array.from({ length: quickOrFull(4, 40) }, (_, i) => i)
    const violations = await sideBySide(runs, 2, async (i) => {
      const dataDir = workload.freshDataDir(`jumping-${i}`)
      const clock = join(laboratory.directory, `clock-${i}`)
      const jump = (): void => {
        writeFileSync(`${clock}.new`, JUMPS[random.nextBelow(JUMPS.length)]!)
        renameSync(`${clock}.new`, clock)
        jumps++
      }
      jump()
      const env = {
        LD_PRELOAD: LIBRARY!,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        TZ: 'America/New_York',
      }
      const run = workload.start(dataDir, { fault, env })
      const isOver = run.done.then(() => true)
      while (!(await Promise.race([isOver, sleep(15)]))) jump()
      const killed = await run.done
      if (killed.signal !== 'SIGKILL') return [`it was not killed: ${killed.stdout}`]
      const kept = await keptIn(dataDir)
      if (String(kept) !== String(expected)) return [`it kept ${kept} instead of ${expected}`]
      const started = killed.events().find(({ event }) => event === 'started')
      if (!started) return [`it did not start: ${killed.stderr}`]
      return resumeAndExamine(laboratory.examiners, workload, dataDir, {
        operationId: started['operationId'] as string,
        seq: kept[0]!,
      })
    })
    printFigures('clock jumps', `${jumps} jumps in ${runs.length} runs`)
    expect(violations.flat()).toEqual([])
  })
})
