// What Tab brings, in real shells. bash is everywhere; zsh and fish are asked where they are installed, and what the
// scripts for them hold is checked in any case.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../commands/index.ts'
import { directoriesOfFile } from '../support/spawned.ts'
import { makeHistory, type History } from '../support/history.ts'
import { ktrdr, PROGRAMS } from '../support/program.ts'
import { shellWord } from '../../src/core/shell-word.ts'
import { openShell } from '../support/terminal.ts'
import { makeWorld } from '../support/world.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** Takes back the space that follows a word of which there is only one. */
const BACKSPACE = '\u007F'

const world = makeWorld()
const directory = directoriesOfFile()
let history: History
let scripts: Readonly<Record<Shell, string>>
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  history = await makeHistory(world, 'history')
  const printed = SHELLS.map(async (shell) => {
    const { stdout } = await ktrdr(['completion', shell], { dataDir: '/nowhere' })
    const file = join(directory('scripts'), `ktrdr.${shell}`)
    writeFileSync(file, stdout)
    return [shell, file]
  })
  scripts = Object.fromEntries(await Promise.all(printed))
  const program = join(directory('bin'), 'ktrdr')
  writeFileSync(program, `#!/bin/sh\nexec ${PROGRAMS.bundle.map(shellWord).join(' ')} "$@"\n`)
  chmodSync(program, 0o700)
  env = {
    ...process.env,
    PATH: `${directory('bin')}${delimiter}${process.env['PATH']}`,
    KTRDR_DATA_DIR: history.dataDir,
    KTRDR_STRATEGIES_DIR: world.directory,
  }
  return world.remove
})

const isInstalled = (shell: Shell): boolean => spawnSync(shell, ['--version']).status === 0

/** What bash would replace the word at the cursor by, or show to choose from. */
function inBash(line: string): string[] {
  const script = `. ${shellWord(scripts.bash)}
    COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=(ktrdr)
    _ktrdr
    printf '%s\\n' "\${COMPREPLY[@]}"`
  return run('bash', ['--norc', '-c', script, 'bash', line])
}

function inFish(line: string): string[] {
  const script = `source ${shellWord(scripts.fish)}; complete -C ${shellWord(line)}`
  return run('fish', ['--no-config', '-c', script]).map((answer) => answer.split('\t')[0]!)
}

function run(command: string, args: readonly string[]): string[] {
  const cwd = world.directory
  const answer = execFileSync(command, args, { env, cwd, encoding: 'utf8', stdio: 'pipe' })
  return answer.split('\n').filter(Boolean)
}

/** The line, and what Tab brings; ids as they are called in a history. */
const LINES: readonly (readonly [line: string, brings: readonly string[]])[] = [
  ['ktrdr oper', ['operations']],
  ['ktrdr operations res', ['resume']],
  ['ktrdr operations list --res', ['--resumable']],
  ['ktrdr operations list --status ', ['cancelled', 'completed', 'failed', 'running']],
  ['ktrdr operations list --json --limit 5 --sort a', ['age']],
  ['ktrdr operations show la', ['latest']],
  ['ktrdr operations resume op_backtesting', ['{backtest}']],
  ['ktrdr compare latest la', ['latest']],
  ['ktrdr checkpoints show {backtest}@', ['{backtest}@1', '{backtest}@2']],
  ['ktrdr backtest wa', ['walk', 'walk', 'walk.yaml']],
  ['ktrdr backtest walk@', ['walk@1']],
  ['ktrdr train wa', ['walk', 'walk.yaml']],
  ['ktrdr indicators show rs', ['rsi']],
  ['ktrdr config show cleanup.', ['cleanup.auto', 'cleanup.interval']],
  ['ktrdr help exi', ['exit-codes']],
  ['ktrdr help operations res', ['resume']],
  ['ktrdr operations show latest ', []],
  ['ktrdr nonsense x', []],
]

const named = (text: string): string => text.replace('{backtest}', history.backtest)

