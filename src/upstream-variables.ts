// Environment variables: those of upstream (its settings, spec §9.11) that mean nothing here, with what to use
// instead, and names that are none of ours. Those of upstream that do mean something are aliases in settings.ts.

import { nearest } from './core/did-you-mean.ts'
import { settingEntries, variableOf } from './setting-table.ts'

/** By name, or by a beginning that ends in *. */
export const UPSTREAM_VARIABLES: Readonly<Record<string, string>> = {
  KTRDR_CHECKPOINT_DIR: 'checkpoints lie in the data directory: KTRDR_DATA_DIR',
  CHECKPOINT_DIR: 'checkpoints lie in the data directory: KTRDR_DATA_DIR',
  KTRDR_DATA_CACHE_DIR:
    'the cache lies in the data directory; KTRDR_DATA_CACHE=false switches it off',
  'KTRDR_ORPHAN_*': 'every command looks for dead runs when it starts',
  'KTRDR_OPS_*': 'lists are read from the database; KTRDR_CHECKPOINT_MAX_AGE says what is kept',
  OPERATIONS_CACHE_TTL: 'lists are read from the database and never cached',
  KTRDR_API_URL: 'there is no server: a run belongs to the process that was started',
  'KTRDR_WORKER_*': 'there are no worker hosts: a run belongs to the process that was started',
  'KTRDR_DB_*': 'there is no database server: SQLite keeps everything in KTRDR_DATA_DIR',
}

/** What is read from the environment and is no setting. Of keys and passphrases nothing shows more than that they are set. */
export const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  KTRDR_ENCRYPTION_KEY: 'the key of encrypted checkpoints, as hex or base64',
  KTRDR_ENCRYPTION_PASSPHRASE: 'a passphrase instead of the key',
  KTRDR_NEW_ENCRYPTION_PASSPHRASE: 'the passphrase that `checkpoints rekey` changes to',
  KTRDR_FAULT: 'for tests: dies, fails or stops at a named point',
}

export const SECRET_VARIABLES = [
  'KTRDR_ENCRYPTION_KEY',
  'KTRDR_ENCRYPTION_PASSPHRASE',
  'KTRDR_NEW_ENCRYPTION_PASSPHRASE',
] as const

/** Of test runs of ktrdr itself. */
const OF_TESTS = /^KTRDR_LAB$/

type Environment = Readonly<Record<string, string | undefined>>

/** What stands in the environment and does nothing, as sentences. */
export function ignoredVariables(env: Environment): string[] {
  const known = settingEntries().flatMap(([key, { aliases = [] }]) => [variableOf(key), ...aliases])
  const ours = [...known, ...Object.keys(OTHER_VARIABLES)]
  return Object.keys(env)
    .filter((name) => env[name] !== '' && !ours.includes(name))
    .toSorted()
    .flatMap((name) => {
      const instead = insteadOf(name)
      if (instead !== undefined) return [`${name} has no effect here: ${instead}.`]
      if (!name.startsWith('KTRDR_') || OF_TESTS.test(name)) return []
      const meant = nearest(name, ours)
      const question = meant === undefined ? '' : ` Did you mean ${meant}?`
      return [`${name} has no effect: there is no such setting.${question}`]
    })
}

function insteadOf(name: string): string | undefined {
  const found = Object.keys(UPSTREAM_VARIABLES).find((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  )
  return found && UPSTREAM_VARIABLES[found]
}
