import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ktrdr, startKtrdr, type RunResult } from '../support/program.ts'
import { makeWorld, type World } from '../support/world.ts'

// The scenarios of document 001, phases 1 to 5, through the real program.

let world: World
let longWorld: World
beforeAll(() => {
  world = makeWorld({ bars: 600 })
  longWorld = makeWorld({ bars: 15_020, hiddenLayers: '[8]' }) // 15 000 bars after the warm-up and more
  return () => {
    world.remove()
    longWorld.remove()
  }
})

const ask = async (dataDir: string, ...args: string[]): Promise<any> =>
  (await ktrdr([...args, '--json'], { dataDir })).json()
const resume = (dataDir: string, ...flags: string[]): Promise<RunResult> =>
  ktrdr(['operations', 'resume', 'latest', '--json', ...flags], { dataDir })
const file = (path: string, name: string): string => readFileSync(join(path, name), 'base64')

describe.concurrent('training', () => {
  it('of 15 epochs with interval 10 leaves a checkpoint at epoch 10', async () => {
    const dataDir = world.dataDir('epochs-15')
    const flags = ['--epochs', '15', '--checkpoint-every', '10epochs', '--keep-checkpoints']
    expect((await ktrdr(world.train(...flags), { dataDir })).code).toBe(0)
    const { checkpoints } = await ask(dataDir, 'checkpoints', 'list')
    expect(checkpoints).toMatchObject([
      { type: 'periodic', unit: 'epoch', at: 10, of: 15, within: null },
    ])
  })

  it('of 100 epochs cancelled at 30 and resumed gives the same bytes as an uninterrupted run', async () => {
    const dataDir = world.dataDir('epochs-100')
    const straight = (await ktrdr(world.train('--epochs', '100', '--json'), { dataDir })).json()
    const first = await ktrdr(world.train('--json'), {
      dataDir: world.dataDir('one-batch'),
      fault: 'batch@1:cancel',
    })
    const batchesPerEpoch = first.json().cursor.within.of
    const cancelled = await ktrdr(world.train('--epochs', '100', '--json'), {
      dataDir,
      fault: `batch@${30 * batchesPerEpoch + 1}:cancel`,
    })
    expect(cancelled.code).toBe(130)
    expect(cancelled.json()).toMatchObject({
      status: 'cancelled',
      cursor: { at: 30, of: 100 },
      resumable: true,
    })
    const shown = await ask(dataDir, 'checkpoints', 'show', 'latest')
    expect(shown).toMatchObject({ type: 'cancellation', at: 30, of: 100, damage: null })
    expect(shown.artifacts.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'best',
      'history',
      'model',
      'optimizer',
      'state',
    ])

    const resumed = await resume(dataDir)
    expect(resumed.code, resumed.stderr).toBe(0)
    const report = resumed.json()
    expect(report.resumedFrom).toMatchObject({ type: 'cancellation', epoch: 30, batch: 1 })
    expect(report.history, 'all 100 epochs, not only those after the resume').toEqual(
      straight.history,
    )
    for (const name of ['model.safetensors', 'history.json', 'metrics.json', 'manifest.json'])
      expect(file(report.model.path, name), name).toBe(file(straight.model.path, name))
    expect(
      (await ask(dataDir, 'checkpoints', 'list')).total,
      'completed operations keep none',
    ).toBe(0)
  })

  it('cancelled before its first periodic save is saved and resumes', async () => {
    const dataDir = world.dataDir('early-cancel')
    const cancelled = await ktrdr(world.train('--json'), { dataDir, fault: 'batch@3:cancel' })
    expect(cancelled.json()).toMatchObject({
      status: 'cancelled',
      checkpoint: { seq: 1, type: 'cancellation' },
    })
    const resumed = await resume(dataDir)
    expect(resumed.json().resumedFrom).toMatchObject({ seq: 1, epoch: 0, batch: 3 })
    const straight = await ktrdr(world.train('--json'), { dataDir })
    expect(resumed.json().model.sha256).toBe(straight.json().model.sha256)
  })

  it('resumed with more epochs goes on to the new total; fewer are refused', async () => {
    const dataDir = world.dataDir('more-epochs')
    await ktrdr(world.train('--epochs', '5'), { dataDir, fault: 'batch@30:cancel' })
    expect((await resume(dataDir, '--epochs', '3')).json().error.message).toContain(
      'may only raise the total, which is 5',
    )
    const resumed = await resume(dataDir, '--epochs', '9')
    const straight = await ktrdr(world.train('--epochs', '9', '--json'), { dataDir })
    expect(resumed.json().model.sha256).toBe(straight.json().model.sha256)
  })

  it('that fails between two batches is saved as a failure and resumes to the same bytes', async () => {
    const dataDir = world.dataDir('failure')
    const failed = await ktrdr(world.train('--json'), { dataDir, fault: 'batch@40:throw' })
    expect(failed.code).toBe(1)
    const [operation] = (await ask(dataDir, 'operations', 'list')).operations
    expect(operation).toMatchObject({ status: 'failed', checkpoint: { type: 'failure' } })
    const resumed = await resume(dataDir)
    const straight = await ktrdr(world.train('--json'), { dataDir })
    expect(resumed.json().model.sha256).toBe(straight.json().model.sha256)
  })

  it('one of whose threads dies fails at once, and resumes with any number to the same bytes', async () => {
    const dataDir = world.dataDir('thread')
    const flags = ['--checkpoint-every', '30batches', '--json']
    const failed = await ktrdr(world.train(...flags, '--threads', '3', '--progress', 'plain'), {
      dataDir,
      fault: 'batch@60:flush,kernel.step@70:throw',
    })
    expect(failed.code).toBe(1)
    const { error } = failed.json()
    expect(error).toMatchObject({ code: 'OPERATION_FAILED', message: 'A kernel thread died.' })
    expect(failed.stderr, 'and why').toContain('KTRDR_FAULT struck at kernel.step@70')
    const [operation] = (await ask(dataDir, 'operations', 'list')).operations
    expect(operation).toMatchObject({ status: 'failed', resumable: true, checkpoint: { seq: 2 } })
    const resumed = await ktrdr(['resume', 'latest', '--threads', '2', '--json'], { dataDir })
    const straight = await ktrdr(world.train('--json', '--threads', '1'), { dataDir })
    expect(resumed.json().model.sha256).toBe(straight.json().model.sha256)
  })
})

