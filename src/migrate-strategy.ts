// Writing a strategy of version 2 or older anew as version 3.

import { dirname, join } from 'node:path'
import { KtrdrError } from './core/errors.ts'
import { resolveSettings } from './settings.ts'
import type { Change, Migration } from './strategy/migrate-v2.ts'
import { writeStrategy } from './write-strategy.ts'

export type MigrateOptions = {
  readonly out?: string | undefined
  readonly force?: boolean
  readonly dryRun?: boolean
}

export type MigrationReport = {
  readonly path: string
  /** Version of the file: 3 when there was nothing to do. */
  readonly from: 1 | 2 | 3
  readonly name: string | null
  readonly changes: readonly Change[]
  readonly counts: Migration['counts'] | null
  /** Where the new file is, or would be. */
  readonly out: string | null
  readonly written: boolean
  readonly text: string | null
  readonly warnings: readonly string[]
  /** What keeps the new file from loading. */
  readonly problems: readonly string[]
}

/**
 * A file that would not load is written only by force.
 * @throws FILE_NOT_FOUND, STRATEGY_INVALID for what is no strategy at all; USAGE when `out` is there; IO_FAILED
 */
export async function migrateStrategy(
  nameOrPath: string,
  { out, force = false, dryRun = false }: MigrateOptions,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<MigrationReport> {
  const [{ findStrategy, formatProblem, readStrategy, stemOf }, { migrateV2 }] = await Promise.all([
    import('./strategy/load-strategy.ts'),
    import('./strategy/migrate-v2.ts'),
  ])
  const path = findStrategy(nameOrPath, (await resolveSettings({ env, cwd })).strategyDirectories)
  const migration = migrateV2(readStrategy(path), path, {
    stem: stemOf(path),
    ...(out === undefined ? {} : { name: stemOf(out) }),
  })
  if (migration === undefined) return { ...NOTHING_TO_DO, path }
  const { from, name, text, changes, counts } = migration
  const target = out ?? join(dirname(path), `${name}.v3.yaml`)
  const { warnings, problems } = await judge(text, target)
  const written = !dryRun && (force || problems.length === 0)
  if (written)
    writeStrategy(target, text, force, `ktrdr migrate ${path}${out ? ` --out ${out}` : ''} --force`)
  return {
    path,
    from,
    name,
    changes,
    counts,
    out: target,
    written,
    text,
    warnings: warnings.map(formatProblem),
    problems,
  }
}

const NOTHING_TO_DO = {
  from: 3,
  name: null,
  changes: [],
  counts: null,
  out: null,
  written: false,
  text: null,
  warnings: [],
  problems: [],
} as const

async function judge(text: string, file: string) {
  const { parseStrategy } = await import('./strategy/load-strategy.ts')
  try {
    return { warnings: parseStrategy(text, file).warnings, problems: [] }
  } catch (error) {
    if (!(error instanceof KtrdrError) || !('problems' in error.details)) throw error
    return { warnings: [], problems: error.message.split('\n') }
  }
}
