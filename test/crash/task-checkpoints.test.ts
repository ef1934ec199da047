// What document 004 says of the checkpoints of tasks, with real runs that are really killed: when they are made, where
// they lie, who goes on from them, when they are not used, and that they go.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  eventsIn,
  ktrdr,
  startKtrdr,
  tempDir,
  type RunOptions,
  type RunResult,
} from '../support/program.ts'

/** Steps of some milliseconds over weights of `size`; each step is written down with the thread that does it. */
const TRACED = `
import { appendFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
export const start = ({ size, steps }) => ({ n: 0, steps, weights: size === 0 ? null : new Float32Array(size).map((_, i) => Math.sqrt(i)) })
export const step = (state, ctx) => {
  appendFileSync(ctx.set.trace, threadId + ' ' + ctx.index + ' ' + state.n + '\\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 8)
  if (state.weights) state.weights[state.n] = state.n
  ctx.progress(++state.n / state.steps, { left: state.steps - state.n })
  return state.n >= state.steps
}
export const finish = ({ n, weights }) => [n, weights ? weights.reduce((a, b) => a + b, 0) : 0]
`

type Step = { readonly thread: string; readonly task: number; readonly step: number }
type Saved = { readonly sizeBytes: number; readonly cursor: { readonly at: number } }
type Item = { readonly size: number; readonly steps: number }

function prepared(items: readonly Item[]) {
  const dataDir = tempDir()
  const [module, input, trace] = ['task.mjs', 'items.json', 'trace'].map((name) =>
    join(dataDir, name),
  ) as [string, string, string]
  writeFileSync(module, TRACED)
  writeFileSync(trace, '')
  writeFileSync(input, JSON.stringify(items))
  const answer = ['--json', '--progress', 'json']
  const options = (env = {}, fault?: string): RunOptions =>
    fault === undefined ? { dataDir, env } : { dataDir, env, fault }
  const command = (args: readonly string[], fault?: string): Promise<RunResult> =>
    ktrdr(args, options({}, fault))
  const running = ['tasks', 'run', module, '--input', input, '--set', `trace="${trace}"`, ...answer]
  return {
    dataDir,
    command,
    run: (flags: readonly string[], fault?: string) => command([...running, ...flags], fault),
    start: (flags: readonly string[]) => startKtrdr([...running, ...flags], options()),
    /** Kills the run once what was saved so far is enough. */
    async killWhen(
      isEnough: (saved: readonly Saved[]) => boolean,
      flags: readonly string[],
      env = {},
    ) {
      const { child, done, stderr } = startKtrdr([...running, ...flags], options(env))
      const watch = setInterval(() => {
        const saved = eventsIn(stderr()).filter(({ event }) => event === 'saved')
        if (isEnough(saved.map(({ checkpoint }) => checkpoint as Saved))) child.kill('SIGKILL')
      }, 5)
      const { signal } = await done
      clearInterval(watch)
      expect(signal, stderr()).toBe('SIGKILL')
    },
    resume: (flags: readonly string[] = [], fault?: string) =>
      command(['operations', 'resume', 'latest', ...answer, ...flags], fault),
    show: async () => (await command(['operations', 'show', 'latest', '--json'])).json(),
    list: async () => (await command(['tasks', 'list', 'latest', '--json'])).json(),
    /** Steps so far; those before are forgotten. */
    takeTrace: (): Step[] => {
      const lines = readFileSync(trace, 'utf8').split('\n').slice(0, -1)
      writeFileSync(trace, '')
      return lines.map((line) => {
        const [thread, task, step] = line.split(' ') as [string, string, string]
        return { thread, task: Number(task), step: Number(step) }
      })
    },
  }
}

const OFTEN = ['--checkpoint-interval', '10ms']
const ALONE = ['--workers', '1']
/** The first two saves, one a lane, may hold a queue of which nothing has begun. */
const news = (saved: readonly Saved[], at = 0): Saved[] =>
  saved.slice(2).filter(({ sizeBytes, cursor }) => sizeBytes > 0 && cursor.at === at)
const notesOf = ({ events }: RunResult): string =>
  events()
    .filter(({ event }) => event === 'task')
    .map(({ text }) => text)
    .join('\n')

