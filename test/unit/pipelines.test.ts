import { appendFileSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openKtrdr, type Ktrdr, type PipelineEvent, type PipelineReport } from '../../src/ktrdr.ts'
import { resolveSettings } from '../../src/settings.ts'
import { fakeClock, type FakeClock } from '../support/fake-clock.ts'
import { makePipelineWorld, type PipelineWorld } from '../support/pipelines.ts'

// The table of what runs again, by what was changed: everything that depends on the change, and nothing else.

const HOUR_MS = 3_600_000

type Lab = {
  readonly world: PipelineWorld
  readonly clock: FakeClock
  readonly ktrdr: Ktrdr
  readonly events: PipelineEvent[]
  readonly run: (options?: { from?: string; force?: boolean }) => Promise<PipelineReport>
}

async function makeLab(): Promise<Lab> {
  const world = makePipelineWorld()
  const root = world.dataDir('data')
  const clock = fakeClock(Date.now()) // checkpoints have the time of the machine
  const settings = await resolveSettings({
    flags: { data_dir: root },
    env: { XDG_CONFIG_HOME: root },
    cwd: world.directory,
  })
  const ktrdr = await openKtrdr(settings, clock)
  onTestFinished(() => {
    ktrdr.close()
    world.remove()
  })
  const pipelines = await ktrdr.pipelines()
  const events: PipelineEvent[] = []
  const run: Lab['run'] = async (options = {}) => {
    events.length = 0
    clock.pass(1000)
    return pipelines.run(world.file, options, (event) => void events.push(event))
  }
  return { world, clock, ktrdr, events, run }
}

/** Names of the phases that were not cached. */
const ran = ({ phases }: PipelineReport): string[] =>
  phases.filter(({ action }) => action !== 'cached').map(({ phase }) => phase)

const ALL = ['bars', 'train', 'test', 'page', 'count', 'sum']
const AFTER_BARS = ['bars', 'train', 'test', 'page', 'count']

/** With a fault that strikes in the thread of the job. */
async function withFault<Result>(fault: string, work: () => Promise<Result>): Promise<Result> {
  process.env['KTRDR_FAULT'] = fault
  try {
    return await work()
  } finally {
    delete process.env['KTRDR_FAULT']
  }
}

describe('a pipeline that is run again', () => {
  it('runs what depends on what has changed, and nothing else', async () => {
    const { world, clock, ktrdr, run } = await makeLab()
    const first = await run()
    expect(first.status).toBe('completed')
    expect(ran(first), 'all of them, in order').toEqual(ALL)
    const model = first.phases[1]!.outputs['model']!
    expect(model).toBe('walk/WALK_1h@1')
    const again = async (what: string, expected: readonly string[]): Promise<PipelineReport> => {
      const report = await run()
      expect(ran(report), what).toEqual(expected)
      expect(ran(await run()), `${what}: and then all is cached`).toEqual([])
      return report
    }

    await again('nothing', [])
    utimesSync(world.bars, 1, 1)
    await again('a file that only looks newer', [])
    world.edit('pipeline.yaml', 'phases:', '# about\nttl: 3d\nmax_checkpoints: 4\nphases:')
    await again('a comment, and how long and how much is kept', [])

    world.edit('pipeline.yaml', 'capital: 50000', 'capital: 60000')
    await again('a setting of the backtest', ['test', 'page', 'count'])
    world.edit('pipeline.yaml', 'capital: 60000', 'capital: 50000')
    await again('the setting as it was before: what is made of it is there, or made again', [
      'test',
      'page',
    ])
    appendFileSync(world.path('count.mjs'), '// more\n')
    await again('the program of a command', ['count'])
    rmSync(world.path('out/count.txt'))
    await again('a file that was made is gone', ['count'])
    appendFileSync(world.path('out/page.html'), ' ')
    await again('a file that was made was changed', ['page'])
    appendFileSync(world.path('out/bars.csv'), 'x')
    await again('a file that others depend on was changed, and is made again as it was', ['bars'])
    appendFileSync(world.path('sum.json'), '\n')
    await again('the input of a task', ['sum'])
    rmSync(join(world.dataDir('data'), 'models'), { recursive: true })
    const trained = await again('the model is gone, and is made again as it was', ['train'])
    expect(trained.phases[1]!.outputs['model'], 'another version').toBe('walk/WALK_1h@2')

    world.edit('walk.yaml', 'learning_rate: 0.005', 'learning_rate: 0.004')
    await again('the strategy', ['train', 'test', 'page', 'count'])
    const lines = world.read('bars.csv').trimEnd().split('\n')
    writeFileSync(world.bars, `${lines.slice(0, -1).join('\n')}\n`)
    await again('the data', AFTER_BARS)

    expect(ran(await run({ from: 'test' })), '--from').toEqual(['test', 'page', 'count'])
    expect(ran(await run({ force: true })), '--force').toEqual(ALL)
    clock.pass(71 * HOUR_MS)
    await again('71 hours of 72', [])
    clock.pass(2 * HOUR_MS)
    await again('73 hours of 72', ALL)

    world.edit('pipeline.yaml', '  sum: {', '  total: {')
    await again('a phase that is called otherwise', ['total'])
    expect((await ktrdr.pipelines()).list()).toMatchObject([
      { pipeline: 'sample', file: world.file },
    ])
  })

  it('finds again what was made before a change, when the change is taken back', async () => {
    const { world, run } = await makeLab()
    await run()
    world.edit('walk.yaml', 'seed: 7', 'seed: 8')
    world.edit('pipeline.yaml', 'export: out/test', 'max_entries: 1')
    world.edit('pipeline.yaml', '${test.export}', '${test.path}')
    expect(ran(await run())).toEqual(['train', 'test', 'page', 'count'])
    world.edit('walk.yaml', 'seed: 8', 'seed: 7')
    const report = await run()
    expect(report.phases[1]).toMatchObject({
      action: 'cached',
      outputs: { model: 'walk/WALK_1h@1' },
    })
  })
})

