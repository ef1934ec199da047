// `ktrdr __complete KIND WORD`: names that a word may go on to, one a line with its meaning behind a tab, for the
// scripts of src/terminal/completion. It is asked while somebody types: it only reads, creates nothing, is silent about
// whatever is wrong, and loads little, past oclif and the front door.

import { existsSync, readdirSync } from 'node:fs'
import { resolveSettings, type Settings } from './settings.ts'
import {
  checkpointsBeginning,
  modelsBeginning,
  operationsBeginning,
  type Named,
} from './store/completion-queries.ts'
import { openToLook, type Sqlite } from './store/database.ts'

const IDS: Readonly<Record<string, (db: Sqlite, typed: string) => Named[]>> = {
  operations: (db, typed) => [
    ...('latest'.startsWith(typed) ? [{ name: 'latest', meaning: 'the newest one' }] : []),
    ...operationsBeginning(db, typed),
  ],
  checkpoints: checkpointsBeginning,
  models: modelsBeginning,
}

export async function complete(
  [kind = '', typed = '']: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<string> {
  try {
    const settings = await resolveSettings({ env, cwd })
    const named = kind === 'strategies' ? strategies(settings, typed) : ids(settings, kind, typed)
    return named
      .filter(({ name }) => NAME.test(name))
      .map(({ name, meaning }) => `${name}\t${UNSEEN.test(meaning) ? '' : meaning}\n`)
      .join('')
  } catch {
    return ''
  }
}

/** Nothing that a shell or a terminal would take for more than a name. */
const NAME = /^[\w@./+-]+$/
const UNSEEN = /[\p{Cc}\p{Bidi_Control}]/u

function ids({ layout }: Settings, kind: string, typed: string): Named[] {
  const find = IDS[kind]
  if (!find || !existsSync(layout.database)) return []
  const { db } = openToLook(layout.database)
  try {
    return find(db, typed)
  } finally {
    db.close()
  }
}

/** Files that can be named without their extension. */
function strategies({ strategyDirectories }: Settings, typed: string): Named[] {
  const names = strategyDirectories.flatMap((directory) => {
    const files = existsSync(directory) ? readdirSync(directory) : []
    return files.flatMap((file) => /^([A-Za-z0-9][\w-]*)\.ya?ml$/.exec(file)?.[1] ?? [])
  })
  return [...new Set(names)]
    .filter((name) => name !== 'ktrdr' && name.startsWith(typed))
    .toSorted()
    .map((name) => ({ name, meaning: '' }))
}
