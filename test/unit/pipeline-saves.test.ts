import { describe, expect, it, onTestFinished } from 'vitest'
import { openKtrdr, type Ktrdr } from '../../src/ktrdr.ts'
import { resolveSettings } from '../../src/settings.ts'
import { systemClock } from '../../src/core/clock.ts'
import { makePipelineWorld } from '../support/pipelines.ts'

// How a phase is saved while it runs: document 003's interval, with its own meaning of 0, and its greatest number.

/** Stands still until a save is due, and waits for it, three times; then stops. */
const FAULT = [
  ...[300, 600, 900].flatMap((n) => [`batch@${n}:stall`, `batch@${n + 100}:flush`]),
  'batch@1200:cancel',
].join()

/** Trains until it is stopped; with what was saved by then. */
async function stopped(saving: string) {
  const world = makePipelineWorld({ epochs: 400 })
  world.edit('pipeline.yaml', 'save_interval_seconds: 0.02', saving)
  const root = world.dataDir('data')
  const settings = await resolveSettings({
    flags: { data_dir: root },
    env: { XDG_CONFIG_HOME: root },
    cwd: world.directory,
  })
  const ktrdr = await openKtrdr(settings, systemClock)
  onTestFinished(() => {
    ktrdr.close()
    world.remove()
  })
  process.env['KTRDR_FAULT'] = FAULT
  try {
    const report = await (await ktrdr.pipelines()).run(world.file, {}, () => {})
    const { operationId } = report.phases[1]!
    return { ...report, ...savedOf(ktrdr, operationId!) }
  } finally {
    delete process.env['KTRDR_FAULT']
  }
}

function savedOf(ktrdr: Ktrdr, operationId: string) {
  const checkpoints = ktrdr.checkpoints.list(operationId)
  return { types: checkpoints.map(({ type }) => type), newest: checkpoints[0]!.seq }
}

describe('a phase', () => {
  it('with an interval of 0 saves when it is stopped, and at no other time', async () => {
    const { status, types, newest } = await stopped('save_interval_seconds: 0')
    expect(status).toBe('cancelled')
    expect(types).toEqual(['cancellation'])
    expect(newest, 'the first that was made').toBe(1)
  })

  it('keeps no more than max_checkpoints, however many it makes', async () => {
    const saving = 'save_interval_seconds: 0.001\nmax_checkpoints: 2'
    const { types, newest } = await stopped(saving)
    expect(newest, 'made').toBeGreaterThan(3)
    expect(types, 'kept').toEqual(['cancellation', 'periodic'])
  })
})
