import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { permutation, randomStream } from '../../../src/core/rng.ts'
import { searchKind } from '../../../src/jobs/search.ts'
import type { SearchRequest } from '../../../src/jobs/search-inputs.ts'
import type { TrialResult } from '../../../src/jobs/trial.ts'
import { growingResults } from '../../../src/jobs/queue-state.ts'
import type { TaskSpec } from '../../../src/jobs/task-queue.ts'
import { trainingJob } from '../../../src/jobs/training.ts'
import { exactJson, type Json } from '../../../src/core/hash.ts'
import { ONE_THREAD } from '../../support/kernel-engine.ts'
import { makeKindWorld } from '../../support/kinds.ts'
import { runQueue, type QueueRun } from '../../support/queue-runs.ts'
import { searchOf } from '../../support/searches.ts'
import { makeWorld } from '../../support/world.ts'

const world = makeWorld({ bars: 500, epochs: 6 })
const kinds = makeKindWorld()
afterAll(() => {
  world.remove()
  kinds.remove()
})

const REGRESSION = 'a regression of two symbols'

const SPACE = `parameters:
  indicators.rsi_9.period: { type: int, min: 5, max: 20, step: 5 }
  model.architecture.hidden_layers: [[4], [8, 4]]
  training.learning_rate: { type: float, min: 0.001, max: 0.1, scale: log, points: 2 }
`
const BARS = [{ path: world.bars, symbol: null, used: null }]

const asked = (changes: Partial<SearchRequest> = {}, space = SPACE): Json =>
  searchOf(
    world.directory,
    { strategy: world.strategy, data: BARS, space },
    changes,
  ) as unknown as Json

const trialsOf = ({ files }: QueueRun): string => String(files['trials.csv'])
const resultsOf = ({ records }: QueueRun) =>
  records.map(({ result }) => result as unknown as TrialResult)

describe.each([
  ['random', {}],
  ['grid', { trials: 16 }],
  ['tpe', { trials: 24 }],
  ['halving', { trials: 9 }],
  ['random', { trials: 24, prune: true }],
  ['tpe', { trials: 16, objective: 'sharpe' }],
] as const)('a search by %s with %j', (method, changes) => {
  it('comes to the same files with any number of workers, whoever is first', async () => {
    const request = asked({ method, ...changes })
    const alone = await runQueue(searchKind, request)
    expect(alone.records.length).toBeGreaterThan(8)
    let handedOver = 0
    for (const [workers, seed] of [
      [2, 1],
      [5, 2],
      [8, 3],
      [40, 4],
    ] as const) {
      const { nextBelow } = randomStream(seed, 'sampling')
      const run = await runQueue(searchKind, request, workers, nextBelow)
      expect(run.files, `${workers} workers`).toEqual(alone.files)
      expect(run.result).toEqual(alone.result)
      handedOver += run.handedOver
    }
    expect(handedOver, 'states went to other workers').toBeGreaterThan(3)
  })
})

describe('what a search has resolved', () => {
  const loadedOf = (settings: Json) => searchKind.load(settings, ONE_THREAD)

  it('loads the same again, also when the space is gone and bars were appended', async () => {
    const request = asked({ method: 'tpe', trading: { capital: 5000 } }) as unknown as SearchRequest
    const loaded = await loadedOf(request as unknown as Json)
    writeFileSync(request.space.path, 'parameters: {training.epochs: [1, 2]}')
    const settings = JSON.parse(exactJson(loaded.settings)) as Record<string, Json>
    const again = await loadedOf(settings)
    expect(again.settings).toEqual(loaded.settings)
    expect(again.fingerprints).toEqual(loaded.fingerprints)

    const longer = makeWorld({ bars: 520 })
    const path = join(world.directory, 'longer.csv')
    writeFileSync(path, readFileSync(longer.bars, 'utf8'))
    longer.remove()
    const [file] = (settings as unknown as SearchRequest).data
    const moved = { ...settings, data: [{ ...file!, path }] } as unknown as Json
    expect((await loadedOf(moved)).fingerprints).toEqual(loaded.fingerprints)
  })

  it('has another fingerprint for whatever changes a trial', async () => {
    const fingerprints = async (changes: Partial<SearchRequest>, space = SPACE): Promise<string> =>
      exactJson((await loadedOf(asked(changes, space))).fingerprints)
    const own = await fingerprints({})
    expect(await fingerprints({})).toBe(own)
    const queue = { ...(asked() as unknown as SearchRequest).queue, workers: 7 }
    expect(await fingerprints({ queue }), 'workers change nothing').toBe(own)
    for (const changes of [
      { seed: 6 },
      { trials: 13 },
      { method: 'tpe' },
      { objective: 'sharpe' },
      { prune: true },
      { epochs: 2 },
      { trading: { capital: 5 } },
    ] as const)
      expect(await fingerprints(changes), JSON.stringify(changes)).not.toBe(own)
    expect(await fingerprints({}, SPACE.replace('max: 20', 'max: 25'))).not.toBe(own)
  })
})

