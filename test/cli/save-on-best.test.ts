import { expect, it } from 'vitest'
import { ktrdr } from '../support/program.ts'
import { makeWorld } from '../support/world.ts'

it('with checkpoint.on_best every new best state is saved, readable without deltas', async () => {
  const world = makeWorld({ epochs: 8 })
  try {
    const dataDir = world.dataDir('best')
    const env = { KTRDR_CHECKPOINT_ON_BEST: 'true', KTRDR_CHECKPOINT_KEEP_LAST: '50' }
    const flags = ['--checkpoint-every', '20batches', '--keep-checkpoints', '--json']
    const run = await ktrdr(world.train(...flags), { dataDir, env })
    expect(run.code, run.stderr).toBe(0)
    const { history } = run.json()
    const improved = history.epoch.filter(
      (epoch: number, i: number) =>
        epoch < 8 && // the last one completes instead
        history.valLoss.slice(0, i).every((earlier: number) => earlier > history.valLoss[i]),
    )
    const list = await ktrdr(['checkpoints', 'list', '--json'], { dataDir })
    const best = list.json().checkpoints.filter(({ type }: { type: string }) => type === 'best')
    expect(best.map(({ at }: { at: number }) => at).toReversed()).toEqual(improved)
    for (const { depth } of best) expect(depth).toBe(0)
    const show = await ktrdr(['operations', 'show', 'latest'], { dataDir })
    expect(show.stdout).toContain('every 20 batches, every new best')
  } finally {
    world.remove()
  }
})
