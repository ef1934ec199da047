import { setImmediate as breathe } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { acknowledgedBy, NOTHING } from './acknowledgements.ts'
import { examineOnly } from './aftermath.ts'
import { openDataDir } from './examine.ts'
import { differences, readBundle } from './files.ts'
import { printFigures, quickOrFull } from './mode.ts'
import { openLaboratory, type Laboratory } from './laboratory.ts'

// A sweep in a loop beside trainings that save after every batch.

let laboratory: Laboratory
beforeAll(async () => {
  laboratory = await openLaboratory()
  return laboratory.close
})

const WRITERS = 3

describe('gc beside trainings that save after every batch', () => {
  it('removes nothing that a row names, and leaves nothing that none does', async () => {
    const { training } = laboratory.of
    const dataDir = training.freshDataDir('shared')
    const ktrdr = await openDataDir(dataDir)
    let saves = 0
    let sweeps = 0
    for (let round = 0; round < quickOrFull(2, 20); round++) {
      const runs = Array.from({ length: WRITERS }, () =>
        training.start(dataDir, {
          every: 1,
          flags: ['--keep-checkpoints'],
        }),
      )
      const done = Promise.all(runs.map((run) => run.done))
      while (!(await Promise.race([done, breathe()]))) {
        await ktrdr.gc({ dryRun: false })
        sweeps++
      }
      for (const run of await done) {
        expect(run.code, run.stderr).toBe(0)
        expect(run.events().filter(({ event }) => event === 'save-failed')).toEqual([])
        expect(differences(readBundle(run.json().model.path), training.expected)).toEqual([])
        saves += acknowledgedBy(run.events()).savedSeq
      }
    }
    ktrdr.close()
    expect(await examineOnly(laboratory.examiners, training, dataDir, NOTHING)).toEqual([])
    printFigures(
      'gc beside writers',
      `${sweeps} sweeps, ${saves} saves of ${WRITERS} trainings at a time`,
    )
  })
})
