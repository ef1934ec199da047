// Runs that go on without a terminal. Processes are real, and so are the signals that hit them.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  detachedWorld,
  detach,
  goOn,
  isAlive,
  killWhenFinished,
  processState,
  sessionOf,
  until,
} from '../support/detached.ts'
import { ktrdr, PROGRAMS, startKtrdr } from '../support/program.ts'
import { openTerminal } from '../support/terminal.ts'

const { world, EPOCHS, FOREVER, straightModel, at } = detachedWorld()

/** The operation, when it has ended. */
async function ended(dataDir: string, id = 'latest'): Promise<any> {
  await ktrdr(['operations', 'watch', id, '--quiet'], { dataDir })
  return (await ktrdr(['operations', 'show', id, '--json'], { dataDir })).json()
}

describe('a detached training', () => {
  it('is answered with its id at once, has a session of its own, and makes the same model', async () => {
    const dataDir = world.dataDir('detached')
    const { operationId, pid, log } = await detach(world.train(...EPOCHS), {
      dataDir,
      fault: 'batch@90:stop',
    })
    expect(sessionOf(pid), 'no terminal').toEqual({ session: pid, terminal: 0 })
    const running = (await at(dataDir)('operations', 'show', operationId, '--json')).json()
    expect(running).toMatchObject({ status: 'running', log, attempts: [{ pid }] })
    await goOn(pid)
    const { status, result } = await ended(dataDir, operationId)
    expect([status, result.model.sha256]).toEqual(['completed', straightModel()])
    for (const name of readdirSync(join(dataDir, 'logs')))
      expect(statSync(join(dataDir, 'logs', name)).mode & 0o777, name).toBe(0o600)
    expect(readFileSync(join(dataDir, 'logs', `${operationId}.out`), 'utf8')).toBe('')
  })

  it('tells a user how to watch and to stop it', async () => {
    const dataDir = world.dataDir('told')
    const { stdout, stderr, code } = await at(dataDir)(...FOREVER, '--detach')
    killWhenFinished(Number(/process (\d+)/.exec(stdout)![1]))
    expect(code).toBe(0)
    expect(stderr, 'what is loaded is told here').toMatch(/^Strategy +walk[^]*\nOperation +op_/)
    const [, id, watch, stop] =
      /^(op_\S+) goes on without this terminal \(process \d+\)\.\nTo watch: {2}ktrdr (.*)\nTo stop: {3}ktrdr (.*)\n$/.exec(
        stdout,
      )!
    expect(watch).toBe(`operations watch ${id}`)
    const stopped = await at(dataDir)(...stop!.split(' '))
    expect([stopped.code, stopped.stdout]).toEqual([0, expect.stringContaining('Cancelled at')])
  })

  it.each([
    ['data that is not there', ['train', world.strategy, '--data', 'nowhere.csv']],
    ['a range without a bar', world.train('--start', '2031-01-01')],
    ['a flag that is none', world.train('--epochs', 'many')],
  ])('with %s fails as it would here, and leaves no trace', async (what, args) => {
    const dataDir = world.dataDir(what)
    const here = await at(dataDir)(...args)
    const detached = await at(dataDir)(...args, '--detach')
    expect(here.code).toBeGreaterThan(0)
    expect([detached.code, detached.stderr]).toEqual([here.code, here.stderr])
    expect((await at(dataDir)('operations', 'list', '--json')).json().total).toBe(0)
    const logs = join(dataDir, 'logs')
    expect(existsSync(logs) ? readdirSync(logs) : []).toEqual([])
  })

  it('that dies while it loads is told, with how', async () => {
    const dataDir = world.dataDir('died')
    const { code, stderr } = await ktrdr(world.train('--detach'), {
      dataDir,
      fault: 'start.locked:kill',
    })
    expect(code).toBe(1)
    expect(stderr).toContain('The detached process died before its run had begun (SIGKILL).')
  })

  it('is killed with kill -9, told of by the next command, and resumed detached to the same bytes', async () => {
    const dataDir = world.dataDir('killed')
    const { operationId, pid } = await detach(
      world.train(...EPOCHS, '--checkpoint-every', '37batches'),
      { dataDir, fault: 'batch@500:stop' },
    )
    await until(async () => {
      const { json } = await at(dataDir)('operations', 'show', operationId, '--json')
      return json().checkpoint !== null
    })
    process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid))
    const list = await at(dataDir)('operations', 'list')
    expect(list.stderr).toBe(
      `${operationId} has died since. To go on:  ktrdr operations resume ${operationId}\n`,
    )
    const resumed = await detach(['operations', 'resume', 'latest'], { dataDir })
    expect(resumed.operationId).toBe(operationId)
    const { status, result, attempts } = await ended(dataDir, operationId)
    expect([status, result.model.sha256]).toEqual(['completed', straightModel()])
    expect(attempts).toMatchObject([
      { outcome: 'failed' },
      { pid: resumed.pid, outcome: 'completed' },
    ])
  })

  it('goes on when its terminal goes away', async () => {
    const dataDir = world.dataDir('closed')
    const terminal = openTerminal(world.train(...EPOCHS, '--detach'), {
      dataDir,
      fault: 'batch@90:stop',
    })
    await terminal.until(/\(process \d+\)/)
    const pid = Number(/process (\d+)/.exec(terminal.screen())![1])
    killWhenFinished(pid)
    terminal.close()
    await goOn(pid)
    const { status, result } = await ended(dataDir)
    expect([status, result.model.sha256]).toEqual(['completed', straightModel()])
  })

  it('goes on when it is hung up, and when it is stopped and continued', async () => {
    const dataDir = world.dataDir('signals')
    const { pid, operationId } = await detach(world.train(...EPOCHS, '--threads', '2'), {
      dataDir,
      fault: 'batch@90:stop',
    })
    await until(() => processState(pid) === 'T')
    process.kill(pid, 'SIGTSTP')
    process.kill(pid, 'SIGHUP')
    const list = await at(dataDir)('operations', 'list', '--json')
    expect(list.json().operations, 'who is only asleep is not dead').toMatchObject([
      { operationId, status: 'running' },
    ])
    await goOn(pid)
    const { status, result } = await ended(dataDir, operationId)
    expect([status, result.model.sha256]).toEqual(['completed', straightModel()])
  })

  it('saves and stops on SIGTERM, as when the machine is shut down', async () => {
    const dataDir = world.dataDir('terminated')
    const { pid, operationId } = await detach(FOREVER, { dataDir })
    process.kill(pid, 'SIGTERM')
    const { status, resumable, attempts } = await ended(dataDir, operationId)
    expect({ status, resumable, reason: attempts[0].reason }).toEqual({
      status: 'cancelled',
      resumable: true,
      reason: 'shutdown',
    })
  })
})

