// The question before something is destroyed, in a real terminal.

import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { ktrdr } from '../support/program.ts'
import { screenDifference } from '../support/screens.ts'
import { CTRL_C, ENTER, openTerminal } from '../support/terminal.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()
let dataDir: string
let count = 0

afterAll(() => world.remove())

/** A stopped training with one checkpoint. */
beforeEach(async () => {
  dataDir = world.dataDir(`data-${count++}`)
  await ktrdr(world.train('--epochs', '20'), { dataDir, fault: 'batch@90:cancel' })
})

async function isStillThere(): Promise<boolean> {
  const { json } = await ktrdr(['operations', 'list', '--json'], { dataDir })
  return json().resumable === 1
}

const ask = (...flags: string[]) =>
  openTerminal(['checkpoints', 'delete', 'latest', ...flags], { dataDir })

describe('checkpoints cleanup', () => {
  const cleanUp = () => openTerminal(['checkpoints', 'cleanup', '--older-than', '1ms'], { dataDir })

  it('asks with what would go and why, and does it after y', async () => {
    const terminal = cleanUp()
    await terminal.until(/\[y\/N\]:/)
    expect(screenDifference('cleanup-question', terminal.screen())).toBe('')
    terminal.type(`y${ENTER}`)
    expect(await terminal.done).toBe(0)
    expect(await isStillThere()).toBe(false)
  })

  it('does nothing after Enter alone', async () => {
    const terminal = cleanUp()
    await terminal.until(/\[y\/N\]:/)
    terminal.type(ENTER)
    expect(await terminal.done).toBe(0)
    expect(terminal.screen()).toContain('Clean-up aborted.')
    expect(await isStillThere()).toBe(true)
  })
})

describe('checkpoints delete', () => {
  it('asks with what would go, and deletes after y', async () => {
    const terminal = ask()
    await terminal.until(/\[y\/N\]:/)
    terminal.type(`y`)
    await terminal.until(/\[y\/N\]: +y/)
    const asked = terminal.screen()
    terminal.type(ENTER)
    expect(await terminal.done).toBe(0)
    const [answer] = terminal.screen().split('\n').slice(-2)
    expect(screenDifference('checkpoints-delete', `${asked.trimEnd()}\n${answer}`)).toBe('')
    expect(await isStillThere()).toBe(false)
  })

  it('deletes what it has asked about, even when another operation has become the latest', async () => {
    const terminal = ask()
    await terminal.until(/\[y\/N\]:/)
    const other = await ktrdr([...world.train('--epochs', '20'), '--json'], {
      dataDir,
      fault: 'batch@90:cancel',
    })
    terminal.type(`y${ENTER}`)
    expect(await terminal.done).toBe(0)
    const { json } = await ktrdr(['operations', 'list', '--resumable', '--json'], { dataDir })
    const ids = json().operations.map((view: { operationId: string }) => view.operationId)
    expect(ids, 'the other one is untouched').toEqual([other.json().operationId])
    expect(terminal.screen(), 'it asked about the first').not.toContain(ids[0])
  })

  it('deletes the versions that it has shown, and no newer one', async () => {
    const terminal = ask()
    await terminal.until(/\[y\/N\]:/)
    await ktrdr(['operations', 'resume', 'latest'], { dataDir, fault: 'batch@150:cancel' })
    terminal.type(`y${ENTER}`)
    expect(await terminal.done).toBe(0)
    const { json } = await ktrdr(['checkpoints', 'list', '--json'], { dataDir })
    expect(json().checkpoints).toMatchObject([{ seq: 2, type: 'cancellation' }])
  })

  it.each([
    ['nothing but Enter', ENTER],
    ['n', `n${ENTER}`],
    ['no', `no${ENTER}`],
  ])('deletes nothing after %s', async (_, keys) => {
    const terminal = ask()
    await terminal.until(/\[y\/N\]:/)
    terminal.type(keys)
    expect(await terminal.done).toBe(0)
    expect(terminal.screen()).toContain('Deletion aborted.')
    expect(await isStillThere()).toBe(true)
  })

  it('deletes nothing after Ctrl-C, and exits 130', async () => {
    const terminal = ask()
    await terminal.until(/\[y\/N\]:/)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    expect(terminal.screen()).toContain('nothing was done')
    expect(await isStillThere()).toBe(true)
  })

  it('takes no letter for yes that is not', async () => {
    const terminal = ask()
    await terminal.until(/\[y\/N\]:/)
    terminal.type(`maybe${ENTER}`)
    await terminal.until(/You must answer/)
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    expect(await isStillThere()).toBe(true)
  })

  it('does not ask when it was told yes', async () => {
    const terminal = ask('--yes')
    expect(await terminal.done).toBe(0)
    expect(terminal.written()).toMatch(/^Checkpoint deleted\. Freed \S+ kB\.\n$/)
    expect(await isStillThere()).toBe(false)
  })
})
