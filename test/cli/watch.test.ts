// Runs looked at, saved, stopped, tried again and deleted from another terminal.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  detachedWorld,
  detach,
  goOn,
  isAlive,
  processState,
  until,
  type DetachedRun,
} from '../support/detached.ts'
import { eventsIn, ktrdr, PROGRAMS, startKtrdr, type RunResult } from '../support/program.ts'
import { CTRL_C, ENTER, openTerminal } from '../support/terminal.ts'

const { world, EPOCHS, FOREVER, straightModel, at } = detachedWorld()

describe('operations watch', () => {
  it('shows the headline and the result of the run, and ends as that', async () => {
    const dataDir = world.dataDir('watched')
    await detach(world.train(...EPOCHS), { dataDir, fault: 'batch@90:stall' })
    const { stdout, stderr, code } = await at(dataDir)('operations', 'watch', 'latest')
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Strategy +walk[^]*\nOperation +op_\S+\nepoch \d+\/20 /)
    expect(stdout).toMatch(/^Model +walk@1 /)
    const again = await at(dataDir)('operations', 'watch', 'latest')
    expect([again.code, again.stdout], 'also when it is over').toEqual([0, stdout])
  })

  it('draws the bar in a terminal; Ctrl-C ends the watching, not the run', async () => {
    const dataDir = world.dataDir('bar')
    const { pid, operationId } = await detach(FOREVER, { dataDir })
    const terminal = openTerminal(['operations', 'watch', 'latest'], { dataDir })
    await terminal.until(/^epoch +[1-9]\d*\/900000 .*ETA/m)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    expect(terminal.screen()).toContain(`Not watched any more; ${operationId} goes on.`)
    expect(terminal.screen(), 'the bar is gone').not.toMatch(/[▓░]/)
    expect(isAlive(pid)).toBe(true)
  })

  it('of several draws a bar each, and ends when all have', async () => {
    const dataDir = world.dataDir('several')
    const one = await detach(FOREVER, { dataDir })
    const two = await detach(FOREVER, { dataDir })
    const [a, b] = [one, two].map(({ operationId }) => operationId.slice(-6))
    const terminal = openTerminal(['operations', 'watch', a!, b!], { dataDir })
    await terminal.until(new RegExp(`^${a}  epoch.*\\n${b}  epoch +[1-9]`, 'm'))
    await at(dataDir)('operations', 'cancel', a!)
    await terminal.until(new RegExp(`^${a}  CANCELLED`, 'm'))
    process.kill(two.pid, 'SIGKILL')
    expect(await terminal.done, 'not all have completed').toBe(1)
    expect(terminal.screen()).toMatch(new RegExp(`^${b}  FAILED: owner died`, 'm'))
  })

  it.each([
    ['cancelled', 130, null],
    ['terminated', 143, 'SIGTERM'],
    ['killed', 1, 'SIGKILL'],
  ] as const)('of a run that is %s exits with %i', async (how, exit, signal) => {
    const dataDir = world.dataDir(how)
    const { pid, operationId } = await detach(FOREVER, { dataDir })
    const watching = startKtrdr(['operations', 'watch', 'latest'], { dataDir })
    await until(() => watching.stderr().includes('epoch'))
    if (signal) process.kill(pid, signal)
    else await at(dataDir)('cancel', 'latest')
    const { code, stderr } = await watching.done
    expect(code).toBe(exit)
    expect(stderr).toContain(how === 'killed' ? 'owner died' : `operations resume ${operationId}`)
  })

  it('with --json is one document a line', async () => {
    const dataDir = world.dataDir('documents')
    await detach(world.train(...EPOCHS), { dataDir, fault: 'batch@90:stall' })
    const { stdout, stderr, code } = await at(dataDir)('operations', 'watch', 'latest', '--json')
    expect([code, stderr]).toEqual([0, ''])
    const events = eventsIn(stdout)
    expect(events).toHaveLength(stdout.split('\n').length - 1)
    const kinds = events.map(({ event }) => event)
    expect(
      kinds.filter((kind) => !['progress', 'saved', 'cleaned', 'stage'].includes(kind)),
    ).toEqual(['loaded', 'started', 'ended', 'watched'])
    expect(events.at(-1)).toMatchObject({ status: 'completed', model: { sha256: straightModel() } })
    expect(events[0]).toMatchObject({ operationId: /^op_training/, at: expect.any(String) })
  })
})

