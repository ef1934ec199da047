import { beforeAll, describe, expect, it } from 'vitest'
import { ktrdr } from '../support/program.ts'
import { makeWorld, type World } from '../support/world.ts'

// A save that fails, through the real program: while the run goes on, and when it was to be the last.

let world: World
let straight: string
beforeAll(async () => {
  world = makeWorld({ bars: 600 })
  const run = await ktrdr(world.train('--json'), { dataDir: world.dataDir('straight') })
  straight = run.json().model.sha256
  return world.remove
})

const OFTEN = ['--checkpoint-every', '20batches', '--keep-checkpoints']

describe.concurrent('a periodic save that fails', () => {
  it.each([
    ['for want of space', 'save.written@2:enospc', 'the disk is full (ENOSPC).'],
    ['for a bug in its making', 'save.begun@2:throw', 'KTRDR_FAULT struck at save.begun@2.'],
  ])('%s is one clear line, and the next trigger saves again', async (_, fault, reason) => {
    const dataDir = world.dataDir(fault)
    // Each save is over before the next falls due: 20, 40 (fails), 60 …
    const flushes = [21, 41, 61].map((batch) => `batch@${batch}:flush`)
    const run = await ktrdr(world.train(...OFTEN, '--progress', 'plain'), {
      dataDir,
      fault: [...flushes, 'batch@62:cancel', fault].join(','),
    })
    expect(run.code).toBe(130)
    const complaints = run.stderr.split('\n').filter((line) => line.startsWith('! '))
    expect(complaints).toEqual([
      expect.stringMatching(/The run goes on; earlier checkpoints are good\.$/),
    ])
    expect(complaints[0]).toContain(reason)
    const listed = await ktrdr(['checkpoints', 'list', '--json'], { dataDir })
    const rows: { seq: number; type: string }[] = listed.json().checkpoints
    expect(rows.map(({ seq, type }) => [seq, type])).toEqual([
      [4, 'cancellation'],
      [3, 'periodic'],
      [1, 'periodic'],
    ])
  })
})

describe.concurrent('a last save that fails', () => {
  it.each([
    ['for want of space', 'save.written@2:enospc', 'the disk is full (ENOSPC).'],
    ['for a bug in its making', 'save.begun@2:throw', 'KTRDR_FAULT struck at save.begun@2.'],
  ])(
    '%s is an error (exit 1); the older checkpoint resumes to the same bytes',
    async (_, fault, reason) => {
      const dataDir = world.dataDir(`last-${fault}`)
      const run = await ktrdr(world.train(...OFTEN, '--progress', 'none'), {
        dataDir,
        fault: `batch@21:flush,batch@30:cancel,${fault}`,
      })
      expect(run.code).toBe(1)
      expect(run.stderr).toContain(reason)
      const shown = await ktrdr(['operations', 'show', 'latest', '--json'], { dataDir })
      expect(shown.json()).toMatchObject({
        status: 'failed',
        resumable: true,
        checkpoint: { seq: 1, type: 'periodic' },
        saving: { overhead: { saves: 1 } },
      })
      const resumed = await ktrdr(['operations', 'resume', 'latest', '--json'], { dataDir })
      expect(resumed.json()).toMatchObject({ status: 'completed', model: { sha256: straight } })
    },
  )
})
