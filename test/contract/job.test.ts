import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exactJson, sha256, type Json } from '../../src/core/hash.ts'
import { findJob, JOB_TYPES } from '../../src/jobs/catalog.ts'
import type { Job, Outcome } from '../../src/jobs/job.ts'
import { rebuild, remainsOf } from '../support/throw-away.ts'
import { makeWorld, type World } from '../support/world.ts'

// What every job promises (src/jobs/job.ts): run over each job of the catalog, on real bars and a real strategy.

let world: World
let requests: Record<string, Json>

/** Puts what a job made where another job can read it. */
function writeBundle(directory: string, { bundle }: Outcome): void {
  mkdirSync(directory, { recursive: true })
  const files = Object.entries(bundle.files)
  for (const [name, content] of files) writeFileSync(join(directory, name), content)
  const hashes = Object.fromEntries(files.map(([name, content]) => [name, sha256(content)]))
  writeFileSync(join(directory, 'manifest.json'), exactJson({ ...bundle.manifest, files: hashes }))
}

beforeAll(async () => {
  world = makeWorld({ bars: 400, batchSize: 32, epochs: 3 })
  const data = [{ path: world.bars, symbol: null, used: null }]
  const range = { fromMs: null, toMs: null }
  const training = {
    strategy: { given: world.strategy, directories: [], snapshot: null },
    data,
    range,
    epochs: null,
    seed: null,
    warmStart: null,
  }
  const model = join(world.directory, 'model')
  writeBundle(model, await runThrough(await findJob('training'), training))
  requests = {
    training,
    backtesting: {
      model: { directory: model, sha256: null, strategyFile: null },
      data,
      range,
      simulation: {
        capital: 100_000,
        commission: 0.001,
        slippage: 0.0005,
        positionSize: 0.5,
        wholeUnits: false,
      },
    },
  }
})
afterAll(() => world.remove())

async function runThrough(job: Job, settings: Json): Promise<Outcome> {
  const { inputs } = await job.load(settings)
  const state = job.begin(inputs)
  job.advance(state, inputs, Infinity)
  return job.finish(state, inputs)
}

/** Every byte that an outcome promises. */
function bytesOf({ result, bundle }: Outcome): unknown {
  const files = Object.entries(bundle.files).map(([name, content]) => [name, sha256(content)])
  return [exactJson(result), { ...bundle, files }]
}

describe.each(JOB_TYPES)('the job %s', (type) => {
  const opened = async () => {
    const job = await findJob(type)
    const loaded = await job.load(requests[type]!)
    return { job, loaded, inputs: loaded.inputs }
  }

  it('is filed under its own name', async () => expect((await findJob(type)).type).toBe(type))

  it('loads the same again from the settings that it has resolved', async () => {
    const { job, loaded } = await opened()
    const settings = JSON.parse(exactJson(loaded.settings)) as Json // as they come out of the database
    const again = await job.load(settings)
    expect(again.settings).toEqual(loaded.settings)
    expect(again.fingerprints).toEqual(loaded.fingerprints)
    expect(Object.keys(loaded.fingerprints).length).toBeGreaterThan(3)
    expect(bytesOf(await runThrough(job, settings))).toEqual(
      bytesOf(await runThrough(job, requests[type]!)),
    )
  })

  it('loads the same when the file has moved on: bars were appended after the range', async () => {
    const { job, loaded } = await opened()
    const longer = makeWorld({ bars: 450, batchSize: 32, epochs: 3 })
    try {
      const moved = JSON.parse(exactJson(loaded.settings)) as { data: { path: string }[] }
      moved.data[0]!.path = join(world.directory, 'longer.csv')
      cpSync(longer.bars, moved.data[0]!.path)
      expect((await job.load(moved as Json)).fingerprints).toEqual(loaded.fingerprints)
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
      const fresh = await job.load(requests[type]!)
      const resumed = job.decode(rebuild(remainsOf(job.encode(state))), fresh.inputs)
      job.advance(resumed, fresh.inputs, Infinity)
      expect(bytesOf(job.finish(resumed, fresh.inputs)), `killed at ${tenth}/10`).toEqual(expected)
    }
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
