// `--data ID=PATH` as it can be pasted into a shell.

import { shellWord } from '../core/shell-word.ts'

/** @param id a symbol or a series */
export function dataFlag(id: string, path: string): string {
  return `--data ${shellWord(`${id}=${path}`)}`
}