describe('tasks that were killed between two steps', () => {
  it('go on at the step of their newest snapshot, and the job says how each of them stands', async () => {
    const { killWhen, resume, show, list, takeTrace } = prepared([
      { size: 0, steps: 6 },
      { size: 0, steps: 300 },
    ])
    await killWhen((saved) => news(saved, 1).length >= 4, [...ALONE, ...OFTEN])
    const { state, checkpoint } = await show()
    const [inWork] = state.inWork
    expect(state, 'aggregates of the job').toMatchObject({
      total: 2,
      completed: 1,
      quarantined: [],
      withCheckpoints: expect.any(Number),
      attempts: 2,
    })
    expect(state.averageProgress).toBe((1 + inWork.doneRatio) / 2)
    expect(state.checkpointsTaken).toBeGreaterThanOrEqual(inWork.checkpoints)
    expect(checkpoint.sizeBytes).toBeGreaterThan(0)
    const { tasks } = await list()
    expect(tasks[0]).toMatchObject({ status: 'completed', progress: 1, result: [6, 0] })
    expect(tasks[1], 'fields of a task').toEqual({
      task: 1,
      status: 'running',
      progress: inWork.doneRatio,
      metrics: { left: 300 - Math.round(inWork.doneRatio * 300) },
      attempts: 1,
      checkpointCount: inWork.checkpoints,
      lastCheckpointAt: new Date(inWork.savedAtMs).toISOString(),
      snapshotBytes: inWork.snapshotBytes,
      places: ['database'],
      result: null,
      error: null,
    })
    expect(inWork.step, 'a snapshot was saved').toBeGreaterThan(0)
    const [last] = takeTrace().slice(-1)
    expect(last!.step, 'and less than all was').toBeGreaterThanOrEqual(inWork.step - 1)

    const resumed = await resume()
    expect(resumed.code, resumed.stderr).toBe(0)
    const steps = takeTrace()
    expect(steps[0], 'the first that is done again').toMatchObject({ task: 1, step: inWork.step })
    expect(
      steps.some(({ task }) => task === 0),
      'what was finished is not repeated',
    ).toBe(false)
    expect(steps).toHaveLength(300 - inWork.step)
  })

  it('begin anew when their snapshots are older than --max-checkpoint-age, and say so', async () => {
    const killedWith = async (age: string) => {
      const { killWhen, resume, takeTrace } = prepared([{ size: 8, steps: 150 }])
      const flags = [...ALONE, ...OFTEN, '--max-checkpoint-age', age]
      await killWhen((saved) => news(saved).length >= 4, flags)
      takeTrace()
      const resumed = await resume()
      expect(resumed.code, resumed.stderr).toBe(0)
      return { first: takeTrace()[0]!.step, notes: notesOf(resumed), output: resumed.json().output }
    }
    const [stale, fresh] = [await killedWith('1ms'), await killedWith('1h')]
    expect(stale.first).toBe(0)
    expect(stale.notes).toContain('its snapshot is too old: it begins anew')
    expect(fresh.first).toBeGreaterThan(0)
    expect(fresh.notes).toBe('')
    expect(stale.output).toEqual(fresh.output)
  })
})

describe('a checkpoint', () => {
  it('of tasks that somebody asks for holds what each of them is at', async () => {
    const { start, command, list, takeTrace, resume } = prepared([{ size: 8, steps: 600 }])
    const { child, done } = start([...ALONE, '--checkpoint-interval', '1h'])
    await expect.poll(() => takeTrace().length, { timeout: 30_000 }).toBeGreaterThan(0)
    const asked = await command(['operations', 'checkpoint', 'latest'])
    expect(asked.code, asked.stderr).toBe(0)
    child.kill('SIGKILL')
    await done
    const { tasks } = await list()
    expect(tasks).toMatchObject([{ status: 'running', checkpointCount: 1 }])
    expect(tasks[0].snapshotBytes).toBeGreaterThan(0)
    takeTrace()
    const resumed = await resume()
    expect(resumed.code, resumed.stderr).toBe(0)
    expect(takeTrace()[0]!.step).toBeGreaterThan(0)
  })
})

