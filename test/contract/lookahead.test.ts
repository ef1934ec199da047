import { afterAll, expect, it } from 'vitest'
import { loadMarketData } from '../../src/jobs/market-data.ts'
import { symbolLookahead } from '../../src/jobs/symbol-lookahead.ts'
import { loadStrategy } from '../../src/strategy/load-strategy.ts'
import { KINDS, makeKindWorld } from '../support/kinds.ts'

// What `ktrdr lookahead` promises of every kind of strategy there is.

const world = makeKindWorld()
afterAll(() => world.remove())

it.each(Object.keys(KINDS))('nothing looks ahead in %s', async (kind) => {
  const request = world.training(kind)
  const { strategy } = loadStrategy(request.strategy.given)
  const { symbols } = await loadMarketData(request.data, strategy, request.range)
  expect(symbols.map(({ symbol }) => symbol)).toEqual(strategy.symbols)
  for (const data of symbols) {
    const { lookahead, checked, samples, history } = symbolLookahead(strategy, data, null, 12)
    expect(lookahead).toEqual([])
    expect(samples.length).toBe(12)
    expect(checked.feature).toBeGreaterThan(0)
    expect(checked.label).toBeGreaterThan(1)
    expect(history.length, 'every feature').toBe(checked.feature)
  }
})
