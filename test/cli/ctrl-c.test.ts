// Ctrl-C in a real terminal. A stall of two seconds (KTRDR_FAULT) stands for a slow disk.

import { beforeAll, describe, expect, it } from 'vitest'
import { shellWord } from '../../src/core/shell-word.ts'
import { ktrdr, PROGRAMS } from '../support/program.ts'
import { CTRL_C, CTRL_Z, openShell, openTerminal } from '../support/terminal.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()

beforeAll(() => world.remove)

const pause = (ms: number) => new Promise((wake) => setTimeout(wake, ms))

const RUNNING = /^epoch +\d+\/\d+ /m
const ONE_EPOCH = ['--checkpoint-every', '1epochs'] as const

describe('Ctrl-C', () => {
  it('once: says what it does, saves, exits 130, prints the command to go on, and that works', async () => {
    const dataDir = world.dataDir('once')
    const straight = await ktrdr([...world.train('--epochs', '20'), '--json'], { dataDir })
    const terminal = openTerminal(world.train('--epochs', '20'), {
      dataDir,
      fault: 'batch@90:stall',
    })
    await terminal.until(RUNNING)
    terminal.type(CTRL_C)
    await terminal.until(/Stopping and saving\. Press Ctrl-C again to quit now/)
    expect(await terminal.done).toBe(130)
    expect(terminal.screen()).toMatch(/^Cancelled at epoch \d of 20\b.*Checkpoint saved \(\d/m)
    const [, command] = /^To continue: {2}ktrdr (.*)$/m.exec(terminal.screen())!
    const resumed = await ktrdr([...command!.split(' '), '--json'], { dataDir })
    expect(resumed.code).toBe(0)
    expect(resumed.json().model.sha256, 'as if nobody had pressed anything').toBe(
      straight.json().model.sha256,
    )
  })

  it('twice within half a second is once: terminals and launchers send it twice', async () => {
    const dataDir = world.dataDir('twice')
    const terminal = openTerminal(world.train('--epochs', '9000', ...ONE_EPOCH), {
      dataDir,
      fault: 'save.before-fsync@1:stall',
    })
    await terminal.until(RUNNING)
    terminal.type(CTRL_C)
    await pause(100)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    expect(terminal.screen(), 'it waited for the slow disk').toContain('Checkpoint saved (')
  })

  it.each([
    [1, 'Cancelled without saving. There is no checkpoint: it cannot be resumed.', 4],
    [2, 'Cancelled without saving. What was saved before is there: epoch 1 of 9000', 130],
  ])('twice, while save %d hangs, leaves at once and says "%s"', async (save, sentence, exit) => {
    const dataDir = world.dataDir(`hanging-${save}`)
    const terminal = openTerminal(world.train('--epochs', '9000', ...ONE_EPOCH), {
      dataDir,
      fault: `save.before-fsync@${save}:stall`,
    })
    await terminal.until(save === 1 ? RUNNING : /saved @ 1$/m)
    terminal.type(CTRL_C)
    await pause(600)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    expect(terminal.screen()).toContain(sentence)

    const list = await ktrdr(['operations', 'list', '--json'], { dataDir })
    expect(list.json().operations[0]).toMatchObject({ status: 'cancelled', resumable: save > 1 })
    const resumed = await ktrdr(['resume', 'latest'], { dataDir, fault: 'batch@200:cancel' })
    expect(resumed.code, 'the next command goes on, or says why not').toBe(exit)
    if (save === 1) expect(resumed.stderr).toContain('Code: CHECKPOINT_NOT_FOUND')
  })

  it('twice with --json is still one document', async () => {
    const dataDir = world.dataDir('json')
    const args = [...world.train('--epochs', '9000', ...ONE_EPOCH), '--json', '--progress', 'plain']
    const terminal = openTerminal(args, { dataDir, fault: 'save.before-fsync@1:stall' })
    await terminal.until(/^Operation /m)
    await pause(100)
    terminal.type(CTRL_C)
    await pause(600)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    const text = terminal.screen()
    const document = JSON.parse(text.slice(text.indexOf('{')))
    expect(document).toMatchObject({ status: 'cancelled', checkpoint: null, resumable: false })
  })

  it('says so when nothing is saved', async () => {
    const dataDir = world.dataDir('unsaved')
    const terminal = openTerminal(world.train('--epochs', '9000', '--no-checkpoints'), { dataDir })
    await terminal.until(RUNNING)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    expect(terminal.screen()).toContain('Stopping. Nothing is saved.')
    expect(terminal.screen()).toContain('it cannot be resumed.')
  })

  it('before the data is loaded leaves no trace', async () => {
    const dataDir = world.dataDir('early')
    const terminal = openTerminal(world.train(), { dataDir })
    await terminal.until(/Loading/)
    await pause(20)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    const { json } = await ktrdr(['operations', 'list', '--json'], { dataDir })
    expect(json().total).toBeLessThanOrEqual(1)
  })
})

describe('operations cancel', () => {
  it('stops a run from another terminal, and its reason can be read afterwards', async () => {
    const dataDir = world.dataDir('cancelled')
    const terminal = openTerminal(world.train('--epochs', '9000'), { dataDir })
    await terminal.until(RUNNING)
    const reason = 'the bars of last week are from the wrong feed'
    const cancelled = await ktrdr(['operations', 'cancel', 'latest', '--reason', reason], {
      dataDir,
    })
    expect(cancelled.stdout).toMatch(/^Cancelled at epoch /)
    expect(await terminal.done).toBe(130)
    const { stdout } = await ktrdr(['operations', 'show', 'latest'], { dataDir })
    expect(stdout).toMatch(new RegExp(`#1 .* cancelled  ${reason}$`, 'm'))
  })
})

describe('Ctrl-Z', () => {
  it('suspends the run, which goes on in the foreground as if nothing had been', async () => {
    const dataDir = world.dataDir('suspended')
    const { CI: _, ...env } = process.env
    const shell = openShell('bash', ['--norc', '-i'], {
      ...env,
      PS1: '> ',
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      KTRDR_DATA_DIR: dataDir,
    })
    const command = [...PROGRAMS.bundle, ...world.train('--epochs', '9000')].map(shellWord)
    shell.type(`${command.join(' ')}\n`)
    await shell.until(RUNNING)
    shell.type(CTRL_Z)
    await shell.until(/Stopped/)
    const list = await ktrdr(['operations', 'list', '--json'], { dataDir })
    expect(list.json().operations).toMatchObject([{ status: 'running' }])
    shell.type('fg\n')
    await shell.until(/ETA/)
    await pause(300)
    shell.type(CTRL_C)
    await shell.until(/^To continue: /m)
    shell.type('echo "exit code $?"; exit\n')
    await shell.until(/^exit code 130/m)
    await shell.done
  })
})

describe('a window that is closed', () => {
  it('stops the training, with a checkpoint', async () => {
    const dataDir = world.dataDir('closed')
    const terminal = openTerminal(world.train('--epochs', '9000'), { dataDir })
    await terminal.until(RUNNING)
    terminal.close()
    const status = async (): Promise<string> => {
      const { json } = await ktrdr(['operations', 'show', 'latest', '--json'], { dataDir })
      return json().status
    }
    while ((await status()) === 'running') await pause(20)
    expect(await status()).toBe('cancelled')
    const { json } = await ktrdr(['checkpoints', 'show', 'latest', '--json'], { dataDir })
    expect(json()).toMatchObject({ type: 'shutdown', damage: null, resumable: true })
  })
})