describe('bash', () => {
  it.each(LINES)('%s', (line, brings) => {
    const typed = named(line)
    // Of a word with an @, bash wants what begins there.
    const kept = /@/.test(typed) ? typed.slice(typed.lastIndexOf(' ') + 1).replace(/@.*/, '') : ''
    expect(inBash(typed).toSorted()).toEqual(
      brings.map((word) => named(word).slice(kept.length)).toSorted(),
    )
  })

  it('completes in a terminal, after Tab', async () => {
    const shell = openShell('bash', ['--norc', '-i'], { ...env, PS1: '$ ' })
    shell.type(`. ${shellWord(scripts.bash)}; echo re''ady\r`)
    await shell.until(/^ready$/m)
    shell.type('ktrdr operations sh\tlat\t; echo d')
    await shell.until(/\$ ktrdr operations show latest ; echo d/)
    shell.type('\u0015ktrdr operations list --status=f\t')
    await shell.until(/--status=failed/)
    shell.type(
      `\u0015ktrdr checkpoints show ${history.backtest.slice(0, 20)}\t${BACKSPACE}@2\t--json`,
    )
    await shell.until(new RegExp(`${history.backtest}@2 --json`))
    shell.type('\u0015exit\r')
    expect(await shell.done).toBe(0)
  })
})

describe('fish', () => {
  it.runIf(isInstalled('fish')).each(LINES)('%s', (line, brings) => {
    expect(inFish(named(line)).toSorted()).toEqual(brings.map(named).toSorted())
  })
})

describe('zsh', () => {
  it.runIf(isInstalled('zsh'))('completes in a terminal, after Tab', async () => {
    const shell = openShell('zsh', ['-f', '-i'], { ...env, PS1: '$ ' })
    const start = 'autoload -Uz compinit; compinit -u -D'
    shell.type(`${start}; source ${shellWord(scripts.zsh)}; echo re''ady\r`)
    await shell.until(/^ready$/m)
    shell.type('ktrdr operations sh\tlat\t; echo d')
    await shell.until(/\$ ktrdr operations show latest ; echo d/)
    shell.type('\u0015ktrdr operations list --status=f\t')
    await shell.until(/--status=failed/)
    shell.type('\u0015exit\r')
    expect(await shell.done).toBe(0)
  })
})

it.each(SHELLS)('the script for %s knows every command with every flag', (shell) => {
  const text = execFileSync('cat', [scripts[shell]], { encoding: 'utf8' })
  for (const [id, { flags = {} }] of Object.entries<{ readonly flags?: object }>(COMMANDS)) {
    const name = id.replaceAll(':', ' ')
    const pattern = shell === 'fish' ? `case '${name}'` : `    ${name.replaceAll(' ', '\\ ')})`
    const rule = text.split('\n').findIndex((line) => line.includes(pattern))
    expect(rule, name).toBeGreaterThan(0)
    const list = text
      .split('\n')
      .slice(rule, rule + 2)
      .join('\n')
    for (const flag of [...Object.keys(flags), 'json', 'data-dir'])
      expect(list).toContain(`--${flag}`)
  }
})

describe('ktrdr __complete', () => {
  it('creates nothing, and is silent whatever is wrong', async () => {
    const dataDir = join(directory('empty'), 'never')
    const cwd = directory('broken')
    writeFileSync(join(cwd, 'ktrdr.yaml'), 'a: [')
    for (const args of [['operations'], ['checkpoints', 'x@'], ['models'], ['nonsense'], []])
      for (const at of [cwd, directory('empty')])
        expect(await ktrdr(['__complete', ...args], { dataDir, cwd: at })).toMatchObject({
          code: 0,
          stderr: '',
        })
    expect(readdirSync(directory('empty'))).toEqual([])
  })

  it('is silent about a database that is none', async () => {
    const dataDir = directory('none')
    writeFileSync(join(dataDir, 'ktrdr.db'), 'no database at all')
    const { code, stdout, stderr } = await ktrdr(['__complete', 'models'], { dataDir })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('does not record who has died: it only reads', async () => {
    const killed = world.dataDir('dead')
    await ktrdr(world.train('--checkpoint-every', '20batches', '--progress', 'none'), {
      dataDir: killed,
      fault: 'batch@60:kill',
    })
    const { stdout } = await ktrdr(['__complete', 'operations'], { dataDir: killed })
    expect(stdout).toMatch(/^op_training_\w+\twalk running$/m)
    expect(existsSync(join(killed, 'ktrdr.db'))).toBe(true)
  })
})
