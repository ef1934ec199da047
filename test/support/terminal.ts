// Runs the program in a real pseudo terminal, as a user sees it: what stands on the screen, and which lines were
// longer than the terminal is wide.

import { spawn } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'
import { PROGRAMS, ROOT } from './program.ts'

export type TerminalOptions = {
  readonly dataDir: string
  /** 0 = a terminal that does not know its width. */
  readonly columns?: number
  readonly fault?: string
  readonly env?: Readonly<Record<string, string>>
}

export type Terminal = {
  readonly pid: number
  readonly type: (keys: string) => void
  /** Everything above and on the screen, as it stands now. */
  readonly screen: () => string
  /** Everything that was ever written, control sequences left out. */
  readonly written: () => string
  /** Lines that did not fit and went on in the next row. */
  readonly wrapped: () => readonly string[]
  readonly until: (pattern: RegExp) => Promise<void>
  /** Resolves to the exit code. */
  readonly done: Promise<number>
  /** The window is closed. */
  readonly close: () => void
}

export const CTRL_C = '\u0003'
export const CTRL_Z = '\u001A'
export const ENTER = '\r'

const UNKNOWN_WIDTH = 80
const ROWS = 50

export function openTerminal(args: readonly string[], options: TerminalOptions): Terminal {
  const { dataDir, columns = 120, fault, env } = options
  const { KTRDR_FAULT: _, NODE_OPTIONS: __, CI: ___, ...inherited } = process.env
  const prepare = columns === 0 ? 'stty cols 0 rows 0; ' : ''
  const program = ['-c', `${prepare}exec "$0" "$@"`, ...PROGRAMS.bundle, ...args]
  return openShell(
    '/bin/sh',
    program,
    {
      ...inherited,
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      KTRDR_DATA_DIR: dataDir,
      ...(fault === undefined ? {} : { KTRDR_FAULT: fault }),
      ...env,
    },
    columns || UNKNOWN_WIDTH,
  )
}

/** Any program in a pseudo terminal. */
export function openShell(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  columns = 120,
): Terminal {
  const child = spawn(command, [...args], { cols: columns, rows: ROWS, cwd: ROOT, env })
  const screen = createScreen(columns)
  child.onData(screen.write)
  let isDone = false
  const done = new Promise<number>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      isDone = true
      resolve(signal ? 128 + signal : exitCode)
    })
  })
  onTestFinished(() => {
    if (!isDone) process.kill(child.pid, 'SIGKILL')
  })
  return {
    pid: child.pid,
    type: (keys) => child.write(keys),
    screen: screen.text,
    written: screen.written,
    wrapped: screen.wrapped,
    until: async (pattern) => {
      while (!pattern.test(screen.text())) {
        if (isDone) throw new Error(`it ended before ${pattern}:\n${screen.text()}`)
        await new Promise((wake) => setTimeout(wake, 5))
      }
    },
    done,
    close: () => (child as unknown as { destroy: () => void }).destroy(),
  }
}

/** Text, or one control sequence: CSI, OSC, or a single control character. */
// oxlint-disable-next-line no-control-regex
const PIECE = /\u001B\[([?\d;]*)([A-Za-z])|\u001B[78]|[\u0000-\u001F]|[^\u0000-\u001F]+/g

/** As much of a terminal as ktrdr needs: it puts characters where the cursor is and moves it. */
export function createScreen(columns: number) {
  const rows: string[] = ['']
  const wrapped: string[] = []
  let written = ''
  let row = 0
  let column = 0

  const put = (text: string): void => {
    written += text
    for (const character of text) {
      if (column === columns) {
        wrapped.push(rows[row]!)
        newLine()
        column = 0
      }
      const line = rows[row]!.padEnd(column)
      rows[row] = line.slice(0, column) + character + line.slice(column + 1)
      column++
    }
  }
  const newLine = (): void => {
    row++
    rows[row] ??= ''
  }
  const control = (piece: string, argument: string, command: string | undefined): void => {
    const n = Number(argument || 1)
    if (piece === '\r') column = 0
    else if (piece === '\n') {
      written += '\n'
      newLine()
    } else if (piece === '\b') column = Math.max(0, column - 1)
    else if (command === 'G') column = n - 1
    else if (command === 'A') row = Math.max(0, row - n)
    else if (command === 'B') row = Math.min(rows.length - 1, row + n)
    else if (command === 'C') column += n
    else if (command === 'D') column = Math.max(0, column - n)
    else if (command === 'K')
      rows[row] = argument === '2' ? '' : rows[row]!.slice(0, argument === '1' ? 0 : column)
    else if (command === 'J') rows.splice(row, Infinity, rows[row]!.slice(0, column))
  }
  return {
    write: (data: string): void => {
      for (const [piece, argument = '', command] of data.matchAll(PIECE))
        // oxlint-disable-next-line no-control-regex
        if (/^[\u0000-\u001F]/.test(piece)) control(piece, argument, command)
        else put(piece)
    },
    text: () => rows.map((line) => line.trimEnd()).join('\n'),
    written: () => written,
    wrapped: () => wrapped,
  }
}
