// A shell that stays open while a page is typed into it: what one line exports, the next one knows, and `$?` is the
// status of the line before.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn as spawnTerminal } from '@lydell/node-pty'
import { createScreen, ENTER } from './terminal.ts'

export type Answer = { readonly status: number; readonly said: string }

export type Shell = {
  /** @param stop Ctrl-C is pressed as soon as this has been said */
  readonly type: (command: string, stop?: RegExp) => Promise<Answer>
  /** In a terminal, with a yes to what is asked. */
  readonly confirm: (command: string) => Promise<Answer>
  /** Whatever was started `--detach` ends with it. */
  readonly close: () => Promise<void>
}

/** Ends what a command has said; nothing of ours says it. */
const MARK = '\u0001'

export function openPlainShell(cwd: string, env: Readonly<Record<string, string>>): Shell {
  const options = { cwd, env, stdio: 'pipe', detached: true } as const
  const child = spawn('/bin/sh', ['-s'], options)
  let said = ''
  let isOpen = true
  let look = (): void => {}
  const hear = (text: string): void => {
    said += text
    look()
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  child.on('close', () => {
    isOpen = false
    look()
  })
  child.stdin.write('trap : INT\n') // the shell itself outlives Ctrl-C
  let last = 0
  let isDetached = false

  const type = (command: string, stop?: RegExp): Promise<Answer> => {
    said = ''
    isDetached ||= command.includes('--detach')
    child.stdin.write(
      `(exit ${last}); {\n${command}\n} </dev/null 2>&1; printf '${MARK}%d${MARK}' $?\n`,
    )
    let isStopped = false
    return new Promise((finish, fail) => {
      look = () => {
        const [, all, status] = new RegExp(`^(.*)${MARK}(\\d+)${MARK}`, 's').exec(said) ?? []
        if (status !== undefined) {
          last = Number(status)
          finish({ status: last, said: all! })
        } else if (!isOpen) fail(new Error(`the shell has ended within ${command}\n${said}`))
        else if (stop?.test(said) && !isStopped) {
          isStopped = true
          process.kill(-child.pid!, 'SIGINT')
        }
      }
    })
  }

  return {
    type,
    confirm: async (command) => {
      const [exports, script] = ['exports', 'typed'].map((name) => join(env['HOME']!, name))
      await type(`export -p > '${exports}'`)
      writeFileSync(script!, `. '${exports}'\ncd '${cwd}'\n${command}\n`)
      const answer = await confirmed(script!, { ...env, TERM: 'xterm-256color' })
      last = answer.status
      return answer
    },
    close: async () => {
      if (isDetached) await type('ktrdr operations cancel --all').catch(() => {})
      if (isOpen) process.kill(-child.pid!, 'SIGKILL')
    },
  }
}

const COLUMNS = 120

/** Runs a script in a terminal and says yes. */
function confirmed(script: string, env: Readonly<Record<string, string>>): Promise<Answer> {
  const child = spawnTerminal('/bin/sh', [script], { cols: COLUMNS, env })
  const screen = createScreen(COLUMNS)
  let isAsked = false
  child.onData((data) => {
    screen.write(data)
    if (isAsked || !/\[y\/N\]:/.test(screen.text())) return
    isAsked = true
    child.write(`y${ENTER}`)
  })
  return new Promise((finish) => {
    child.onExit(({ exitCode }) => finish({ status: exitCode, said: screen.text() }))
  })
}