describe.concurrent('a backtest', () => {
  const prepare = async (name: string): Promise<string> => {
    const dataDir = longWorld.dataDir(name)
    const trained = await ktrdr(longWorld.train('--epochs', '1', '--end', '2020-04-01'), {
      dataDir,
    })
    expect(trained.code, trained.stderr).toBe(0)
    return dataDir
  }

  it('of 15 000 bars with interval 10 000 leaves a checkpoint at bar 10 000', async () => {
    const dataDir = await prepare('bars-15000')
    const flags = ['--checkpoint-every', '10000bars', '--keep-checkpoints', '--json']
    const result = await ktrdr(longWorld.backtest(...flags), { dataDir })
    expect(result.json().range.bars).toBeGreaterThanOrEqual(15_000)
    expect((await ask(dataDir, 'checkpoints', 'list')).checkpoints).toMatchObject([
      { type: 'periodic', unit: 'bar', at: 10_000 },
    ])
  })

  it('cancelled at bar 5 000 of 10 000 and resumed gives the same trades, equity and figures', async () => {
    const dataDir = await prepare('bars-10000')
    const end = new Date(Date.UTC(2020, 0, 6) + 10_008 * 3_600_000).toISOString()
    const straight = (await ktrdr(longWorld.backtest('--end', end, '--json'), { dataDir })).json()
    expect(straight.range.bars).toBe(10_000)
    expect(straight.metrics.trades, 'something happens').toBeGreaterThan(20)
    const cancelled = await ktrdr(longWorld.backtest('--end', end, '--json'), {
      dataDir,
      fault: 'bar@5000:cancel',
    })
    expect(cancelled.json()).toMatchObject({
      status: 'cancelled',
      cursor: { unit: 'bar', at: 5000 },
    })
    const resumed = (await resume(dataDir)).json()
    expect(resumed.resumedFrom).toMatchObject({ type: 'cancellation', bar: 5000 })
    for (const name of ['trades.csv', 'equity.safetensors', 'metrics.json'])
      expect(file(resumed.backtest.path, name), name).toBe(file(straight.backtest.path, name))
  })
})

