// How operations, commands and files may be called, kindly and otherwise.

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeHistory, type History } from '../support/history.ts'
import { ktrdr } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
let history: History

beforeAll(async () => {
  history = await makeHistory(world, 'history')
  return world.remove
})

const run = (...args: string[]) => ktrdr(args, { dataDir: history.dataDir })

/** Which operation `show` takes `text` for. */
async function shown(text: string): Promise<string> {
  const { json } = await run('operations', 'show', text, '--json')
  return json().operationId
}

describe.concurrent('an operation is named', () => {
  it('by its id, its last characters, a beginning that no other has, or "latest"', async () => {
    const { backtest, trained } = history
    expect(await shown(trained)).toBe(trained)
    expect(await shown(trained.slice(-6))).toBe(trained)
    expect(await shown('op_backtesting')).toBe(backtest)
    expect(await shown('latest')).toBe(backtest)
  })

  it('never by a guess: what names several is refused with the candidates', async () => {
    const { code, stderr } = await run('operations', 'show', 'op_training_')
    expect(code).toBe(2)
    expect(stderr).toContain('"op_training_" names 3 operations: ')
    for (const id of [history.trained, history.cancelled, history.killed])
      expect(stderr).toContain(id)
  })

  it('with a number for one of its checkpoints', async () => {
    const { json } = await run('checkpoints', 'show', `${history.cancelled.slice(-6)}@1`, '--json')
    expect(json()).toMatchObject({ operationId: history.cancelled, seq: 1 })
  })

  it.each(['latest@', 'latest@0', 'latest@x', 'latest@1@2', 'latest@-1', 'latest@1e9'])(
    '"%s" is no checkpoint',
    async (text) => {
      expect((await run('checkpoints', 'show', text)).code).toBeOneOf([2, 4])
    },
  )
})

describe.concurrent('names that mean harm', () => {
  it.each([
    '',
    '%',
    '_',
    "' OR 1=1 --",
    '../../../etc/passwd',
    '\u001B[2Jgone',
    'op_training_20241213_143022_abc123\n',
    'a'.repeat(10_000),
    '__proto__',
    'constructor',
    '株価',
  ])('%j is an operation that does not exist', async (text) => {
    const { code, stdout, stderr } = await run('operations', 'show', text)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr, 'nothing steers the terminal').not.toMatch(/(?!\n)\p{Cc}/u)
    expect(stderr, 'it is no bug').toContain('Code: OPERATION_NOT_FOUND')
  })

  it.each(['operations resume', 'operations cancel', 'checkpoints show', 'checkpoints list'])(
    'they are the same to "%s"',
    async (command) => {
      const { code, stderr } = await run(...command.split(' '), '\u001B[2J')
      expect(code).toBe(4)
      expect(stderr).toContain('No operation is called "\\u001b[2J".')
    },
  )

  it('a name with wild-cards deletes nothing', async () => {
    for (const text of ['%', '*', 'op_%', ''])
      expect((await run('checkpoints', 'delete', text, '--yes')).code).toBe(4)
    const { json } = await run('checkpoints', 'list', '--json')
    expect(json().total).toBeGreaterThanOrEqual(3)
  })

  it.each([
    'nobody',
    '../walk',
    'walk@0',
    'walk@-1',
    'walk@99999999999',
    'walk@latest@1',
    '__proto__',
  ])('%j is a model that does not exist', async (text) => {
    const { code, stderr } = await run('backtest', text, '--data', world.bars)
    expect(code).toBe(4)
    expect(stderr).toContain('Code: MODEL_NOT_FOUND')
  })

  it('a strategy that is not that of --model is refused, not ignored', async () => {
    const args = ['--data', world.bars, '--model', 'walk']
    const { code, stderr } = await run('backtest', 'nonsense', ...args)
    expect(stderr).toContain('was trained from the strategy walk, not from nonsense.\nCode: USAGE')
    expect(code).toBe(2)
    const model = join(history.dataDir, 'models', 'walk', 'WALK_1h', 'v1')
    for (const strategy of ['walk', world.strategy]) {
      const accepted = ['backtest', strategy, '--data', world.bars, '--model', model]
      expect((await ktrdr(accepted, { dataDir: world.dataDir('accepted') })).code).toBe(0)
    }
  })

  it('a status in which nothing ever is cannot be asked for', async () => {
    const { code, stderr } = await run('operations', 'list', '--status', 'pending')
    expect(code).toBe(2)
    expect(stderr).toContain('expected one of running, completed, failed, cancelled.')
  })

  it('words that oclif puts together itself are no bug', async () => {
    for (const args of [
      ['a b', "c'd"],
      ['trian', 'x y'],
      ['operations', '\u001B[2J'],
      ['constructor'],
    ]) {
      const { code, stderr } = await run(...args)
      expect(code).toBe(2)
      expect(stderr).toMatch(/is not a ktrdr command\./)
      expect(stderr).not.toMatch(/(?!\n)\p{Cc}/u)
    }
  })

  it('a symbol or a file with odd characters is a file', async () => {
    const odd = join(world.directory, "bars 'a' $(b)=c; 100%.csv")
    cpSync(world.bars, odd)
    const args = ['train', world.strategy, '--data', `WALK=${odd}`, '--epochs', '1', '--dry-run']
    expect(await run(...args)).toMatchObject({ code: 0, stderr: '' })
  })
})

