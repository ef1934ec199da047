// The strategies of examples/strategies: each is sound, and the command in its first lines trains it, or backtests its
// rules.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ktrdr, ROOT, tempDir } from '../support/program.ts'

const DIRECTORY = join('examples', 'strategies')
const FILES = readdirSync(join(ROOT, DIRECTORY)).filter((name) => name.endsWith('.yaml'))

/** The arguments of `ktrdr train …` or `ktrdr backtest …` among the comments, which may go on over several lines. */
function commandIn(text: string): string[] {
  const comments = text
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .map((line) => line.slice(1).trim())
  const begin = comments.findIndex((line) => /^ktrdr (train|backtest) /.test(line))
  const end = comments.findIndex((line, i) => i >= begin && !line.endsWith('\\'))
  const lines = comments.slice(begin, end + 1).map((line) => line.replace(/\\$/, ''))
  return lines.join(' ').trim().split(/\s+/).slice(1)
}

describe.each(FILES)('%s', (name) => {
  const path = join(DIRECTORY, name)
  const command = commandIn(readFileSync(join(ROOT, path), 'utf8'))

  it('is valid without a warning', async () => {
    const { code, json } = await ktrdr(['validate', path, '--json'], { dataDir: tempDir() })
    expect(code).toBe(0)
    expect(json().warnings).toEqual([])
  })

  it('does what the command says that it names, and is backtested', async () => {
    expect(command[1], 'the command is about this file').toBe(path)
    const dataDir = tempDir()
    if (command[0] === 'backtest') {
      const tested = await ktrdr([...command, '--json'], { dataDir })
      expect(tested.json()).toMatchObject({ status: 'completed' })
      return
    }
    const trained = await ktrdr([...command, '--epochs', '1', '--json'], { dataDir })
    expect(trained.stderr).not.toContain('Error')
    expect(trained.json()).toMatchObject({ status: 'completed', epochs: 1 })
    const firstData = command.slice(2, 4)
    const tested = await ktrdr(['backtest', path, ...firstData, '--json'], { dataDir })
    expect(tested.json()).toMatchObject({ status: 'completed' })
  })
})

it('the synthetic bars are those that the command in their README makes', async () => {
  const directory = tempDir()
  const text = readFileSync(join(ROOT, 'examples', 'data', 'README.md'), 'utf8')
  const [, flags] = /`ktrdr (data synth [^`]+)`/.exec(text)!
  const { code } = await ktrdr(flags!.split(' '), { dataDir: directory, cwd: directory })
  expect(code).toBe(0)
  const bytesOf = (path: string): string => readFileSync(path, 'utf8')
  expect(bytesOf(join(directory, 'synth-1d.csv'))).toBe(
    bytesOf(join(ROOT, 'examples', 'data', 'synth-1d.csv')),
  )
})