describe('a training with a terminal', () => {
  it('is none the worse for being suspended', async () => {
    const dataDir = world.dataDir('suspended')
    const { child, done } = startKtrdr([...world.train(...EPOCHS, '--threads', '2'), '--json'], {
      dataDir,
      fault: 'batch@90:stop',
    })
    await until(() => processState(child.pid!) === 'T')
    const list = await at(dataDir)('operations', 'list', '--json')
    expect(list.json().operations).toMatchObject([{ status: 'running' }])
    await goOn(child.pid!)
    const { code, json } = await done
    expect([code, json().model.sha256]).toEqual([0, straightModel()])
  })
})

describe('a detached backtest', () => {
  it('makes the same trades, and exports them', async () => {
    const dataDir = world.dataDir('backtest')
    const run = at(dataDir)
    await run(...world.train('--epochs', '3'))
    const here = (await run(...world.backtest(), '--json')).json()
    const directory = join(world.directory, 'exported')
    const { operationId } = await detach(world.backtest('--export', directory), { dataDir })
    const { result } = await ended(dataDir, operationId)
    expect(result.tradesSha256).toBe(here.tradesSha256)
    await until(() => existsSync(join(directory, 'trades.parquet')))
    expect(readFileSync(join(directory, 'trades.csv'), 'utf8')).toBe(
      readFileSync(join(here.backtest.path, 'trades.csv'), 'utf8'),
    )
  })
})

describe.each(['sources', 'executable'] as const)('from the %s', (program) => {
  it.skipIf(!existsSync(PROGRAMS[program].at(-1)!))('a detached run is the same', async () => {
    const dataDir = world.dataDir(program)
    const { operationId } = await detach(world.train(...EPOCHS), { dataDir, program })
    const { status, result } = await ended(dataDir, operationId)
    expect([status, result.model.sha256]).toEqual(['completed', straightModel()])
  })
})
