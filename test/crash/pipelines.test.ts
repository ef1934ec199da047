import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FAULT_POINTS } from '../../src/core/fault.ts'
import { randomStream } from '../../src/core/rng.ts'
import { makePipelineWorld, type PipelineWorld } from '../support/pipelines.ts'
import { ktrdr, startKtrdr, type Running, type RunResult } from '../support/program.ts'

// SIGKILL between phases and inside phases of every kind, through the real program: the same command goes on, and leads
// to the same bytes. What a report holds of ids and times differs from run to run, and is compared without.

const PHASES = ['bars', 'train', 'test', 'page', 'count', 'sum'] as const

let reference: Readonly<Record<string, string>>

const args = ({ file }: PipelineWorld) =>
  ['pipeline', 'run', file, '--json', '--progress', 'json'] as const
const run = (world: PipelineWorld, fault?: string): Promise<RunResult> =>
  ktrdr(args(world), {
    dataDir: world.dataDir('data'),
    ...(fault === undefined ? {} : { fault }),
  })

/** All that the phases have made, by name. */
function madeBy(world: PipelineWorld, result: RunResult): Record<string, string> {
  const [, train, test, , , sum] = result.json().phases
  const files = {
    bars: world.path('out/bars.csv'),
    model: join(train.outputs.path, 'model.safetensors'),
    history: join(train.outputs.path, 'history.json'),
    manifest: join(train.outputs.path, 'manifest.json'),
    trades: join(test.outputs.path, 'trades.csv'),
    equity: world.path('out/test/equity.csv'),
    count: world.path('out/count.txt'),
    sum: join(sum.outputs.path, 'results.jsonl'),
  }
  const page = world.read('out/page.html')
  return {
    ...Object.fromEntries(
      Object.entries(files).map(([name, path]) => [name, readFileSync(path, 'base64')]),
    ),
    page: String(withoutNames(page, world).length > 1000),
  }
}

function withoutNames(page: string, { directory }: PipelineWorld): string {
  return page.replaceAll(directory, '').replaceAll(/op_[a-z]+_[\d_]+_[a-z0-9]{6}/g, '')
}

function labWorld(options: Parameters<typeof makePipelineWorld>[0] = {}): PipelineWorld {
  const world = makePipelineWorld(options)
  worlds.push(world)
  return world
}

/** `onTestFinished` does not serve tests that run at the same time. */
const worlds: PipelineWorld[] = []
afterAll(() => {
  for (const { remove } of worlds) remove()
})

/** Runs until it is done, and checks that it is done right, and that all of it is cached then. */
async function expectDone(world: PipelineWorld): Promise<RunResult> {
  const done = await run(world)
  expect(done.code, done.stderr).toBe(0)
  expect(madeBy(world, done)).toEqual(reference)
  const again = (await run(world)).json().phases as { action: string }[]
  expect(again.map(({ action }) => action)).toEqual(PHASES.map(() => 'cached'))
  return done
}

beforeAll(async () => {
  const world = makePipelineWorld()
  const straight = await run(world)
  if (straight.code !== 0) throw new Error(straight.stderr)
  reference = madeBy(world, straight)
  world.remove()
})

describe.concurrent('a pipeline killed', () => {
  it.each(FAULT_POINTS.pipeline.slice(1))(
    'at %s of each phase after the other goes on to the same bytes',
    async (point) => {
      const world = labWorld()
      for (const [i, phase] of PHASES.entries()) {
        // The phase of the kill before is done again, unless the kill came after its commit.
        const pass = i === 0 || point === 'pipeline.after-commit' ? 1 : 2
        const killed = await run(world, `${point}@${pass}:kill`)
        expect(killed.signal, killed.stderr).toBe('SIGKILL')
        const begun = killed.events().filter(({ event }) => event === 'phase')
        expect(begun.at(-1), 'the phase that it was in').toMatchObject({ phase })
        const again = pass === 2 ? i - 1 : i
        expect(begun.slice(0, again), 'what was done is not done again').toEqual(
          PHASES.slice(0, again).map((done) =>
            expect.objectContaining({ phase: done, action: 'cached' }),
          ),
        )
      }
      await expectDone(world)
    },
  )

  it('before its first phase begins with that', async () => {
    const world = labWorld()
    const killed = await run(world, 'pipeline.begun@1:kill')
    expect(killed.signal).toBe('SIGKILL')
    await expectDone(world)
  })

  // A phase saves by time: it stands still until a save is due.
  it.each([
    ['train', 'batch@50:stall,batch@60:flush,batch@61:kill', 1],
    ['test', 'bar@250:stall,bar@300:flush,bar@301:kill', 2],
  ] as const)('inside %s goes on from its checkpoint', async (phase, fault, index) => {
    const world = labWorld()
    world.edit('pipeline.yaml', 'save_interval_seconds: 0.02', 'save_interval_seconds: 0.001')
    const killed = await run(world, fault)
    expect(killed.signal).toBe('SIGKILL')
    const done = await expectDone(world)
    expect(done.json().phases[index]).toMatchObject({ phase, action: 'resumed' })
  })
})

