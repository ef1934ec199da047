import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/core/hash.ts'
import { bytesOf } from '../../../src/core/snapshot.ts'
import { labelledRows } from '../../../src/jobs/labelled-rows.ts'
import { loadMarketData } from '../../../src/jobs/market-data.ts'
import { prepareTrainingData } from '../../../src/jobs/training-data.ts'
import { loadStrategy } from '../../../src/strategy/load-strategy.ts'
import { makeKindWorld } from '../../support/kinds.ts'

const world = makeKindWorld()
afterAll(() => world.remove())

const ALL = { fromMs: null, toMs: null }
const WEIGHTED = 'an LSTM on the uniqueness of triple barriers at CUSUM events'
const TWO_SYMBOLS = 'a regression of two symbols'

async function prepared(kind: string, files = world.training(kind).data) {
  const { strategy } = loadStrategy(world.training(kind).strategy.given)
  const data = await loadMarketData(files, strategy, ALL)
  return { strategy, data, training: prepareTrainingData(strategy, data) }
}

describe('the samples of a training', () => {
  it('weigh in training as their labels do, and judge all alike', async () => {
    const { strategy, data, training } = await prepared(WEIGHTED)
    const { labels, split } = labelledRows(strategy, data.symbols[0]!)
    expect([...training.train.weights!]).toEqual(
      [...split.train].map((bar) => Math.fround(labels.weights![bar]!)),
    )
    expect([training.validation.weights, training.test.weights]).toEqual([null, null])
  })

  it('are hashed whole: features, targets, windows and weights', async () => {
    const { training } = await prepared(WEIGHTED)
    const { train, validation, test } = training
    expect(training.sha256).toBe(
      sha256(
        ...[train.features, train.targets, train.firstRows!, train.weights!].map(bytesOf),
        ...[validation, test].flatMap((rows) =>
          [rows.features, rows.targets, rows.firstRows!].map(bytesOf),
        ),
      ),
    )
  })

  it('of several symbols have seen what the last of them has', async () => {
    const { data: files } = world.training(TWO_SYMBOLS)
    const [a, b] = files
    const short = join(world.directory, 'short.csv')
    writeFileSync(short, `${readFileSync(b!.path, 'utf8').split('\n').slice(0, 200).join('\n')}\n`)
    const whole = await prepared(TWO_SYMBOLS)
    const cut = await prepared(TWO_SYMBOLS, [a!, { ...b!, path: short }])
    expect(cut.training.slices.train!.rows).toBeLessThan(whole.training.slices.train!.rows)
    expect(cut.training.seenUntilMs, 'the longer one decides').toBe(whole.training.seenUntilMs)
  })
})