describe('a phase that was stopped', () => {
  const stopTraining = (lab: Lab) => withFault('batch@40:cancel', () => lab.run())

  it('goes on, to the same bytes as without a stop', async () => {
    const straight = await (await makeLab()).run()
    const lab = await makeLab()
    const stopped = await stopTraining(lab)
    expect(stopped.status).toBe('cancelled')
    expect(stopped.phases.map(({ status }) => status)).toEqual([
      'completed',
      'cancelled',
      'waiting',
      'waiting',
      'waiting',
      'waiting',
    ])
    const pipelines = await lab.ktrdr.pipelines()
    const { phases } = await pipelines.status(lab.world.file)
    expect(phases.slice(0, 3)).toMatchObject([
      { phase: 'bars', status: 'completed', progress: 1 },
      { phase: 'train', status: 'cancelled', resumable: true, checkpoint: { unit: 'epoch' } },
      { phase: 'test', status: 'pending', ageMs: null },
    ])
    expect((await pipelines.plan(lab.world.file, {})).phases.map(({ action }) => action)).toEqual([
      'cached',
      'resume',
      'wait',
      'wait',
      'wait',
      'run',
    ])
    const stats = pipelines.stats(lab.world.file, 'train')
    expect(stats.phases).toMatchObject([{ phase: 'train', completions: 0 }])
    expect(Math.abs(stats.newestAgeMs!)).toBeLessThan(HOUR_MS)
    expect(stats.validCheckpoints, 'all that there are').toBe(stats.totalCheckpoints)
    expect(stats.totalCheckpoints).toBeGreaterThan(0)
    expect(stats.totalSizeBytes).toBeGreaterThan(0)

    const report = await lab.run()
    expect(report.phases.map(({ action }) => action)).toEqual([
      'cached',
      'resumed',
      'run',
      'run',
      'run',
      'run',
    ])
    expect(report.phases[1]!.operationId).toBe(stopped.phases[1]!.operationId)
    for (const [phase, output, names] of [
      [1, 'path', ['model.safetensors', 'manifest.json', 'history.json']],
      [2, 'path', ['trades.csv', 'equity.safetensors']],
      [5, 'path', ['results.jsonl']],
    ] as const)
      for (const name of names) {
        const bytes = ({ phases: all }: PipelineReport) =>
          readFileSync(join(all[phase]!.outputs[output]!, name), 'base64')
        expect(bytes(report), name).toBe(bytes(straight))
      }
  })

  it('begins anew when its data has changed meanwhile', async () => {
    const lab = await makeLab()
    const stopped = await stopTraining(lab)
    lab.world.edit('walk.yaml', 'seed: 7', 'seed: 8')
    const { phases } = await lab.run()
    expect(phases[1]).toMatchObject({ action: 'run', status: 'completed' })
    expect(phases[1]!.reason).toMatch(/^strategy walk\.yaml has changed$/)
    expect(phases[1]!.operationId).not.toBe(stopped.phases[1]!.operationId)
  })

  it('begins anew when it is past its time, which is said, and its checkpoints go', async () => {
    const lab = await makeLab()
    const stopped = await stopTraining(lab)
    const { operationId } = stopped.phases[1]!
    expect(lab.ktrdr.checkpoints.list(operationId!).length).toBeGreaterThan(0)
    lab.clock.pass(25 * HOUR_MS)
    const pipelines = await lab.ktrdr.pipelines()
    expect((await pipelines.status(lab.world.file)).phases[0]).toMatchObject({ status: 'expired' })
    expect(pipelines.stats(lab.world.file).validCheckpoints).toBe(0)
    const { phases } = await lab.run()
    expect(phases[1]).toMatchObject({ action: 'run', status: 'completed' })
    expect(lab.events).toContainEqual(
      expect.objectContaining({ kind: 'expired', phase: 'train', operationId }),
    )
    expect(lab.ktrdr.checkpoints.list(operationId!)).toEqual([])
  })

  it('begins anew, and says so, when no checkpoint of it can be used', async () => {
    const lab = await makeLab()
    const stopped = await stopTraining(lab)
    rmSync(join(lab.world.dataDir('data'), 'packs'), { recursive: true, force: true })
    const { phases, status } = await lab.run()
    expect(status).toBe('completed')
    expect(phases[1]!.operationId).not.toBe(stopped.phases[1]!.operationId)
    expect(lab.events).toContainEqual(expect.objectContaining({ kind: 'restart', phase: 'train' }))
  })

  it('takes what its operation has made when that was resumed by hand', async () => {
    const lab = await makeLab()
    const { operationId } = (await stopTraining(lab)).phases[1]!
    await lab.ktrdr.operations.resume(operationId!, {}, () => {})
    const { phases } = await lab.run()
    expect(phases[1]).toMatchObject({ action: 'cached', operationId, status: 'completed' })
  })

  it('begins anew when what its operation has made is gone', async () => {
    const lab = await makeLab()
    const { operationId } = (await stopTraining(lab)).phases[1]!
    await lab.ktrdr.operations.resume(operationId!, {}, () => {})
    rmSync(join(lab.world.dataDir('data'), 'models'), { recursive: true })
    const { phases } = await lab.run()
    expect(phases[1]).toMatchObject({ action: 'run', status: 'completed' })
    expect(lab.events).toContainEqual(expect.objectContaining({ kind: 'restart', phase: 'train' }))
  })

  it('runs anew when it is told to, though it could go on', async () => {
    const lab = await makeLab()
    await stopTraining(lab)
    expect((await lab.run({ from: 'train' })).phases[1]).toMatchObject({
      action: 'run',
      reason: 'it is to run anew',
    })
  })
})

