import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exactJson, sha256, type Json } from '../../src/core/hash.ts'
import { findJob, STEPPED_TYPES } from '../../src/jobs/catalog.ts'
import type { Outcome } from '../../src/jobs/job.ts'
import { damagedStates } from '../support/damaged-states.ts'
import { backtestRequest, runThrough, trainingRequest, trainModel } from '../support/job-runs.ts'
import { rebuild, remainsOf } from '../support/throw-away.ts'
import { makeWorld, type World } from '../support/world.ts'
import { ONE_THREAD } from '../support/kernel-engine.ts'

// What every job promises (src/jobs/job.ts): run over each job of the catalog, on real bars and a real strategy. Queues of
// tasks, whose work is done elsewhere, have a contract of their own: queue.test.ts.

let world: World
let requests: Record<string, Json>

beforeAll(async () => {
  world = makeWorld({ bars: 400, batchSize: 32, epochs: 3 })
  const model = await trainModel(join(world.directory, 'model'), trainingRequest(world))
  requests = {
    training: trainingRequest(world) as Json,
    backtesting: backtestRequest(world, model) as Json,
  }
})
afterAll(() => world.remove())

/** Every byte that an outcome promises. */
function bytesOf({ result, bundle }: Outcome): unknown {
  const files = Object.entries(bundle.files).map(([name, content]) => [name, sha256(content)])
  return [exactJson(result), { ...bundle, files }]
}

