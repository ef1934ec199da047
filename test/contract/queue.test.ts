// What every queue of tasks promises (src/jobs/task-queue.ts): run over each kind of the catalog.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exactJson, type Json } from '../../src/core/hash.ts'
import { findJob, findQueueKind, QUEUE_TYPES } from '../../src/jobs/catalog.ts'
import { packParcel } from '../../src/jobs/parcel.ts'
import {
  decodeQueue,
  emptyQueue,
  encodeQueue,
  type QueueState,
} from '../../src/jobs/queue-state.ts'
import type { TaskInWork } from '../../src/jobs/task-queue.ts'
import { damagedStates } from '../support/damaged-states.ts'
import { ONE_THREAD } from '../support/kernel-engine.ts'
import { ROOT } from '../support/program.ts'
import { ONE_WORKER } from '../support/queue-results.ts'
import { runQueue } from '../support/queue-runs.ts'
import { searchOf } from '../support/searches.ts'
import { rebuild, remainsOf } from '../support/throw-away.ts'
import { walkOf } from '../support/walks.ts'
import { makeWorld, type World } from '../support/world.ts'

const QUEUE = { ...ONE_WORKER, workers: 2, snapshotEveryMs: 1000 }

let world: World
let requests: Record<string, Json>

beforeAll(() => {
  world = makeWorld({ bars: 400, batchSize: 32, epochs: 3 })
  const items = join(world.directory, 'items.json')
  writeFileSync(items, '[{ "steps": 5 }, { "steps": 9 }, { "steps": 2 }]')
  const data = [{ path: world.bars, symbol: null, used: null }]
  requests = {
    tasks: {
      name: 'shapes',
      module: { path: join(ROOT, 'test', 'fixtures', 'tasks', 'shapes.ts'), sha256: '' },
      input: { path: items, whole: false },
      seed: 7,
      set: {},
    },
    search: searchOf(
      world.directory,
      {
        strategy: world.strategy,
        data,
        space:
          'parameters:\n  training.learning_rate: { type: float, min: 0.001, max: 0.1, scale: log }\n',
      },
      { trials: 4, epochs: 2 },
    ) as unknown as Json,
    walkforward: walkOf(
      world.directory,
      { strategy: world.strategy, data },
      { train: '180bars', test: '50bars', epochs: 2 },
    ),
  }
})
afterAll(() => world.remove())

describe.each(QUEUE_TYPES)('the queue %s', (type) => {
  const settings = (): Json => ({ ...(requests[type] as object), queue: QUEUE }) as Json

  it('is filed under its own name, as a job of one step a task', async () => {
    const [kind, job] = [await findQueueKind(type), await findJob(type)]
    expect([job.type, job.step, job.stride]).toEqual([type, kind.unit, 1])
  })

  it('loads the same again from the settings that it has resolved', async () => {
    const job = await findJob(type)
    const loaded = await job.load(settings(), ONE_THREAD)
    const again = await job.load(JSON.parse(exactJson(loaded.settings)) as Json, ONE_THREAD)
    expect(again.settings).toEqual(loaded.settings)
    expect(again.fingerprints).toEqual(loaded.fingerprints)
    expect(Object.keys(loaded.fingerprints).length).toBeGreaterThan(2)
  })

  it('comes to the same files whoever does which task when', async () => {
    const kind = await findQueueKind(type)
    const straight = await runQueue(kind, settings())
    expect(straight.records.length).toBeGreaterThan(2)
    let drawn = 1
    const pick = (n: number): number => (drawn = (drawn * 16807) % 2147483647) % n
    for (const workers of [1, 2, 5]) {
      const other = await runQueue(kind, settings(), workers, pick)
      expect(other.files, `${workers} workers`).toEqual(straight.files)
    }
  })

  it('takes at a resume other workers, and nothing that it does not know', async () => {
    const job = await findJob(type)
    expect(job.override(settings(), { workers: 9 })).toEqual({
      ...(settings() as object),
      queue: { ...QUEUE, workers: 9 },
    })
    expect(() => job.override(settings(), { epochs: 3 })).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('"epochs"') }),
    )
  })
})

/** With a task of every kind. */
function halfDone(): QueueState {
  const state = emptyQueue()
  const parcel = packParcel({ weights: Float32Array.of(1, 2), n: 1 })
  const error = { code: 'OPERATION_FAILED', message: 'no' } as const
  for (const record of [
    { index: 0, status: 'completed', result: { x: 1 }, error: null, attempts: 1, checkpoints: 2 },
    { index: 2, status: 'quarantined', result: null, error, attempts: 3, checkpoints: 0 },
  ] as const) {
    state.finished.push(record)
    state.results.add(record)
  }
  const task: TaskInWork = {
    index: 1,
    attempts: 2,
    step: 7,
    fruitless: 1,
    deaths: 1,
    diedAt: 9,
    doneRatio: 0.5,
    metrics: { loss: 1 },
    checkpoints: 1,
    savedAtMs: 5,
    state: parcel,
    lastError: error,
  }
  state.inWork.set(1, task)
  state.parked.set(0, parcel)
  state.next = 3
  return state
}

describe('the state of a queue', () => {
  const job = { appendOnly: ['finished'], derived: [] }

  it('comes back as it was, but for its deaths', () => {
    const { finished, inWork, parked, next, results } = decodeQueue(
      rebuild(remainsOf(encodeQueue(halfDone()), job)),
    )
    const was = halfDone()
    expect({ finished, parked, next }).toEqual({
      finished: was.finished,
      parked: was.parked,
      next: was.next,
    })
    expect(inWork.get(1)).toEqual({ ...was.inWork.get(1), fruitless: 0, deaths: 0, diedAt: -1 })
    expect([results.count, results.unbroken]).toEqual([2, 1])
  })

  it('is refused with a field that is gone, of another kind or unknown, by its name', () => {
    const encoded = rebuild(remainsOf(encodeQueue(halfDone()), job))
    // What a task made, its figures and its arrays have names that it alone knows.
    const own =
      /^(finished\.\d+\.result|inWork\.\d+\.metrics|.*\.arrays)(\.|$)|^(inWork|parked)(\.\d+)?$/
    const damages = [...damagedStates(encoded)].filter(
      ({ path, what }) =>
        !(own.test(path) && what !== 'of another kind') && !/result|shape/.test(path),
    )
    expect(damages.length).toBeGreaterThan(40)
    for (const { path, what, state } of damages) {
      if (what === 'unknown' && /^(inWork|parked)\.mood$/.test(path)) continue
      expect(() => decodeQueue(state), `${path} is ${what}`).toThrow(
        expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }),
      )
    }
  })
})
