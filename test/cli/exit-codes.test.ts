// The table of exit codes, and the screen of an error of each kind.

import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeHistory, type History } from '../support/history.ts'
import { ktrdr, startKtrdr, type RunResult } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
let history: History

beforeAll(async () => {
  history = await makeHistory(world, 'history')
  return world.remove
})

const run = (...args: string[]): Promise<RunResult> => ktrdr(args, { dataDir: history.dataDir })

/** What is seen of a run, with what stderr differs by from the screen of that name. */
async function seen(running: Promise<RunResult>, screen: string) {
  const { code, stdout, stderr } = await running
  return { code, stdout, difference: screenDifference(screen, stderr) }
}

/** The error goes to stderr and nowhere else. */
const refused = (code: number) => ({ code, stdout: '', difference: '' })

/** A stopped training over bars of its own, and how to change those. */
async function stoppedOverOwnBars(name: string) {
  const bars = join(world.directory, `${name}.csv`)
  cpSync(world.bars, bars)
  const dataDir = world.dataDir(name)
  const args = ['train', world.strategy, '--data', `WALK=${bars}`, '--epochs', '3']
  await ktrdr(args, { dataDir, fault: 'batch@90:cancel' })
  const changeLine501 = (pattern: RegExp, replacement: string): void => {
    const lines = readFileSync(bars, 'utf8').split('\n')
    lines[500] = lines[500]!.replace(pattern, replacement)
    writeFileSync(bars, lines.join('\n'))
  }
  return { dataDir, args, changeLine501 }
}

