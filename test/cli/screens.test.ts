// What the user sees when all goes well. The expected screens are files beside this one.

import { mkdirSync, writeFileSync } from 'node:fs'
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

describe('lists', () => {
  it('says what to do when there is nothing', async () => {
    const { stdout } = await ktrdr(['operations', 'list'], { dataDir: world.dataDir('empty') })
    expect(screenDifference('operations-list-empty', stdout)).toBe('')
  })

  it('shows operations with status, progress, checkpoint and age', async () => {
    const { stdout } = await run('operations', 'list')
    expect(screenDifference('operations-list', stdout)).toBe('')
  })

  it('shows what can be resumed, and counts it', async () => {
    const { stdout } = await run('operations', 'list', '--resumable')
    expect(screenDifference('operations-list-resumable', stdout)).toBe('')
  })

  it('filters, sorts and limits', async () => {
    const ids = async (...flags: string[]): Promise<string[]> => {
      const { json } = await run('operations', 'list', ...flags, '--json')
      return json().operations.map((view: { operationId: string }) => view.operationId)
    }
    const { trained, cancelled, killed, backtest } = history
    expect(await ids(), 'newest first').toEqual([backtest, killed, cancelled, trained])
    expect(await ids('--status', 'cancelled')).toEqual([backtest, cancelled])
    expect(await ids('--type', 'training', '--limit', '2')).toEqual([killed, cancelled])
    expect((await ids('--sort', 'progress'))[0], 'the finished one is furthest').toBe(trained)
    expect((await ids('--sort', 'status')).at(-1), 'c … f').toBe(killed)
  })

  it('shows checkpoints by names that can be typed', async () => {
    const { stdout } = await run('checkpoints', 'list', history.cancelled)
    expect(screenDifference('checkpoints-list', stdout)).toBe('')
  })
})

describe('details', () => {
  it('shows one operation with its attempts', async () => {
    const { stdout } = await run('operations', 'show', history.killed)
    expect(screenDifference('operations-show', stdout)).toBe('')
  })

  it('shows a completed training with its result', async () => {
    const { stdout } = await run('operations', 'show', history.trained)
    expect(screenDifference('operations-show-completed', stdout)).toBe('')
  })

  it('shows the checkpoint of a training', async () => {
    const { stdout } = await run('checkpoints', 'show', history.cancelled)
    expect(screenDifference('checkpoints-show', stdout)).toBe('')
  })

  it('shows the checkpoint of a backtest', async () => {
    const { stdout } = await run('checkpoints', 'show', history.backtest)
    expect(screenDifference('checkpoints-show-backtest', stdout)).toBe('')
  })
})

describe('runs', () => {
  it('prints the result of a training on stdout, and what it does on stderr', async () => {
    const { stdout, stderr } = await ktrdr(world.train('--epochs', '3'), history)
    expect(screenDifference('train-result', stdout)).toBe('')
    expect(screenDifference('train-headline', stderr)).toBe('')
  })

  it('prints the result of a backtest on stdout, and what it does on stderr', async () => {
    const { stdout, stderr } = await ktrdr(world.backtest(), history)
    expect(screenDifference('backtest-result', stdout)).toBe('')
    expect(screenDifference('backtest-headline', stderr)).toBe('')
  })

  it('says where it stopped and how to go on; the resume says from where it goes on', async () => {
    const dataDir = world.dataDir('stopped')
    const args = world.train('--epochs', '3')
    const stopped = await ktrdr(args, { dataDir, fault: 'batch@90:cancel' })
    expect(stopped.stdout, 'there is no result').toBe('')
    expect(screenDifference('train-cancelled', stopped.stderr)).toBe('')
    const resumed = await ktrdr(['operations', 'resume', 'latest'], { dataDir })
    expect(screenDifference('resume-headline', resumed.stderr)).toBe('')
    expect(screenDifference('train-result', resumed.stdout)).toBe('')
  })

  it('prints a line now and then into a pipe', async () => {
    const { stderr } = await ktrdr(
      world.train('--epochs', '400', '--checkpoint-every', '1epochs', '--progress', 'plain'),
      { ...history, fault: 'batch@105:stall,batch@110:cancel' }, // a stall takes two seconds
    )
    const lines = stderr.split('\n').filter((line) => line.startsWith('epoch '))
    // How many there were before the stall depends on the machine.
    expect(screenDifference('progress-plain', lines.at(-1)!)).toBe('')
  })

  it('says of a dry run what would be done, and does nothing', async () => {
    const dataDir = world.dataDir('dry')
    const { stdout } = await ktrdr(world.train('--epochs', '3', '--dry-run'), { dataDir })
    expect(screenDifference('train-dry-run', stdout)).toBe('')
    const list = await ktrdr(['operations', 'list', '--json'], { dataDir })
    expect(list.json()).toMatchObject({ total: 0 })
  })

  it('says nothing but the result when it is told to be quiet', async () => {
    const { stdout, stderr } = await ktrdr(world.train('--epochs', '3', '--quiet'), history)
    expect(stderr).toBe('')
    expect(screenDifference('train-result', stdout)).toBe('')
  })
})

describe('the rest', () => {
  it('lists the features of a strategy that is sound', async () => {
    const { stdout } = await run('validate', world.strategy)
    expect(screenDifference('validate-ok', stdout)).toBe('')
  })

  it('plans a sweep, does it, and has nothing left to do', async () => {
    const packs = join(history.dataDir, 'packs', history.cancelled)
    mkdirSync(packs, { recursive: true })
    writeFileSync(join(packs, '.tmp-0123456789ab'), 'left behind')
    const planned = await run('gc', '--dry-run')
    expect(screenDifference('gc-dry-run', planned.stdout)).toBe('')
    const done = await run('gc')
    expect(screenDifference('gc', done.stdout), 'the dry run removed nothing').toBe('')
    const again = await run('gc')
    expect(screenDifference('gc-nothing', again.stdout)).toBe('')
  })
})