describe('operations logs', () => {
  it('tells what happened, the last lines of it, or goes on until the run has ended', async () => {
    const dataDir = world.dataDir('logs')
    await detach(world.train(...EPOCHS), { dataDir, fault: 'batch@90:stall' })
    const followed = await at(dataDir)('operations', 'logs', 'latest', '--follow')
    expect(followed.code).toBe(0)
    const lines = followed.stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}info {3}loaded$/)
    expect(lines.at(-1)).toMatch(/ info {3}completed$/)
    const all = await at(dataDir)('operations', 'logs', 'latest')
    expect(all.stdout).toBe(followed.stdout)
    const last = await at(dataDir)('operations', 'logs', 'latest', '--lines', '2')
    expect(last.stdout.trimEnd().split('\n')).toEqual(lines.slice(-2))
    const { json } = await at(dataDir)('operations', 'logs', 'latest', '--lines', '1', '--json')
    expect(json()).toMatchObject({ path: /\.jsonl$/, lines: [{ level: 30, msg: 'completed' }] })
    const raw = await at(dataDir)('operations', 'logs', 'latest', '--follow', '--json')
    const documents = raw.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(documents.map(({ msg }) => msg)).toHaveLength(lines.length)
  })
})

/** Asks for a checkpoint while the run is stopped, so that it stands at a known batch when it sees that. */
const STOPPED_THEN_SLOW = 'batch@90:stop,batch@91:stall'
async function saveWhileStopped(
  dataDir: string,
  { operationId, pid }: DetachedRun,
): Promise<RunResult> {
  const saved = at(dataDir)('operations', 'checkpoint', operationId)
  await until(() => existsSync(join(dataDir, 'locks', `${operationId}.save`)))
  await goOn(pid)
  return saved
}

describe('operations checkpoint', () => {
  it('answers with a checkpoint that is safe, and the run goes on to the same bytes', async () => {
    const dataDir = world.dataDir('saved')
    const args = world.train(...EPOCHS, '--no-checkpoints', '--keep-checkpoints')
    const run = await detach(args, { dataDir, fault: STOPPED_THEN_SLOW })
    const { operationId } = run
    const saved = await saveWhileStopped(dataDir, run)
    expect(saved.stdout).toMatch(
      new RegExp(`^Saved ${operationId}@1 at epoch 1 of 20 \\(\\+\\d+/\\d+ batches\\) \\(\\d`),
    )
    expect((await at(dataDir)('operations', 'watch', 'latest', '--quiet')).code).toBe(0)
    const shown = await at(dataDir)('checkpoints', 'show', 'latest', '--json')
    expect(shown.json()).toMatchObject({ seq: 1, type: 'manual', damage: null })
    const { json } = await at(dataDir)('operations', 'show', 'latest', '--json')
    expect(json().result.model.sha256).toBe(straightModel())
    const late = await at(dataDir)('operations', 'checkpoint', 'latest')
    expect([late.code, late.stderr]).toEqual([5, expect.stringContaining('it is completed')])
    expect(readdirSync(join(dataDir, 'locks')), 'no request is left').toEqual([
      `${operationId}.lock`,
    ])
  })
})

describe('a request that nobody has answered', () => {
  it('is none of the next owner', async () => {
    const dataDir = world.dataDir('unanswered')
    const args = world.train(...EPOCHS, '--no-checkpoints', '--keep-checkpoints')
    const fault = `${STOPPED_THEN_SLOW},batch@300:stop`
    const run = await detach(args, { dataDir, fault })
    const { operationId, pid } = run
    await saveWhileStopped(dataDir, run)
    await until(() => processState(pid) === 'T')
    process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid))
    writeFileSync(join(dataDir, 'locks', `${operationId}.save`), '')
    const resumed = await ktrdr(['operations', 'resume', 'latest'], {
      dataDir,
      fault: 'batch@300:stall', // long enough to be seen, if it counted
    })
    expect(resumed.code).toBe(0)
    const { json } = await at(dataDir)('checkpoints', 'list', 'latest', '--json')
    expect(json().checkpoints, 'the one that was asked for').toMatchObject([{ seq: 1 }])
  })
})