describe('a worker that dies', () => {
  it('leaves its task to another one, which goes on at the newest snapshot', async () => {
    const { run, takeTrace } = prepared([{ size: 8, steps: 30 }])
    const ran = await run([...ALONE, '--checkpoint-interval', '1ms'], 'task.step@12:exit')
    expect(ran.code, ran.stderr).toBe(0)
    const threads = Map.groupBy(takeTrace(), ({ thread }) => thread)
    expect(threads.size, 'workers').toBe(3)
    const [first, second] = [...threads.values()]
    expect(first!.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(second![0]!.step).toBe(11)
    expect(ran.json().tasks.attempts).toBe(3)
  })
})

describe('where the snapshots of tasks lie', () => {
  it('is a pack above the limit of 1 MiB, and the database below', async () => {
    const { killWhen, command, list } = prepared([
      { size: 600_000, steps: 300 },
      { size: 0, steps: 300 },
    ])
    const isLarge = ({ sizeBytes }: Saved): boolean => sizeBytes > 1e5
    const flags = ['--workers', '2', ...OFTEN]
    await killWhen((saved) => news(saved).filter(isLarge).length >= 4, flags)
    const { operationId, tasks } = await list()
    const [large, small] = tasks
    expect(large.snapshotBytes).toBeGreaterThan(1 << 20)
    expect(large.places.join()).toMatch(new RegExp(`${operationId}/1-\\d+\\.safetensors`))
    expect(small.snapshotBytes).toBeLessThan(1 << 20)
    expect(small.places).toEqual(['database'])
    const shown = await command(['checkpoints', 'show', 'latest'])
    expect(shown.stdout).toMatch(/^ +1 +\d+% +\d+ +\S+ +\d+ B +1$/m)
    expect(shown.stdout).toMatch(/^ +inWork +2\.4 MB .* 1-\d+\.safetensors/m)
    expect(shown.stdout).not.toContain('[object Object]')
  })

  it('is small while only a few weights change: differences, in chains no longer than the setting', async () => {
    const { killWhen, resume, command } = prepared([{ size: 600_000, steps: 300 }])
    const isSmall = ({ sizeBytes }: Saved): boolean => sizeBytes < 1e5
    await killWhen((saved) => news(saved).filter(isSmall).length >= 12, [...ALONE, ...OFTEN], {
      KTRDR_CHECKPOINT_KEEP_LAST: '40',
      KTRDR_CHECKPOINT_MAX_DELTA_DEPTH: '3',
    })
    const listed = (await command(['checkpoints', 'list', 'latest', '--json'])).json()
    const checkpoints: { depth: number; sizeBytes: number; rawBytes: number }[] = listed.checkpoints
    expect(Math.max(...checkpoints.map(({ depth }) => depth))).toBe(3)
    const deepest = checkpoints.find(({ depth }) => depth === 3)!
    expect(deepest.sizeBytes).toBeLessThan(deepest.rawBytes / 100)
    const resumed = await resume()
    expect(resumed.code, resumed.stderr).toBe(0)
    const straight = await prepared([{ size: 600_000, steps: 300 }]).run(ALONE)
    expect(resumed.json().output).toEqual(straight.json().output)
  })

  it('is nowhere once a task, and in the end the job, has completed', async () => {
    const { killWhen, resume, show, dataDir } = prepared([
      { size: 600_000, steps: 5 },
      { size: 0, steps: 300 },
    ])
    await killWhen((saved) => news(saved, 1).length >= 8, [...ALONE, ...OFTEN])
    const { operationId, checkpointBytes, state } = await show()
    expect(state).toMatchObject({ completed: 1, inWork: [{ index: 1 }] })
    expect(checkpointBytes, 'nothing of the weights of task 0').toBeLessThan(100_000)
    const resumed = await resume()
    expect(resumed.code, resumed.stderr).toBe(0)
    expect((await show()).checkpoints).toEqual([])
    expect(existsSync(join(dataDir, 'packs', operationId))).toBe(false)
  })
})

describe('a state that there is no memory to copy', () => {
  /** 300 MB once it is text, and 1 MB before: strings of a list are one and the same. */
  const LARGE = `
    export const start = () => ({ n: 0, list: [] })
    export const step = (state, ctx) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 8)
      if (state.n === 5) state.list.push(...new Array(300).fill('x'.repeat(1_000_000)))
      ctx.progress(++state.n / 30)
      return state.n >= 30
    }
    export const finish = ({ n, list }) => [n, list.length]`

  it('costs the worker, once, and its snapshots, not the task; earlier ones stay good', async () => {
    const { command, dataDir } = prepared([])
    writeFileSync(join(dataDir, 'large.mjs'), LARGE)
    const flags = ['--json', '--progress', 'json', '--worker-memory', '64MB', ...OFTEN]
    const ran = await command(['tasks', 'run', join(dataDir, 'large.mjs'), ...flags])
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.json().output).toEqual([30, 300])
    expect(ran.json().tasks.attempts).toBe(2)
    expect(notesOf(ran)).toMatch(
      /^its worker died at step \d+ while its state was copied \(.*memory.*\): it goes on from step \d, without further snapshots$/,
    )
  })
})