describe.concurrent('edge cases', () => {
  it.each([
    ['missing', (path: string) => rmSync(path)],
    ['empty', (path: string) => truncateSync(path, 0)],
  ])('a %s artifact exits 6 and leaves status and error as they were', async (what, damage) => {
    const dataDir = world.dataDir(`artifact-${what}`)
    await ktrdr(world.train(), { dataDir, fault: 'batch@40:throw' })
    const before = await ask(dataDir, 'operations', 'show', 'latest')
    const { path } = await ask(dataDir, 'checkpoints', 'show', 'latest')
    damage(join(dataDir, 'packs', path))
    const resumed = await resume(dataDir)
    expect(resumed.code).toBe(6)
    expect(resumed.json().error).toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
    expect(resumed.json().error.message).toContain(what === 'missing' ? 'is missing' : 'is empty')
    const after = await ask(dataDir, 'operations', 'show', 'latest')
    expect([after.status, after.error, after.attempts]).toEqual([
      before.status,
      before.error,
      before.attempts,
    ])
  })

  it('no checkpoint exits 4 and names the three possible reasons', async () => {
    const dataDir = world.dataDir('none')
    await ktrdr(world.train('--no-checkpoints'), { dataDir, fault: 'batch@40:cancel' })
    const resumed = await resume(dataDir)
    expect(resumed.code).toBe(4)
    expect(resumed.json().error.details.possibleReasons.length).toBe(3)
  })

  it('a running operation: resume and delete exit 5, gc leaves it alone, cancel stops it from outside', async () => {
    const dataDir = world.dataDir('running')
    const run = startKtrdr(
      world.train('--epochs', '100000', '--checkpoint-every', '50batches', '--progress', 'json'),
      { dataDir },
    )
    await until(() => run.stderr().includes('"event":"saved"'))
    for (const args of [
      ['operations', 'resume', 'latest'],
      ['checkpoints', 'delete', 'latest', '--yes'],
    ]) {
      const refused = await ktrdr([...args, '--json'], { dataDir })
      expect(refused.code, args.join(' ')).toBe(5)
      expect(refused.json().error.code).toBe('OPERATION_ALREADY_RUNNING')
    }
    const swept = await ask(dataDir, 'gc')
    expect(swept.removed).toEqual([])

    const cancel = await ktrdr(['operations', 'cancel', 'latest', '--reason', 'enough', '--json'], {
      dataDir,
    })
    expect(cancel.json()).toMatchObject({
      status: 'cancelled',
      resumable: true,
      checkpoint: { type: 'cancellation' },
    })
    expect((await run.done).code).toBe(130)
    expect((await ask(dataDir, 'checkpoints', 'show', 'latest')).damage).toBeNull()
    const again = await ktrdr(['operations', 'cancel', 'latest', '--json'], { dataDir })
    expect(again.json().error.code).toBe('NOT_CANCELLABLE')
  })

  it('batches go on while the writer is stalled in fsync', async () => {
    const dataDir = world.dataDir('stall')
    const run = startKtrdr(
      world.train('--epochs', '100000', '--checkpoint-every', '50batches', '--progress', 'json'),
      { dataDir, fault: 'save.before-fsync@1:stall' },
    )
    await until(() => run.stderr().includes('"event":"saved"'))
    run.child.kill('SIGINT')
    const events = (await run.done).events()
    const saved = events.findIndex(({ event }) => event === 'saved')
    const epochAt = ({ progress }: any): number =>
      progress.cursor.at + (progress.cursor.within?.at ?? 0) / 1e6
    const during = events
      .slice(0, saved)
      .filter(({ event }) => event === 'progress')
      .map(epochAt)
    expect(during.length, 'signs of life during two seconds').toBeGreaterThan(5)
    expect(during, 'and each further than the one before').toEqual(
      [...new Set(during)].toSorted((a, b) => a - b),
    )
    expect(events[saved]!['checkpoint'].cursor.at, 'the save is of long before').toBeLessThan(
      during.at(-1)!,
    )
  })

  it('a failed periodic save is said and the run goes on; the earlier checkpoints stay good', async () => {
    const dataDir = world.dataDir('failed-save')
    // The third save: its write is tried once more before it is given up.
    const flushes = [40, 60, 80, 100, 120].map((batch) => `batch@${batch}:flush`).join(',')
    const twice = `${flushes},save.before-fsync@3:eio,save.before-fsync@4:eio`
    const run = await ktrdr(
      world.train(
        '--checkpoint-every',
        '20batches',
        '--keep-checkpoints',
        '--progress',
        'json',
        '--json',
      ),
      {
        dataDir,
        fault: twice,
      },
    )
    expect(run.code).toBe(0)
    expect(run.events().filter(({ event }) => event === 'save-failed')).toMatchObject([
      { error: { code: 'IO_FAILED' } },
    ])
    const { checkpoints } = await ask(dataDir, 'checkpoints', 'list')
    expect(checkpoints.length).toBeGreaterThan(2)
    const straight = await ktrdr(world.train('--json'), { dataDir })
    expect(run.json().model.sha256).toBe(straight.json().model.sha256)
  })

  it('changed data is refused with what differs (exit 6); appended data is fine; an edited strategy changes nothing', async () => {
    const own = makeWorld({ bars: 600 })
    const dataDir = own.dataDir('data')
    const straight = await ktrdr(own.train('--json'), { dataDir })
    await ktrdr(own.train(), { dataDir, fault: 'batch@40:cancel' })
    const text = readFileSync(own.bars, 'utf8')
    const rows = text.trimEnd().split('\n')
    const cells = rows[300]!.split(',')
    writeFileSync(
      own.bars,
      [...rows.slice(0, 300), cells.with(5, '1').join(','), ...rows.slice(301)].join('\n'),
    )
    const refused = await resume(dataDir)
    expect(refused.code).toBe(6)
    expect(refused.json().error).toMatchObject({ code: 'FINGERPRINT_CHANGED' })
    expect(refused.json().error.message).toContain('WALK volume differs')

    writeFileSync(own.bars, `${text}2030-01-01T00:00:00.000Z,1,1,1,1,1\n`)
    writeFileSync(own.strategy, readFileSync(own.strategy, 'utf8').replace('seed: 7', 'seed: 8'))
    const resumed = await resume(dataDir)
    expect(resumed.code, resumed.stdout).toBe(0)
    expect(resumed.json().model.sha256).toBe(straight.json().model.sha256)
    own.remove()
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
