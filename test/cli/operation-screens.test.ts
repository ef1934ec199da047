// What the user sees of runs that are looked after from another terminal, and of pages to read. The expected screens are
// files beside this one.

import { beforeAll, describe, expect, it } from 'vitest'
import { detach, detachedWorld } from '../support/detached.ts'
import { ktrdr } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { openTerminal } from '../support/terminal.ts'

const { world, FOREVER, at } = detachedWorld()

describe('a run that was stopped', () => {
  const dataDir = world.dataDir('stopped')
  const run = at(dataDir)

  beforeAll(async () => {
    // A stall takes two seconds, long enough for progress to be told before and after it.
    const fault = 'batch@105:stall,batch@110:cancel'
    await ktrdr(world.train('--epochs', '400', '--checkpoint-every', '1epochs'), { dataDir, fault })
  })

  it('is watched when it is over', async () => {
    const { stdout, stderr, code } = await run('operations', 'watch', 'latest')
    expect([code, stdout]).toEqual([130, ''])
    expect(screenDifference('operations-watch', stderr)).toBe('')
  })

  it('has a log', async () => {
    const { stdout } = await run('operations', 'logs', 'latest', '--lines', '2')
    expect(screenDifference('operations-logs', stdout)).toBe('')
  })

  it('cannot be stopped or saved once more', async () => {
    const cancelled = await run('operations', 'cancel', 'latest')
    expect(screenDifference('error-not-cancellable', cancelled.stderr)).toBe('')
    const saved = await run('operations', 'checkpoint', 'latest')
    expect(screenDifference('error-not-running', saved.stderr)).toBe('')
  })

  it('is tried again, and both know of each other', async () => {
    const retried = await ktrdr(['operations', 'retry', 'latest'], {
      dataDir,
      fault: 'batch@110:cancel',
    })
    expect(screenDifference('operations-retry', retried.stderr)).toBe('')
    const { json } = await run('operations', 'list', '--json')
    const [again, first] = json().operations.map(
      ({ operationId }: { operationId: string }) => operationId,
    )
    const shown = await run('operations', 'show', again)
    expect(screenDifference('operations-show-retry', shown.stdout)).toBe('')
    const page = (await run('operations', 'show', first)).stdout
    expect(page).toMatch(new RegExp(`^Retried By: +${again}$`, 'm'))
    const document = (await run('operations', 'show', again, '--json')).json()
    expect(document).toMatchObject({ retriedFrom: first, retriedBy: [] })
  })

  it('is deleted after a question', async () => {
    const terminal = openTerminal(['operations', 'delete', 'latest'], { dataDir, columns: 100 })
    await terminal.until(/\[y\/N\]:/)
    expect(screenDifference('operations-delete-question', terminal.screen())).toBe('')
    terminal.type('y\r')
    await terminal.done
    const { stdout } = await run('operations', 'delete', 'latest', '--yes')
    expect(screenDifference('operations-delete', stdout)).toBe('')
  })
})

describe('runs that go on', () => {
  const dataDir = world.dataDir('running')
  const run = at(dataDir)

  it('are started, listed, saved and stopped', async () => {
    await detach(FOREVER, { dataDir })
    const list = await run('operations', 'list')
    expect(screenDifference('operations-list-running', list.stdout)).toBe('')
    const saved = await run('operations', 'checkpoint', 'latest')
    expect(screenDifference('operations-checkpoint', saved.stdout)).toBe('')
    const deleted = await run('operations', 'delete', 'latest', '--yes')
    expect(screenDifference('error-already-running', deleted.stderr)).toBe('')
    const cancelled = await run('operations', 'cancel', 'latest')
    expect(screenDifference('operations-cancel', cancelled.stdout)).toBe('')
  })

  it('are told with where to watch and how to stop them', async () => {
    const { stdout } = await run(...FOREVER, '--detach', '--quiet')
    expect(screenDifference('detached', stdout)).toBe('')
    await detach(FOREVER, { dataDir })
    const all = await run('operations', 'cancel', '--all')
    expect(screenDifference('operations-cancel-all', all.stdout)).toBe('')
    const none = await run('operations', 'cancel', '--all')
    expect(screenDifference('operations-cancel-none', none.stdout)).toBe('')
  })

  it('are at most a second behind in a list, though nothing is saved', async () => {
    const { operationId } = await detach([...FOREVER, '--no-checkpoints'], { dataDir })
    const epochOf = async (): Promise<number> =>
      (await run('operations', 'list', '--status', 'running', '--json')).json().operations[0].cursor
        .at
    const first = await epochOf()
    let later = first
    while (later === first) later = await epochOf()
    expect(later).toBeGreaterThan(first)
    await run('operations', 'cancel', operationId)
  })
})

describe('pages', () => {
  it.each(['exit-codes', 'files', 'formats'])('of help: %s', async (topic) => {
    const { stdout } = await at(world.dataDir('help'))('help', topic)
    expect(screenDifference(`help-${topic}`, stdout)).toBe('')
  })

  it('of where things lie', async () => {
    const { stdout } = await at(world.dataDir('paths'))('config', 'path')
    expect(screenDifference('config-path', stdout)).toBe('')
  })
})
