// Scripts that complete command lines, one a shell, from one table. What is known when the script is printed stands in
// it; ids are asked for while typing: `ktrdr __complete KIND WORD` (src/complete.ts).

import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const
export type CompletionShell = (typeof COMPLETION_SHELLS)[number]

/**
 * What can be typed in a place: words, separated by spaces, of which `@operations` (and the like) stands for ids to
 * be asked for and `/` for files. Empty: nobody knows.
 */
export type Candidates = string

export type CommandCompletion = {
  /** As it is typed: "operations list". */
  readonly name: string
  readonly summary: string
  /** `value` null: the flag takes none. */
  readonly flags: readonly {
    readonly name: string
    readonly meaning: string
    readonly value: Candidates | null
  }[]
  readonly args: readonly Candidates[]
  /** Whether the last argument may be given again and again. */
  readonly repeats: boolean
}

export function completionScript(
  shell: CompletionShell,
  table: readonly CommandCompletion[],
): string {
  switch (shell) {
    case 'bash':
      return bashScript(table)
    case 'zsh':
      return zshScript(table)
    case 'fish':
      return fishScript(table)
  }
}
