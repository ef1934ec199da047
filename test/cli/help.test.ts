import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../commands/index.ts'
import { ktrdr } from '../support/program.ts'

/** Help is for everybody: it needs no data directory and makes none. */
const dataDir = join(tmpdir(), `ktrdr-never-${process.pid}`)

const run = (...args: string[]) => ktrdr(args, { dataDir })

const names = Object.keys(COMMANDS).map((id) => id.replaceAll(':', ' '))

describe.concurrent('help', () => {
  it.each(names)('of "%s" has a usage, examples to paste, and every global flag', async (name) => {
    const { stdout, stderr, code } = await run(...name.split(' '), '--help')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toContain(`USAGE\n  $ ktrdr ${name}`)
    const [, examples = ''] = stdout.split('EXAMPLES\n')
    expect(examples, 'at least one example').toMatch(new RegExp(`^ {2}\\$ ktrdr ${name}`))
    for (const flag of ['--json', '--data-dir', '--verbose', '--quiet'])
      expect(stdout, 'on every command').toContain(`  ${flag}`)
  })

  it('has no line wider than 80 columns in a pipe but examples', async () => {
    const { stdout } = await run('train', '--help')
    const long = stdout.split('\n').filter((line) => line.length > 80 && !line.includes('$ ktrdr'))
    expect(long).toEqual([])
  })

  it.each([[[]], [['--help']], [['-h']], [['help']]])(
    'of the whole lists topics and commands: %j',
    async (args) => {
      const { stdout, code } = await run(...args)
      expect(code).toBe(0)
      for (const word of ['operations', 'checkpoints', 'train', 'backtest', 'demo', 'gc'])
        expect(stdout).toMatch(new RegExp(`^ {2}${word} {2}`, 'm'))
    },
  )

  it('of a topic lists its commands', async () => {
    const { stdout } = await run('operations')
    expect(stdout).toMatch(/^ {2}operations resume +go on where/m)
  })

  it.each([
    [['help', 'operations', 'list']],
    [['operations', 'list', '-h']],
    [['operations', 'list', '--json', '--help']],
  ])('comes however it is asked for: %j', async (args) => {
    const { stdout, code } = await run(...args)
    expect(code).toBe(0)
    expect(stdout).toContain('USAGE\n  $ ktrdr operations list')
  })

  it('--version is one line', async () => {
    const { stdout } = await run('--version')
    expect(stdout).toMatch(/^ktrdr\/\d+\.\d+\.\d+ \w+-\w+ node-v[\d.]+\n$/)
  })
})

describe('after all that', () => {
  it('there is no data directory', () => {
    expect(existsSync(dataDir)).toBe(false)
  })
})