describe('operations cancel --all', () => {
  it('stops all that run, each with its checkpoint', async () => {
    const dataDir = world.dataDir('all')
    const run = at(dataDir)
    expect((await run('operations', 'cancel', '--all')).stdout).toBe('Nothing is running.\n')
    const runs = [await detach(FOREVER, { dataDir }), await detach(FOREVER, { dataDir })]
    const { code, json } = await run('operations', 'cancel', '--all', '--json')
    expect(code).toBe(0)
    expect(json().unanswered).toEqual([])
    for (const { operationId } of runs)
      expect(json().operations).toContainEqual(
        expect.objectContaining({ operationId, status: 'cancelled', resumable: true }),
      )
    await until(() => runs.every(({ pid }) => !isAlive(pid)))
  })

  it.each([[[]], [['latest', '--all']]])('or one, not neither and not both: %j', async (args) => {
    const { code, stderr } = await at(world.dataDir('all'))('operations', 'cancel', ...args)
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('Name one operation, or say --all.'),
    ])
  })
})

describe('operations retry', () => {
  it('is a new operation of the same settings, and proposes the resume that keeps more', async () => {
    const dataDir = world.dataDir('retry')
    const run = at(dataDir)
    await ktrdr(world.train(...EPOCHS), { dataDir, fault: 'batch@300:cancel' })
    const first = (await run('operations', 'show', 'latest', '--json')).json()
    const retried = await run('operations', 'retry', 'latest')
    expect(retried.stderr).toContain(`ktrdr operations resume ${first.operationId}`)
    const second = (await run('operations', 'show', 'latest', '--json')).json()
    expect(second.operationId).not.toBe(first.operationId)
    expect(second).toMatchObject({
      status: 'completed',
      settings: first.settings,
      saving: { policy: first.saving.policy },
      attempts: [{ resumedFrom: null }],
      result: { model: { sha256: straightModel() } },
    })
    const completed = await run('operations', 'retry', second.operationId)
    expect([completed.code, completed.stderr]).toEqual([
      5,
      expect.stringContaining('NOT_RETRYABLE'),
    ])
    const { json } = await run('operations', 'retry', first.operationId, '--json')
    expect(json()).toMatchObject({ status: 'completed', retryOf: first.operationId })
    const detached = await detach(['operations', 'retry', first.operationId], { dataDir })
    expect((await run('operations', 'watch', detached.operationId, '--quiet')).code).toBe(0)
  })
})

describe('operations retry latest --detach', () => {
  it('is of what was the latest when it was typed', async () => {
    const dataDir = world.dataDir('retry-latest')
    const idOfRun = async (): Promise<string> => {
      await ktrdr(world.train(...EPOCHS), { dataDir, fault: 'batch@90:cancel' })
      const { json } = await at(dataDir)('operations', 'show', 'latest', '--json')
      return json().operationId
    }
    const first = await idOfRun()
    const typed = await detach(['operations', 'retry', 'latest'], { dataDir })
    await at(dataDir)('operations', 'watch', typed.operationId, '--quiet')
    const second = await idOfRun()

    // The process that goes on, as it would be if the second run had begun in between.
    const operationId = 'op_training_20261128_040000_aaaaaa'
    const [program, ...entry] = PROGRAMS.bundle
    const { promise: exited, resolve } = Promise.withResolvers<void>()
    spawn(program!, [...entry, 'operations', 'retry', 'latest'], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {
        ...process.env,
        KTRDR_DATA_DIR: dataDir,
        KTRDR_DETACHED_OPERATION: operationId,
        KTRDR_DETACHED_RETRY_OF: first,
      },
    }).on('exit', () => resolve())
    await exited
    const of = async (id: string): Promise<string> =>
      (await at(dataDir)('operations', 'show', id, '--json')).json().retriedFrom
    expect([await of(typed.operationId), await of(operationId)]).toEqual([first, first])
    const shown = (await at(dataDir)('operations', 'show', first, '--json')).json()
    expect(shown.retriedBy).toEqual([operationId, typed.operationId])
    expect(second).not.toBe(first)
  })
})