describe('halving', () => {
  it('begins a rung where the one below has parked its states', async () => {
    const { inputs: plan } = await searchKind.load(
      asked({ method: 'halving', trials: 9 }),
      ONE_THREAD,
    )
    const losses = [5, 3, 9, 1, 4, 2, 8, 7, 6]
    const results = growingResults()
    const parks: unknown[] = []
    for (const [index, objective] of losses.entries()) {
      parks.push((searchKind.task(plan, index, results) as TaskSpec).parks)
      expect(searchKind.task(plan, 9, results), 'the next rung waits for all').toBe('later')
      const result = { outcome: 'completed', objective, figures: {}, reason: null, curve: [] }
      results.add({ index, status: 'completed', result, error: null, attempts: 1, checkpoints: 0 })
    }
    expect(parks).toEqual(Array.from(losses, () => true))
    const next = [9, 10, 11].map((index) => searchKind.task(plan, index, results) as TaskSpec)
    expect(next.map(({ continues }) => continues)).toEqual([3, 5, 1])
    expect(
      next.map(({ parks: again }) => again),
      'it is the last rung',
    ).toEqual(next.map(() => undefined))
    const kept = losses.map((_, index) => !searchKind.isReleased!(plan, index, results))
    expect(kept).toEqual([false, true, false, true, false, true, false, false, false])
  })

  it('comes to the bits of a training that was never cut', async () => {
    const halved = await runQueue(searchKind, asked({ method: 'halving', trials: 9 }))
    const straight = await runQueue(searchKind, asked({ method: 'random', trials: 9 }))
    const last = resultsOf(halved).at(-1)!
    const { best } = halved.result as unknown as { best: { trial: number; rung: number } }
    expect(last.figures['epochs']).toBe(6)
    expect(best.rung).toBe(2)
    const [inRungs, whole] = [resultsOf(halved).slice(9), resultsOf(straight)]
    expect(inRungs).toHaveLength(3)
    const promoted = trialsOf(halved)
      .split('\n')
      .filter((line) => line.split(',')[1] === '2')
      .map((line) => Number(line.split(',')[0]))
    expect(promoted).toHaveLength(3)
    for (const trial of promoted)
      expect(inRungs.map(({ objective }) => objective)).toContain(whole[trial]!.objective)
  })
})

describe('pruning', () => {
  it('gives up trials that are worse than the median, before they have trained to the end', async () => {
    const run = await runQueue(searchKind, asked({ trials: 24, prune: true }))
    const pruned = resultsOf(run).filter(({ outcome }) => outcome === 'pruned')
    expect(pruned.length).toBeGreaterThan(2)
    for (const { figures } of pruned) expect(figures['epochs']).toBeLessThan(6)
    const whole = await runQueue(searchKind, asked({ trials: 24 }))
    const mean = (outcome: string): number => {
      const losses = resultsOf(run).flatMap((one, trial) =>
        one.outcome === outcome ? [resultsOf(whole)[trial]!.objective!] : [],
      )
      return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
    }
    expect(mean('pruned'), 'trained to their ends').toBeGreaterThan(mean('completed'))
    const best = (of: QueueRun) => (of.result['best'] as unknown as { trial: number }).trial
    expect(best(run), 'the best is none of them').toBe(best(whole))
  })
})

describe('the best trial', () => {
  it('is written as the strategy that trains to just its loss', async () => {
    const run = await runQueue(searchKind, asked({ trials: 6, epochs: 4 }))
    const path = join(world.directory, 'best.yaml')
    writeFileSync(path, String(run.files['best.yaml']))
    const { inputs } = await trainingJob.load(
      {
        strategy: { given: path, directories: [], snapshot: null },
        data: BARS,
        range: { fromMs: null, toMs: null },
        epochs: null,
        seed: null,
        warmStart: null,
      },
      ONE_THREAD,
    )
    const state = trainingJob.begin(inputs)
    trainingJob.advance(state, inputs, Infinity)
    const { metrics } = trainingJob.finish(state, inputs).result as unknown as {
      metrics: { bestValLoss: number }
    }
    const { best } = run.result as unknown as { best: { objective: number } }
    expect(best.objective).toBe(metrics.bestValLoss)
    const objectives = resultsOf(run).map(({ objective }) => objective!)
    expect(best.objective).toBe(Math.min(...objectives))
  })
})

