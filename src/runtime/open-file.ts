// Opens a file with the program that the system has for its kind.

import { spawn } from 'node:child_process'

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'open',
  win32: 'explorer',
}

/** Does not wait for the program to end. @returns false when there is none to open files with */
export function openFile(path: string): Promise<boolean> {
  const opener = OPENERS[process.platform] ?? 'xdg-open'
  return new Promise((answer) => {
    const child = spawn(opener, [path], { stdio: 'ignore', detached: true })
    child.on('error', () => answer(false))
    child.on('spawn', () => {
      child.unref()
      answer(true)
    })
  })
}