describe('operations delete', () => {
  const ask = (dataDir: string, ...flags: string[]) =>
    openTerminal(['operations', 'delete', 'latest', ...flags], { dataDir })

  it('asks, and leaves nothing of what was stopped', async () => {
    const dataDir = world.dataDir('deleted')
    await ktrdr(world.train(...EPOCHS), { dataDir, fault: 'batch@300:cancel' })
    const aborted = ask(dataDir)
    await aborted.until(/It will not be resumable after deletion\.\n.*\[y\/N\]:/)
    aborted.type(ENTER)
    await aborted.done
    expect(aborted.screen()).toContain('Deletion aborted.')
    const terminal = ask(dataDir)
    await terminal.until(/\[y\/N\]:/)
    terminal.type(`y${ENTER}`)
    expect(await terminal.done).toBe(0)
    expect((await at(dataDir)('operations', 'list', '--json')).json().total).toBe(0)
    for (const name of ['packs', 'locks', 'logs'])
      expect(readdirSync(join(dataDir, name)), name).toEqual([])
  })

  it('spares what was published unless told, and what others need', async () => {
    const dataDir = world.dataDir('published')
    const run = at(dataDir)
    const { model, operationId } = (await run(...world.train('--epochs', '3'), '--json')).json()
    const spared = await run('operations', 'delete', operationId, '--yes')
    expect([spared.code, spared.stderr]).toEqual([5, expect.stringContaining('HAS_RESULTS')])
    await ktrdr(world.backtest(), { dataDir, fault: 'bar@700:cancel' })
    const needed = await run('operations', 'delete', operationId, '--results', '--yes')
    expect([needed.code, needed.stderr]).toEqual([
      5,
      expect.stringMatching(/walk@1 is needed: op_backtesting_\S+ is CANCELLED/),
    ])
    await run('operations', 'delete', 'latest', '--yes')
    const deleted = await run('operations', 'delete', operationId, '--results', '--yes', '--json')
    expect(deleted.json()).toMatchObject({ deleted: true, results: [model.path] })
    expect(existsSync(model.path)).toBe(false)
    expect((await run(...world.backtest())).code, 'there is no model any more').toBe(4)
  })

  it('refuses a running one, and needs a yes', async () => {
    const dataDir = world.dataDir('running')
    await detach(FOREVER, { dataDir })
    const running = await at(dataDir)('operations', 'delete', 'latest', '--yes')
    expect([running.code, running.stderr]).toEqual([
      5,
      expect.stringContaining('is already running'),
    ])
    await at(dataDir)('operations', 'cancel', 'latest')
    const unasked = await at(dataDir)('operations', 'delete', 'latest')
    expect([unasked.code, unasked.stderr]).toEqual([
      2,
      expect.stringMatching(/delete op_\S+ --yes/),
    ])
  })

  it.each(['locked', 'results-marked', 'results-gone', 'before-commit', 'after-commit', 'done'])(
    'killed at %s can be asked for again, and gc finds nothing to tell',
    async (point) => {
      const dataDir = world.dataDir(`remove-${point}`)
      const run = at(dataDir)
      await run(
        ...world.train('--epochs', '3', '--keep-checkpoints', '--checkpoint-every', '1epochs'),
      )
      const remove = ['operations', 'delete', 'latest', '--results', '--yes']
      const killed = await ktrdr(remove, { dataDir, fault: `remove.${point}:kill` })
      expect(killed.signal).toBe('SIGKILL')
      expect((await run(...remove)).code).toBeOneOf([0, 4])
      expect((await run('operations', 'list', '--json')).json().total).toBe(0)
      const swept = (await run('gc', '--json')).json()
      expect([swept.unknown, swept.failed]).toEqual([[], []])
      for (const name of ['packs', 'locks', 'logs', 'models/walk/WALK_1h'])
        expect(readdirSync(join(dataDir, name)), name).toEqual([])
    },
  )
})
