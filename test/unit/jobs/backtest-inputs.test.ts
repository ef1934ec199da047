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

/** What is traded. */
async function tradedWith(data: readonly DataRequest[]): Promise<string[]> {
  const { inputs } = await load(data)
  return inputs.simulation.instruments.map(({ symbol }) => symbol)
}

describe('a model of two symbols', () => {
  it('is backtested on the one that data was named for', async () => {
    for (const request of both) expect(await tradedWith([request])).toEqual([request.symbol])
  })

  it('is backtested on both when there is data for both, by symbol', async () => {
    expect(await tradedWith(both.toReversed())).toEqual(['AAA', 'BBB'])
    const whole = { ...both[0]!, symbol: null, path: world.directory }
    expect(await tradedWith([whole])).toEqual(['AAA', 'BBB'])
  })

  it('names data of another symbol, not the one that it is for', async () => {
    await expect(load([both[0]!, { ...both[1]!, symbol: 'ZZZ' }])).rejects.toMatchObject({
      code: 'USAGE',
      message: 'The strategy is for AAA, the data for ZZZ.',
    })
  })
})