describe('a trial whose values cannot work', () => {
  const partly = `parameters:
  training.labels.zigzag_threshold: [0.01, 0.9]
  fuzzy_sets.rsi.low[1]: { type: int, min: 10, max: 60, step: 10 }
`

  it('is infeasible, says why, and stands behind all others', async () => {
    const run = await runQueue(searchKind, asked({ method: 'grid' }, partly))
    const outcomes = run.result['outcomes'] as unknown as Record<string, number>
    expect(outcomes).toMatchObject({ completed: 5, infeasible: 7 })
    const reasons = resultsOf(run).flatMap(({ reason }) => reason ?? [])
    expect(reasons.filter((text) => text.includes('leaves 0 rows to train on'))).toHaveLength(5)
    expect(reasons.filter((text) => text.includes('fuzzy_sets.rsi.low'))).toHaveLength(2)
    const { top } = run.result as unknown as { top: { outcome: string }[] }
    expect(top.map(({ outcome }) => outcome).lastIndexOf('completed')).toBe(4)
  })

  it('is one of all when none can work, and then the search fails and says so', async () => {
    const none = asked(
      { method: 'grid' },
      'parameters: {training.labels.zigzag_threshold: [0.8, 0.9]}',
    )
    await expect(runQueue(searchKind, none)).rejects.toThrow(
      /None of 2 trials came to a figure: .*leaves 0 rows to train on/,
    )
  })

  it('may be one whose training leaves the numbers', async () => {
    const { strategy, data } = kinds.training(REGRESSION)
    const space =
      'parameters: {training.loss: [mse, huber], training.gradient_clip: [0, 1], training.learning_rate: [0.01, 10]}'
    const request = searchOf(
      kinds.directory,
      { strategy: strategy.given, data, space },
      { method: 'grid' },
    ) as unknown as Json
    const run = await runQueue(searchKind, request)
    const diverged = resultsOf(run).filter(({ reason }) => reason?.includes('epoch'))
    expect(diverged.map(({ outcome }) => outcome)).toContain('infeasible')
    expect(resultsOf(run).filter(({ outcome }) => outcome === 'completed').length).toBeGreaterThan(
      3,
    )
  })
})

describe('features', () => {
  it('are computed once for all trials that have the same', async () => {
    const run = await runQueue(searchKind, asked({ method: 'grid', trials: 16 }))
    expect(run.records).toHaveLength(16)
    expect(run.cached, 'one for each period').toHaveLength(4)
    expect(new Set(run.cached).size).toBe(4)
  })
})

/** The bars with other prices from a share of the rows on. */
function withOtherEnd(path: string, share: number): string {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const from = Math.floor(lines.length * share)
  const order = permutation(lines.length - from, randomStream(3, 'shuffle'))
  const changed = lines.map((line, i) => {
    if (i < from) return line
    const [stamp] = line.split(',')
    const other = lines[from + order[i - from]!]!
    return [stamp, ...other.split(',').slice(1)].join(',')
  })
  const other = `${path}.other.csv`
  writeFileSync(other, `${changed.join('\n')}\n`)
  return other
}

describe('what no trial may see', () => {
  it.each(['val_loss', 'sharpe'] as const)(
    'the test slice changes nothing of a search for %s',
    async (objective) => {
      const { strategy, data } = kinds.training(REGRESSION)
      const space =
        'parameters: {training.learning_rate: [0.001, 0.01], indicators.rsi_9.period: [5, 9]}'
      const request = (files: SearchRequest['data']) =>
        searchOf(
          kinds.directory,
          { strategy: strategy.given, data: files, space },
          { method: 'grid', objective, epochs: 3 },
        ) as unknown as Json
      const own = await runQueue(searchKind, request(data))
      // The label of the last row of the validation ends before the test slice begins.
      const others = data.map((file) => ({ ...file, path: withOtherEnd(file.path, 0.86) }))
      const other = await runQueue(searchKind, request(others))
      expect(trialsOf(other)).toBe(trialsOf(own))
      const earlier = data.map((file) => ({ ...file, path: withOtherEnd(file.path, 0.75) }))
      const seen = await runQueue(searchKind, request(earlier))
      expect(trialsOf(seen), 'and what they may see changes it').not.toBe(trialsOf(own))
    },
  )

  it('the bars that are held back change nothing of a search of rules', async () => {
    const request = (path: string): Json =>
      searchOf(
        world.directory,
        {
          strategy: 'examples/strategies/sma-cross.yaml',
          data: [{ path, symbol: null, used: null }],
          space: 'parameters: {indicators.fast.period: [5, 10], indicators.slow.period: [20, 30]}',
        },
        { method: 'grid', objective: 'sharpe' },
      ) as unknown as Json
    const bars = 'examples/data/sp500-1d.csv'
    const copy = join(world.directory, 'sp500.csv')
    writeFileSync(copy, readFileSync(bars, 'utf8'))
    const own = await runQueue(searchKind, request(copy))
    const other = await runQueue(searchKind, request(withOtherEnd(copy, 0.851)))
    expect(trialsOf(other)).toBe(trialsOf(own))
    const seen = await runQueue(searchKind, request(withOtherEnd(copy, 0.8)))
    expect(trialsOf(seen)).not.toBe(trialsOf(own))
  })
})
