import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadBacktest } from '../../../src/jobs/backtest-inputs.ts'
import type { DataRequest } from '../../../src/jobs/market-data.ts'
import { trainModel } from '../../support/job-runs.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'
import { makeKindWorld, type KindWorld } from '../../support/kinds.ts'

const TWO_SYMBOLS = 'a regression of two symbols'

let world: KindWorld
let model: string
let both: readonly DataRequest[]

beforeAll(async () => {
  world = makeKindWorld()
  const request = world.training(TWO_SYMBOLS)
  model = await trainModel(join(world.directory, 'model'), request)
  both = request.data
  return world.remove
})

const load = (data: readonly DataRequest[]) =>
  loadBacktest(world.backtest(TWO_SYMBOLS, model, { data }), ONE_THREAD)

describe('a model of two symbols', () => {
  it('is backtested on the one that data was named for', async () => {
    for (const request of both) expect((await load([request])).inputs.symbol).toBe(request.symbol)
  })

  it('asks for one of them when there is data for both, each with its own', async () => {
    await expect(load(both)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'A backtest is of one symbol, and the model is for AAA, BBB.',
      suggestions: both.map(({ symbol, path }) => `--data ${symbol}=${path}`),
    })
  })

  it('asks for one of them when the data was not named', async () => {
    await expect(
      load([{ ...both[0]!, symbol: null, path: world.directory }]),
    ).rejects.toMatchObject({
      code: 'USAGE',
      suggestions: ['AAA', 'BBB'].map((symbol) => `--data ${symbol}=${world.directory}`),
    })
  })

  it('names data of another symbol, not the one that it is for', async () => {
    await expect(load([both[0]!, { ...both[1]!, symbol: 'ZZZ' }])).rejects.toMatchObject({
      code: 'USAGE',
      message: 'The strategy is for AAA, the data for ZZZ.',
    })
  })
})