describe('a phase that fails', () => {
  it('ends the run with its error and its place, and runs again when the reason is gone', async () => {
    const { world, ktrdr, run } = await makeLab()
    world.edit('count.mjs', "process.stdout.write('counting\\n')", "throw new Error('no luck')")
    await expect(run()).rejects.toMatchObject({
      code: 'OPERATION_FAILED',
      message: expect.stringMatching(/^The phase "count" has failed: .*exit code 1.*no luck/s),
      suggestions: expect.arrayContaining([`ktrdr pipeline run ${world.file}`]),
      details: { phase: 'count', exitCode: 1, phases: expect.any(Array) },
    })
    const { phases } = await (await ktrdr.pipelines()).status(world.file)
    expect(phases[4]).toMatchObject({ phase: 'count', status: 'failed' })
    world.edit('count.mjs', "throw new Error('no luck')", '')
    expect(ran(await run())).toEqual(['count', 'sum'])
  })

  it('that did not make what it says fails', async () => {
    const { world, run } = await makeLab()
    world.edit('pipeline.yaml', '{ lines: out/count.txt }', '{ lines: out/other.txt }')
    await expect(run()).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringContaining('out/other.txt'),
    })
  })

  it.each([
    [
      'a file that is not there',
      'data: x.csv',
      'FILE_NOT_FOUND',
      /train\.data: there is no .*x\.csv/,
    ],
    ['a model that is not there', 'data: bars.csv, from: nosuch', 'MODEL_NOT_FOUND', /nosuch/],
  ])('says that it depends on %s', async (_, settings, code, message) => {
    const { world, run } = await makeLab()
    world.edit('pipeline.yaml', "data: '${bars.out}' }", `${settings} }`)
    await expect(run()).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('does not take a program that is not there for one that failed', async () => {
    const { world, run } = await makeLab()
    world.edit('pipeline.yaml', process.execPath, '/no/such/program')
    await expect(run()).rejects.toMatchObject({ code: 'IO_FAILED' })
  })
})

describe('clearing', () => {
  it('forgets one phase, or all, with the checkpoints of what was begun; what was made stays', async () => {
    const lab = await makeLab()
    const { world, ktrdr, run } = lab
    const pipelines = await ktrdr.pipelines()
    const stopped = await withFault('batch@40:cancel', () => run())
    const { operationId } = stopped.phases[1]!
    const saved = ktrdr.checkpoints.list(operationId!).length
    expect(pipelines.clear(world.file, 'train')).toMatchObject({
      phases: ['train'],
      checkpointsDeleted: saved,
      completionsForgotten: 0,
    })
    expect(ktrdr.checkpoints.list(operationId!)).toEqual([])
    expect(ran(await run())).toEqual(ALL.slice(1))
    expect(pipelines.clear(world.file)).toMatchObject({
      phases: expect.any(Array),
      completionsForgotten: 6,
    })
    expect(pipelines.list()).toEqual([])
    expect(world.read('out/count.txt')).not.toBe('')
    expect(ran(await run())).toEqual(ALL)
  })

  it('knows the phases that there are', async () => {
    const { world, ktrdr } = await makeLab()
    const pipelines = await ktrdr.pipelines()
    expect(() => pipelines.clear(world.file, 'trian')).toThrow(
      expect.objectContaining({
        code: 'PHASE_NOT_FOUND',
        message: expect.stringContaining('did you mean "train"?'),
      }),
    )
  })
})