describe('0: done', () => {
  it.each([
    [['operations', 'list']],
    [['checkpoints', 'list']],
    [['gc', '--dry-run']],
    [['--version']],
  ])('%j', async (args) => {
    expect(await run(...args)).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('1: the operation failed', () => {
  it('when it threw, with what can be resumed', async () => {
    const { code, stderr, stdout } = await ktrdr(world.train('--epochs', '3'), {
      dataDir: world.dataDir('failed'),
      fault: 'batch@60:throw',
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/Error: KTRDR_FAULT struck at batch@60\.\nCode: OPERATION_FAILED\n/)
    expect(stderr, 'its state was sound, so it was saved').toMatch(
      /Try this: ktrdr operations resume op_training_\w+\n$/,
    )
  })

  it('when the data directory cannot be one', async () => {
    const dataDir = join(world.bars, 'data')
    expect(await ktrdr(['operations', 'list'], { dataDir })).toMatchObject({ code: 1 })
  })
})

describe('2: usage', () => {
  it('a value of the wrong kind', async () => {
    expect(
      await seen(run('train', 'walk', '--data', 'x', '--epochs', 'many'), 'error-usage'),
    ).toEqual(refused(2))
  })

  it.each([
    [['data', 'convert'], /^Error: IN is missing: [^.]*\. OUT is missing: ends in [^.]*\.csv/],
    [['features', 'walk'], /^Error: --data is missing\. --out is missing\.\n/],
    [['validate'], /^Error: STRATEGY is missing: a YAML file, or its name in \S+ or \.\/\.\n/],
    [
      ['validate', 'walk', '--start', '2020-01-01'],
      /there is no --data\.\n.*\nTry this: ktrdr validate walk --data FILE\n/,
    ],
  ])('%j says what is missing, and nothing else', async (args, message) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('Note:')
  })

  it('a prompt without a terminal names the flag that answers it, and nothing happens', async () => {
    expect(await seen(run('checkpoints', 'delete', 'latest'), 'error-confirmation')).toEqual(
      refused(2),
    )
    expect((await run('checkpoints', 'show', 'latest')).code, 'it is still there').toBe(0)
  })
})

describe.concurrent('4: not found', () => {
  it('an operation', async () => {
    expect(await seen(run('operations', 'show', 'zzzzzz'), 'error-no-operation')).toEqual(
      refused(4),
    )
  })

  it('a checkpoint', async () => {
    expect(
      await seen(run('checkpoints', 'show', `${history.cancelled}@99`), 'error-no-checkpoint'),
    ).toEqual(refused(4))
  })

  it('a model', async () => {
    expect(await seen(run('backtest', 'nobody', '--data', world.bars), 'error-no-model')).toEqual(
      refused(4),
    )
  })

  it.each([
    ['a file of bars', () => [...world.train().slice(0, -1), '/nowhere/bars.csv']],
    ['a strategy', () => ['validate', '/nowhere/walk.yaml']],
  ])('%s', async (_, args) => {
    const { code, stderr } = await run(...args())
    expect(code).toBe(4)
    expect(stderr).toContain('Code: FILE_NOT_FOUND')
  })
})

describe.concurrent('5: conflict', () => {
  it('a finished operation is not resumed', async () => {
    expect(await seen(run('operations', 'resume', history.trained), 'error-not-resumable')).toEqual(
      refused(5),
    )
  })

  it('nor cancelled', async () => {
    const { code, stderr } = await run('operations', 'cancel', history.trained)
    expect(code).toBe(5)
    expect(stderr).toContain('Code: NOT_CANCELLABLE')
  })

  it('a running operation is neither resumed nor robbed of its checkpoints', async () => {
    const dataDir = world.dataDir('running')
    const running = startKtrdr(
      world.train('--epochs', '9000', '--checkpoint-every', '1epochs', '--progress', 'json'),
      { dataDir },
    )
    try {
      await until(() => running.stderr().includes('"saved"'))
      for (const args of [
        ['operations', 'resume', 'latest'],
        ['checkpoints', 'delete', 'latest', '--yes'],
      ]) {
        const { code, stderr } = await ktrdr(args, { dataDir })
        expect(stderr).toContain('Code: OPERATION_ALREADY_RUNNING')
        expect(code).toBe(5)
      }
    } finally {
      running.child.kill('SIGKILL')
      await running.done
    }
  })
})

describe.concurrent('6: corrupt or incompatible', () => {
  it('changed data is refused, with what differs', async () => {
    const { dataDir, changeLine501 } = await stoppedOverOwnBars('changed')
    changeLine501(/,\d+$/, ',7')
    expect(await seen(ktrdr(['resume', 'latest'], { dataDir }), 'error-changed-data')).toEqual(
      refused(6),
    )
  })

  it('a damaged checkpoint is refused when it is the last', async () => {
    const { dataDir } = await stoppedOverOwnBars('damaged')
    const { path } = (await ktrdr(['checkpoints', 'show', 'latest', '--json'], { dataDir })).json()
    const pack = join(dataDir, 'packs', path)
    const bytes = readFileSync(pack)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(pack, bytes)
    expect(await seen(ktrdr(['resume', 'latest'], { dataDir }), 'error-damaged')).toEqual(
      refused(6),
    )
  })
})

describe('7: the strategy or the data is invalid', () => {
  it('a strategy: everything that is wrong, each with its place', async () => {
    const broken = join(world.directory, 'broken.yaml')
    const text = readFileSync(world.strategy, 'utf8')
      .replace('indicator: rsi_9', 'indicator: rsi_8')
      .replace('[0, 20, 50]', '[0, low, 50]')
      .replace('dropout', 'dropuot')
    writeFileSync(broken, text)
    expect(await seen(run('validate', broken), 'validate-broken')).toEqual(refused(7))
  })

  it('data: with file and line', async () => {
    const { dataDir, args, changeLine501 } = await stoppedOverOwnBars('invalid')
    changeLine501(/Z,[^,]+/, 'Z,-3')
    expect(await seen(ktrdr(args, { dataDir }), 'error-data-invalid')).toEqual(refused(7))
  })
})

describe.concurrent('130 and 143: stopped', () => {
  it.each([
    ['SIGINT', 130, 'cancellation'],
    ['SIGTERM', 143, 'shutdown'],
    ['SIGHUP', 129, 'shutdown'],
  ] as const)('by %s: exit %d and a checkpoint of type %s', async (signal, exit, type) => {
    const dataDir = world.dataDir(signal)
    const running = startKtrdr(world.train('--epochs', '5000', '--progress', 'json'), { dataDir })
    await until(() => running.stderr().includes('"progress"'))
    running.child.kill(signal)
    const { code, events } = await running.done
    expect(code).toBe(exit)
    expect(events().at(-1)).toMatchObject({ event: 'ended', status: 'cancelled' })
    const shown = await ktrdr(['checkpoints', 'show', 'latest', '--json'], { dataDir })
    expect(shown.json()).toMatchObject({ type, resumable: true, damage: null })
  })

  it('before anything was started: no trace', async () => {
    const dataDir = world.dataDir('early')
    const running = startKtrdr(world.train('--progress', 'json'), { dataDir })
    await until(() => running.stderr().includes('"loading"'))
    running.child.kill('SIGTERM')
    const { code, signal } = await running.done
    expect(signal ?? code, 'by its own handler, or before it had one').toBeOneOf([143, 'SIGTERM'])
    expect((await ktrdr(['operations', 'list', '--json'], { dataDir })).json().total).toBe(0)
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((wake) => setTimeout(wake, 5))
}
