// In a real terminal: the spinner and the bar.

import { beforeAll, describe, expect, it } from 'vitest'
import { ktrdr } from '../support/program.ts'
import { CTRL_C, openTerminal } from '../support/terminal.ts'
import { makeWorld } from '../support/world.ts'

const world = makeWorld()

beforeAll(() => world.remove)

const BAR = /^epoch +\d+\/9000 /m
const SHORT_BAR = /^(?:epoch )?\d+\/9000 +\d+%$/m
const SHORTEST_BAR = /^\d+%$/m

describe('a training in a terminal', () => {
  it.each([120, 80, 40, 20, 10, 0])('of %d columns shows a bar that fits', async (columns) => {
    const dataDir = world.dataDir(`columns-${columns}`)
    const terminal = openTerminal(world.train('--epochs', '9000'), { dataDir, columns })
    const bar = columns === 0 || columns > 20 ? BAR : columns > 10 ? SHORT_BAR : SHORTEST_BAR
    await terminal.until(bar)
    await new Promise((pause) => setTimeout(pause, 300)) // three times drawn anew
    const during = terminal.screen()
    terminal.type(CTRL_C)
    expect(await terminal.done).toBe(130)
    expect(during.split('\n').at(-1)).toMatch(bar)
    expect(
      terminal.wrapped().filter((line) => bar.test(line)),
      'a bar that wraps fills the screen',
    ).toEqual([])
    expect(terminal.written(), 'the first sign of life').toContain(
      'Loading data and features'.slice(0, (columns || 80) - 5),
    )
    expect(terminal.screen(), 'spinner and bar are gone').not.toMatch(/Loading|▓|░/)
  })

  it('breaks no word in 40 columns but ids and commands', async () => {
    const dataDir = world.dataDir('words')
    const terminal = openTerminal(world.train('--epochs', '9000'), { dataDir, columns: 40 })
    await terminal.until(BAR)
    terminal.type(CTRL_C)
    await terminal.done
    expect(terminal.wrapped().filter((line) => !/op_|resume/.test(line))).toEqual([])
    const list = openTerminal(['operations', 'list'], { dataDir, columns: 40 })
    await list.done
    expect(list.wrapped()).toEqual([])
    expect(list.screen()).toMatch(/^[a-z2-9]{6} +CANCELLED/m)
  })

  it('draws with plain characters where the locale has no others', async () => {
    const dataDir = world.dataDir('ascii')
    const env = { LC_ALL: 'C' }
    const terminal = openTerminal(world.train('--epochs', '9000'), { dataDir, env })
    await terminal.until(/^epoch +\d+\/9000 +[#-]+ +\d+%/m)
    terminal.type(CTRL_C)
    await terminal.done
    expect(terminal.written(), 'it says the same').toMatch(/ 2 indicators -> 3 inputs -> MLP/)
    expect(terminal.written(), 'spinner included').toMatch(/^[\x20-\x7E\n]*$/)
  })

  it.each([
    ['saves for the last time', 'save.before-fsync@1:stall', 9000, /^. Saving$/m],
    ['publishes what it has made', 'complete.begun:stall', 3, /^. Publishing$/m],
  ])('says what it does while it %s', async (_, fault, epochs, stage) => {
    const dataDir = world.dataDir(`stage-${epochs}`)
    const often = ['--epochs', String(epochs), '--checkpoint-interval', '0']
    const terminal = openTerminal(world.train(...often), { dataDir, fault })
    if (epochs > 3) {
      await terminal.until(BAR)
      terminal.type(CTRL_C)
    }
    await terminal.until(stage)
    await terminal.done
    expect(terminal.screen(), 'and is tidy afterwards').not.toMatch(stage)
  })

  it('shows nothing but the result when it is told to be quiet', async () => {
    const dataDir = world.dataDir('quiet')
    const terminal = openTerminal(world.train('--epochs', '3', '--quiet'), { dataDir })
    expect(await terminal.done).toBe(0)
    expect(terminal.written()).toMatch(/^Model +walk@1 /)
  })

  it('leaves the cursor alone, so that even a kill leaves the terminal usable', async () => {
    const dataDir = world.dataDir('cursor')
    const often = ['--checkpoint-every', '1epochs']
    const terminal = openTerminal(world.train('--epochs', '9000', ...often), { dataDir })
    await terminal.until(/saved @ \d+$/m)
    process.kill(terminal.pid, 'SIGKILL')
    expect(await terminal.done).toBe(137)
    const list = await ktrdr(['operations', 'list'], { dataDir })
    expect(list.stderr).toMatch(/^op_\S+ has died since\. To go on: {2}ktrdr operations resume op_/)
  })
})
