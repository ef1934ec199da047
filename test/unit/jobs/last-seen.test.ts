import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../../src/core/hash.ts'
import { loadBacktest } from '../../../src/jobs/backtest-inputs.ts'
import { loadTraining } from '../../../src/jobs/training-inputs.ts'
import { loadModel } from '../../../src/models/load-model.ts'
import {
  backtestRequest,
  editManifest,
  trainingRequest,
  trainModel,
} from '../../support/job-runs.ts'
import { exampleBars } from '../../support/example-bars.ts'
import { SP500_CSV } from '../../support/csv-files.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'

// Whether a backtest is out of sample: what the labels looked at was seen, and what a starting model saw too.

const HORIZON = 5 // of the strategy
const FORWARD = {
  strategy: 'examples/strategies/forward-return.yaml',
  bars: SP500_CSV,
}
const until = (date: string) => ({ fromMs: null, toMs: Date.parse(date) })
const from = (fromMs: number) => ({ fromMs, toMs: null })

let world: World
let early: string
let late: string
/** Trained on the early years, from the weights of `late`. */
let continued: string
let stamps: Float64Array

beforeAll(async () => {
  world = makeWorld() // for its directory
  const train = (name: string, end: string, start: string | null) =>
    trainModel(
      join(world.directory, name),
      trainingRequest(FORWARD, {
        range: until(end),
        epochs: 1,
        warmStart: start === null ? null : { directory: start, sha256: null },
      }),
    )
  early = await train('early', '2005-12-31', null)
  late = await train('late', '2012-12-31', null)
  continued = await train('continued', '2005-12-31', late)
  stamps = exampleBars().timestampMs
  return world.remove
})

const isOutOfSample = async (model: string, startMs: number) => {
  const request = backtestRequest(FORWARD, model, { range: from(startMs) })
  const { inputs, headline, warnings } = await loadBacktest(request, ONE_THREAD)
  const [, data] = headline.find(([title]) => title === 'Data')!
  expect(data.endsWith(inputs.isOutOfSample ? '  OUT OF SAMPLE' : '  IN SAMPLE')).toBe(true)
  expect(warnings.some((text) => text.includes('in sample'))).toBe(!inputs.isOutOfSample)
  return inputs.isOutOfSample
}

describe('a model', () => {
  it('has seen what the last label of its validation looked at', () => {
    const { split, seenUntilMs } = loadModel(early).manifest
    const lastRow = stamps.indexOf(split.validation!.lastMs)
    expect(seenUntilMs).toBe(stamps[lastRow + HORIZON])
    expect(seenUntilMs, 'the test slice is out of sample').toBeLessThan(split.test!.firstMs)
  })

  it('that was started from another has seen what that one has', () => {
    const [seenEarly, seenLate, seen] = [early, late, continued].map(
      (directory) => loadModel(directory).manifest.seenUntilMs!,
    )
    expect(seenEarly).toBeLessThan(seenLate!)
    expect(seen).toBe(seenLate)
  })

  it('that was started from an earlier one has seen its own bars', async () => {
    const { inputs } = await loadTraining(
      trainingRequest(FORWARD, {
        range: until('2012-12-31'),
        warmStart: { directory: early, sha256: null },
      }),
      ONE_THREAD,
    )
    expect(inputs.manifest.seenUntilMs).toBe(loadModel(late).manifest.seenUntilMs)
  })
})

describe('a backtest is out of sample', () => {
  it('from the first bar after those, and not a bar before', async () => {
    for (const model of [early, continued]) {
      const seen = stamps.indexOf(loadModel(model).manifest.seenUntilMs!)
      expect(await isOutOfSample(model, stamps[seen]!)).toBe(false)
      expect(await isOutOfSample(model, stamps[seen + 1]!)).toBe(true)
    }
  })

  it('from the first bar after the slices, when the model does not say what it has seen', async () => {
    const silent = await trainModel(
      join(world.directory, 'silent'),
      trainingRequest(FORWARD, { range: until('2005-12-31'), epochs: 1 }),
    )
    editManifest(silent, (manifest: Record<string, Json>) => delete manifest['seenUntilMs'])
    const last = stamps.indexOf(loadModel(silent).manifest.split.validation!.lastMs)
    expect(await isOutOfSample(silent, stamps[last]!)).toBe(false)
    expect(await isOutOfSample(silent, stamps[last + 1]!)).toBe(true)
  })
})
