// A strategy of every kind, really killed and resumed: the same model, and the same trades and equity.

import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ktrdr, type RunOptions } from '../support/program.ts'
import { KINDS, makeKindWorld } from '../support/kinds.ts'

const world = makeKindWorld()
afterAll(() => world.remove())

const flagsOf = (data: readonly { symbol: string | null; path: string }[]): string[] =>
  data.flatMap(({ symbol, path }) => ['--data', `${symbol}=${path}`])

async function answer(args: readonly string[], options: RunOptions): Promise<any> {
  const { code, stderr, json } = await ktrdr([...args, '--json'], options)
  expect(code, stderr).toBe(0)
  return json()
}

describe.concurrent.each(Object.keys(KINDS))('%s', (kind) => {
  it('killed in training and in backtest ends with the bytes of an undisturbed run', async () => {
    const name = `kind${Object.keys(KINDS).indexOf(kind)}`
    const train = [
      'train',
      world.training(kind).strategy.given,
      ...flagsOf(world.training(kind).data),
    ]
    const backtest = ['backtest', name, ...flagsOf(world.backtest(kind, '').data)]
    const every = ['--checkpoint-every', '2batches']
    const [straight, killed] = ['straight', 'killed'].map((run) => ({
      dataDir: join(world.directory, `${name} ${run}`),
    })) as [RunOptions, RunOptions]

    const model = await answer(train, straight)
    const result = await answer(backtest, straight)

    const dead = await ktrdr([...train, ...every], { ...killed, fault: 'batch@5:kill' })
    expect(dead.signal).toBe('SIGKILL')
    const resumed = await answer(['operations', 'resume', 'latest'], killed)
    expect(resumed.model.sha256).toBe(model.model.sha256)
    expect([resumed.metrics, resumed.history]).toEqual([model.metrics, model.history])
    expect(resumed.resumedFrom, 'not from the beginning').not.toBeNull()

    const gone = await ktrdr([...backtest, '--checkpoint-every', '20bars'], {
      ...killed,
      fault: 'bar@40:kill',
    })
    expect(gone.signal).toBe('SIGKILL')
    const finished = await answer(['operations', 'resume', 'latest'], killed)
    expect(finished.tradesSha256).toBe(result.tradesSha256)
    expect(finished.equitySha256).toBe(result.equitySha256)
  })
})
