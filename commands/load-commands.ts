// How runCli comes to its commands. From the sources all of them are loaded, and oclif looks at each. A bundle has
// another module in the place of this one (scripts/bundle.mjs): the manifest that oclif made of them when it was
// built, and each command for itself, so that a run loads the one that it needs.

import type { Command } from '@oclif/core'
import { COMMANDS } from './index.ts'

export type Manifest = { readonly commands: Readonly<Record<string, Command.Cached>> }

export const manifest: Manifest | undefined = undefined

export async function loadCommands(): Promise<Readonly<Record<string, unknown>>> {
  return COMMANDS
}

export async function loadCommand(id: string): Promise<Command.Class> {
  return COMMANDS[id as keyof typeof COMMANDS] as unknown as Command.Class
}