/** Kills the process itself: a launcher or a shell would be another one. */
async function killWhen(running: Running, isTime: () => boolean): Promise<void> {
  while (!isTime() && running.child.exitCode === null) await sleep(5)
  running.child.kill('SIGKILL')
  await running.done
}

const start = (world: PipelineWorld): Running =>
  startKtrdr(args(world), { dataDir: world.dataDir('data') })

describe('a command', () => {
  it('that a killed run has left behind is stopped before it runs again', async () => {
    const world = labWorld({ commandMs: 20_000 })
    const running = start(world)
    const { stderr } = running
    await killWhen(running, () => stderr().includes('"phase":"count"') && logOf(world) !== '')
    world.edit('pipeline.yaml', ', 20000]', ', 0]')
    const anew = [...args(world), '--from', 'count']
    const done = await ktrdr(anew, { dataDir: world.dataDir('data') })
    expect(done.code, done.stderr).toBe(0)
    expect(done.events().map(({ event }) => event)).toContain('orphan')
    expect(madeBy(world, done)['count']).toBe(reference['count'])
  })

  it('is told of a Ctrl-C, and the run says how to go on', async () => {
    const world = labWorld({ commandMs: 20_000 })
    const running = startKtrdr(['pipeline', 'run', world.file], { dataDir: world.dataDir('data') })
    while (logOf(world) === '') await sleep(20)
    running.child.kill('SIGINT')
    const stopped = await running.done
    expect(stopped.code, stopped.stderr).toBe(130)
    expect(stopped.stderr).toContain(
      `Stopped in the phase count.\nTo go on:  ktrdr pipeline run ${world.file}\n`,
    )
    world.edit('pipeline.yaml', ', 20000]', ', 0]')
    const done = await run(world)
    expect(
      done.events().map(({ event }) => event),
      'nothing was left behind',
    ).not.toContain('orphan')
    expect(madeBy(world, done)).toEqual(reference)
  })
})

/** What the command has said so far. */
function logOf(world: PipelineWorld): string {
  const shown = join(world.dataDir('data'), 'logs')
  const found = existsSync(shown)
    ? readdirSync(shown, { recursive: true, encoding: 'utf8' }).find((name) =>
        name.endsWith('count.log'),
      )
    : undefined
  return found === undefined ? '' : readFileSync(join(shown, found), 'utf8')
}

describe('a training', () => {
  it('that Ctrl-C stops is saved, and the same command goes on', async () => {
    const world = labWorld({ epochs: 400 })
    const straight = labWorld({ epochs: 400 })
    const expected = madeBy(straight, await run(straight))
    const running = start(world)
    while (!running.stderr().includes('"event":"progress"')) await sleep(5)
    running.child.kill('SIGINT')
    const stopped = await running.done
    expect(stopped.code, stopped.stderr).toBe(130)
    expect(stopped.json()).toMatchObject({ status: 'cancelled', signal: 'SIGINT' })
    const done = await run(world)
    expect(done.json().phases[1]).toMatchObject({ action: 'resumed' })
    expect(madeBy(world, done)).toEqual(expected)
  })
})

describe('two runs at once', () => {
  it('are one: the other is told', async () => {
    const world = labWorld({ commandMs: 3000 })
    const first = start(world)
    while (logOf(world) === '') await sleep(20)
    const second = await run(world)
    expect(second.code).toBe(5)
    expect(second.json().error.code).toBe('PIPELINE_RUNNING')
    const cleared = await ktrdr(['pipeline', 'clear', world.file, '--yes', '--json'], {
      dataDir: world.dataDir('data'),
    })
    expect(cleared.json().error.code).toBe('PIPELINE_RUNNING')
    expect((await first.done).code).toBe(0)
  })
})

describe('a pipeline killed at random instants', () => {
  it('goes on, again and again, to the same bytes', async () => {
    const { nextUnit } = randomStream(20241213, 'sampling')
    const world = labWorld()
    let kills = 0
    for (let round = 0; round < 12; round++) {
      const running = start(world)
      const ended = await Promise.race([running.done, sleep(300 + 1500 * nextUnit())])
      if (ended !== undefined) break
      running.child.kill('SIGKILL')
      await running.done
      kills++
    }
    expect(kills).toBeGreaterThan(0)
    await expectDone(world)
  })
})
