// What a trial costs beyond its training and its backtest: drawing its point, checking the strategy, features that another
// trial has made, the network, its result. Milliseconds of processor time of one thread, median over the trials after the
// first ten; a search of the example on daily bars, one epoch each.
//   node scripts/node.mjs bench/search/main.ts

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { searchKind } from '../../src/jobs/search.ts'
import { growingResults } from '../../src/jobs/queue-state.ts'
import { trialWork } from '../../src/jobs/trial.ts'
import type { WorkContext } from '../../src/jobs/work.ts'
import type { Json } from '../../src/core/hash.ts'
import { ONE_THREAD } from '../../test/support/kernel-engine.ts'
import { searchOf } from '../../test/support/searches.ts'

const WARM_UP = 10
const PHASES = ['draw', 'load', 'begin', 'advance', 'finish', 'record'] as const
type Phase = (typeof PHASES)[number]

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Median times of the phases of a trial. */
async function measure(method: 'random' | 'tpe', trials: number): Promise<Record<Phase, number>> {
  const directory = mkdtempSync(join(tmpdir(), 'ktrdr-bench-search-'))
  const request = searchOf(
    directory,
    {
      strategy: 'examples/strategies/pullback.yaml',
      data: [{ path: 'examples/data/sp500-1d.csv', symbol: null, used: null }],
      space: `parameters:
  indicators.rsi_14.period: [7, 14]
  model.architecture.dropout: { type: float, min: 0, max: 0.4 }
  model.architecture.hidden_layers: [[16], [32, 16]]
  training.batch_size: { type: int, min: 32, max: 256, step: 32 }
  training.learning_rate: { type: float, min: 0.0003, max: 0.03, scale: log }
`,
    },
    { method, trials, epochs: 1 },
  ) as unknown as Json
  const { inputs: plan, shared } = await searchKind.load(request, ONE_THREAD)
  rmSync(directory, { recursive: true })
  const entries = new Map<string, unknown>()
  const context: WorkContext = {
    shared,
    cache: { get: (key) => entries.get(key), put: (key, value) => entries.set(key, value) },
    resources: ONE_THREAD,
    log: () => {},
    signal: new AbortController().signal,
  }
  const results = growingResults()
  const times: Record<Phase, number[]> = {
    draw: [],
    load: [],
    begin: [],
    advance: [],
    finish: [],
    record: [],
  }
  for (let index = 0; index < trials; index++) {
    let before = cpuMs()
    const lap = (phase: Phase): void => {
      const now = cpuMs()
      if (index >= WARM_UP) times[phase].push(now - before)
      before = now
    }
    const spec = searchKind.task(plan, index, results)
    if (spec === 'later') throw new Error('Nothing is missing.')
    lap('draw')
    const loaded = await trialWork.load(spec.settings, context)
    lap('load')
    let state = await trialWork.begin(loaded)
    lap('begin')
    while (!trialWork.isDone(state, loaded)) state = await trialWork.advance(state, loaded)
    lap('advance')
    const result = await trialWork.finish(state, loaded)
    trialWork.dispose?.(state, loaded)
    lap('finish')
    results.add({ index, status: 'completed', result, error: null, attempts: 1, checkpoints: 0 })
    searchKind.metrics(plan, results)
    lap('record')
  }
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[values.length >> 1]!
  return Object.fromEntries(PHASES.map((phase) => [phase, median(times[phase])])) as Record<
    Phase,
    number
  >
}

for (const [method, trials] of [
  ['random', 200],
  ['tpe', 200],
  ['tpe', 1000],
] as const) {
  const times = await measure(method, trials)
  const { advance, ...beside } = times
  const overhead = Object.values(beside).reduce((sum, ms) => sum + ms, 0)
  const texts = PHASES.map((phase) => `${phase} ${times[phase].toFixed(2)}`)
  console.log(
    `${method}, ${trials} trials: ${overhead.toFixed(2)} ms a trial beside ${advance.toFixed(1)} ms of training (${texts.join(', ')})`,
  )
}