describe.each(STEPPED_TYPES)('the job %s', (type) => {
  const opened = async () => {
    const job = await findJob(type)
    const loaded = await job.load(requests[type]!, ONE_THREAD)
    return { job, loaded, inputs: loaded.inputs }
  }

  it('is filed under its own name', async () => expect((await findJob(type)).type).toBe(type))

  it('loads the same again from the settings that it has resolved', async () => {
    const { job, loaded } = await opened()
    const settings = JSON.parse(exactJson(loaded.settings)) as Json // as they come out of the database
    const again = await job.load(settings, ONE_THREAD)
    expect(again.settings).toEqual(loaded.settings)
    expect(again.fingerprints).toEqual(loaded.fingerprints)
    expect(Object.keys(loaded.fingerprints).length).toBeGreaterThan(3)
    expect(bytesOf(await runThrough(job, settings))).toEqual(
      bytesOf(await runThrough(job, requests[type]!)),
    )
  })

  it('loads the same when the file has moved on: bars were appended after the range, the last one half', async () => {
    const { job, loaded } = await opened()
    const longer = makeWorld({ bars: 450, batchSize: 32, epochs: 3 })
    try {
      const moved = JSON.parse(exactJson(loaded.settings)) as { data: { path: string }[] }
      moved.data[0]!.path = join(world.directory, 'longer.csv')
      writeFileSync(moved.data[0]!.path, `${readFileSync(longer.bars, 'utf8')}2020-01-`)
      expect((await job.load(moved as Json, ONE_THREAD)).fingerprints).toEqual(loaded.fingerprints)
    } finally {
      longer.remove()
    }
  })

  it('moves exactly as far as it is told, and its figures only grow', async () => {
    const { job, inputs } = await opened()
    const state = job.begin(inputs)
    let [position, done] = [job.position(state, inputs), job.doneRatio(state, inputs)]
    expect([position, done]).toEqual([0, 0])
    expect(job.units(state, inputs)[job.step]).toBe(0)
    while (!job.isDone(state, inputs)) {
      const units = job.units(state, inputs)
      job.advance(state, inputs, position + 1)
      expect(job.position(state, inputs)).toBe(++position)
      const ratio = job.doneRatio(state, inputs)
      expect(ratio).toBeGreaterThanOrEqual(done)
      done = ratio
      const { at, of, within } = job.cursor(state, inputs)
      expect(at).toBeLessThanOrEqual(of)
      expect(within === null || within.at <= within.of).toBe(true)
      for (const [unit, count] of Object.entries(job.units(state, inputs)))
        expect(count - units[unit]!, `${unit}s pass one at a time`).toBeLessThanOrEqual(1)
    }
    expect(done).toBe(1)
  })

  it('tells nothing of a state that could not stand in a record', async () => {
    const { job, inputs } = await opened()
    const state = job.begin(inputs)
    for (;;) {
      const told = [
        job.cursor(state, inputs),
        job.metrics(state, inputs),
        job.summary(state, inputs),
        job.metric(state),
      ]
      expect(() => exactJson(told)).not.toThrow()
      if (job.isDone(state, inputs)) break
      job.advance(state, inputs, job.position(state, inputs) + 1)
    }
    expect(() => exactJson(job.finish(state, inputs).result)).not.toThrow()
  })

  it('goes on after a kill at any tenth of the way to the same bytes', async () => {
    const { job, inputs } = await opened()
    const straight = job.begin(inputs)
    job.advance(straight, inputs, Infinity)
    const expected = bytesOf(job.finish(straight, inputs))
    const end = job.position(straight, inputs)
    for (let tenth = 0; tenth <= 10; tenth++) {
      const state = job.begin(inputs)
      job.advance(state, inputs, Math.floor((end * tenth) / 10))
      const fresh = await job.load(requests[type]!, ONE_THREAD)
      const resumed = job.decode(rebuild(remainsOf(job.encode(state), job)), fresh.inputs)
      job.advance(resumed, fresh.inputs, Infinity)
      expect(bytesOf(job.finish(resumed, fresh.inputs)), `killed at ${tenth}/10`).toEqual(expected)
    }
  })

  it('refuses a state with a field that is gone, of another kind or unknown, and names it', async () => {
    const { job, inputs } = await opened()
    const state = job.begin(inputs)
    job.advance(state, inputs, Infinity)
    const encoded = rebuild(remainsOf(job.encode(state), job))
    expect(() => job.decode(structuredClone(encoded), inputs)).not.toThrow()
    const damages = [...damagedStates(encoded)]
    expect(damages.length, 'fields of fields too').toBeGreaterThan(60)
    for (const { path, what, state: damaged } of damages)
      expect(() => job.decode(damaged, inputs), `${path} is ${what}`).toThrow(
        expect.objectContaining({
          code: 'CHECKPOINT_CORRUPT',
          message: expect.stringMatching(new RegExp(` ${path.replaceAll('.', '\\.')}[ .]`)),
        }),
      )
    expect(job.stateVersion, 'of the layout that these fields are').toBeGreaterThan(0)
  })

  it('finishes the same twice, and leaves its state as it is', async () => {
    const { job, inputs } = await opened()
    const state = job.begin(inputs)
    job.advance(state, inputs, Infinity)
    const before = remainsOf(job.encode(state))
    expect(bytesOf(job.finish(state, inputs))).toEqual(bytesOf(job.finish(state, inputs)))
    expect(remainsOf(job.encode(state))).toStrictEqual(before)
  })

  it('lets a resume change nothing that it does not know', async () => {
    const job = await findJob(type)
    expect(job.override({ epochs: 3 }, {})).toEqual({ epochs: 3 })
    expect(() => job.override({}, { colour: 'red' })).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('"colour"') }),
    )
  })
})

describe('a training that is resumed with --epochs', () => {
  it('may only be raised', async () => {
    const job = await findJob('training')
    expect(job.override({ epochs: 100 }, { epochs: 200 })).toEqual({ epochs: 200 })
    expect(job.override({ epochs: 100 }, { epochs: 100 })).toEqual({ epochs: 100 })
    for (const epochs of [99, 0, -1, 100.5, '200', null])
      expect(() => job.override({ epochs: 100 }, { epochs }), String(epochs)).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          message: '--epochs may only raise the total, which is 100.',
        }),
      )
  })
})
