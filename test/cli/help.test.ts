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
    const [before = '', examples = ''] = stdout.split('EXAMPLES\n')
    expect(examples, 'at least one example').toMatch(new RegExp(`^ {2}\\$ ktrdr ${name}`))
    expect(before.trim(), 'and only the summary before them').not.toContain('\n')
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

  it.each([
    ['exit-codes', /^ {2}130 {2}stopped by SIGINT/m],
    ['environment', /^ {2}KTRDR_CHECKPOINT_KEEP_LAST {2,}newest ones to keep \(3\)$/m],
    ['files', /^ {2}ktrdr\.db {2,}\S/m],
    ['formats', /^ {2}DURATION {2,}90s/m],
  ])('on %s explains it', async (topic, row) => {
    const { stdout, stderr, code } = await run('help', topic)
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toMatch(row)
  })

  it.each([
    [['help', 'exitcodes'], 'There is no help on "exitcodes". Did you mean "exit-codes"?'],
    [
      ['help', 'operations', 'lst'],
      'Did you mean "operations list"?\nCode: USAGE\nTry this: ktrdr help operations list\n',
    ],
    [['help', 'nonsense'], 'There is no help on "nonsense".\nCode: USAGE\nTry this: ktrdr help\n'],
    [['lst', '--help'], '"lst" is not a ktrdr command.'],
  ])('on what there is not is a usage error: %j', async (args, message) => {
    const { stdout, stderr, code } = await run(...args)
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
    expect(stderr).toContain(message)
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