describe.concurrent('typing errors', () => {
  it('in a command, with the whole line corrected', async () => {
    const { stderr } = await run('trian', 'walk', '--data', 'my bars.csv')
    expect(screenDifference('error-unknown-command', stderr)).toBe('')
  })

  it('in a flag', async () => {
    const { stderr } = await run('train', 'walk', '--data', 'x', '--epoch', '3')
    expect(screenDifference('error-unknown-flag', stderr)).toBe('')
  })

  it.each([
    [['operations', 'lst'], 'operations list'],
    [['checkpoint', 'list'], 'checkpoints list'],
    [['backtst', 'walk'], 'backtest'],
    [['val', 'walk'], 'validate'],
    [['stauts'], 'status'],
  ])('%j may mean "%s"', async (args, meant) => {
    const { stderr, code } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(`Did you mean "${meant}"?`)
  })

  it('in a strategy name, with the nearest there is', async () => {
    const { stderr } = await ktrdr(['validate', 'wlk'], { ...history, cwd: world.directory })
    expect(stderr).toContain('did you mean "walk"?')
  })

  it('nothing is guessed from what is like nothing', async () => {
    for (const args of [['xyzzy'], ['operations', 'xyzzy'], ['operations', 'list', '--xyzzy']]) {
      const { stderr, code } = await run(...args)
      expect(code).toBe(2)
      expect(stderr).not.toContain('Did you mean')
      expect(stderr).toMatch(/Try this: ktrdr .*--help/)
    }
  })
})

describe('habits from elsewhere', () => {
  it('"ops" lists, "status" shows, "cancel" cancels, "resume" resumes', async () => {
    expect((await run('ops')).stdout).toContain('OPERATION_ID')
    expect((await run('status', 'latest')).stdout).toContain(history.backtest)
    expect((await run('cancel', 'latest')).stderr).toContain('Code: NOT_CANCELLABLE')
    expect((await run('resume', history.trained)).stderr).toContain('Code: NOT_RESUMABLE')
  })

  it('are not in the help', async () => {
    const { stdout } = await run('--help')
    for (const alias of ['ops', 'status', 'cancel', 'resume'])
      expect(stdout).not.toMatch(new RegExp(`^ {2}${alias} `, 'm'))
  })

  it('a strategy is found by its name, here or in strategies/', async () => {
    const { json } = await ktrdr(['validate', 'walk', '--json'], {
      ...history,
      cwd: world.directory,
    })
    expect(json().path).toBe(world.strategy)
  })
})
