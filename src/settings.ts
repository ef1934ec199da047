// Settings and where they come from: flags > environment > ./ktrdr.yaml > user configuration > defaults.
// Environment names are KTRDR_ + the key in upper snake case; names of upstream that still mean something work too.

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CodecChoice } from './checkpoint/codecs/codec.ts'
import { BEST } from './checkpoint/save-policy.ts'
import type { Layout } from './core/layout.ts'
import type { CleanupRules } from './operations/cleanup.ts'
import type { RunSettings } from './operations/run-settings.ts'
import {
  SETTINGS,
  settingEntries,
  variableOf,
  type SettingKey,
  type SettingValues,
} from './setting-table.ts'
import type { Raw } from './setting-values.ts'
import { readSettingsFile } from './settings-file.ts'

/** Where a value came from, the first one that has it: ./ktrdr.yaml is the file of the project. */
export const ORIGINS = ['flag', 'environment', 'project', 'user', 'default'] as const

/** @param name of the flag or variable, or the path of the file */
export type Origin = { readonly kind: (typeof ORIGINS)[number]; readonly name: string }

export type Settings = {
  readonly values: SettingValues
  /** Of what was set by somebody; the rest are defaults. */
  readonly origins: ReadonlyMap<SettingKey, Origin>
  readonly layout: Layout
  readonly strategyDirectories: readonly string[]
  readonly keySources: KeySources
}

/** Where a key may come from, the first one first. Keys and passphrases are no settings: nothing prints them. */
export type KeySources = {
  readonly keyFile?: string | undefined
  readonly key?: string | undefined
  readonly passphrase?: string | undefined
}

export type SettingSources = {
  readonly flags?: Partial<Record<SettingKey, Raw>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** @throws USAGE for an unknown key or a value of the wrong kind */
export async function resolveSettings({ flags = {}, env, cwd }: SettingSources): Promise<Settings> {
  const paths = settingsFiles(env, cwd)
  const keys = Object.keys(SETTINGS)
  const project = await readSettingsFile(paths.project, keys)
  const user = await readSettingsFile(paths.user, keys)
  const values: Record<string, Raw | null> = {}
  const origins = new Map<SettingKey, Origin>()
  for (const [key, setting] of settingEntries()) {
    const names = [variableOf(key), ...(setting.aliases ?? [])]
    const variable = names.find((name) => env[name] !== undefined && env[name] !== '')
    const candidates: [Raw | undefined, Origin][] = [
      [flags[key], { kind: 'flag', name: `--${key.replace('_', '-')}` }],
      [variable && withUnit(variable, env[variable]!), { kind: 'environment', name: variable! }],
      [project.get(key), { kind: 'project', name: paths.project }],
      [user.get(key), { kind: 'user', name: paths.user }],
    ]
    const [raw, origin] = candidates.find(([candidate]) => candidate !== undefined) ?? []
    if (raw === undefined || origin === undefined) {
      values[key] = setting.fallback
      continue
    }
    values[key] = setting.parse(raw, origin.kind === 'flag' ? key : `${key} (${origin.name})`)
    origins.set(key, origin)
  }
  const known = values as unknown as SettingValues
  const root = resolve(
    cwd,
    known.data_dir || join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'ktrdr'),
  )
  return {
    values: known,
    origins,
    layout: layoutOf(
      root,
      known.models_dir === '' ? join(root, 'models') : resolve(cwd, known.models_dir),
      known.data_cache,
    ),
    strategyDirectories: [resolve(cwd, known.strategies_dir), cwd],
    keySources: {
      keyFile: known['checkpoint.key_file'] && resolve(cwd, known['checkpoint.key_file']),
      key: env['KTRDR_ENCRYPTION_KEY'],
      passphrase: env['KTRDR_ENCRYPTION_PASSPHRASE'],
    },
  }
}

/** Where settings may stand in files. */
export function settingsFiles(
  env: SettingSources['env'],
  cwd: string,
): { readonly project: string; readonly user: string } {
  const configuration = env['XDG_CONFIG_HOME'] || join(homedir(), '.config')
  return {
    project: join(cwd, 'ktrdr.yaml'),
    user: join(configuration, 'ktrdr', 'config.yaml'),
  }
}

/** Upstream's names say the unit of a bare number; seconds are ours. */
function withUnit(variable: string, text: string): string {
  return variable.endsWith('_DAYS') && /^\d+$/.test(text) ? `${text}d` : text
}

/** What lies where below a data directory; models may lie elsewhere. */
export function layoutOf(root: string, models: string, hasCache: boolean): Layout {
  return {
    root,
    database: join(root, 'ktrdr.db'),
    packs: join(root, 'packs'),
    locks: join(root, 'locks'),
    logs: join(root, 'logs'),
    barCache: hasCache ? join(root, 'cache', 'bars') : null,
    bundles: {
      model: models,
      backtest: join(root, 'results'),
      tasks: join(root, 'tasks'),
      search: join(root, 'searches'),
      walkforward: join(root, 'walk-forwards'),
    },
  }
}

/** Whoever sets one of these means it. */
const TRIGGERS: readonly SettingKey[] = [
  'checkpoint.every_epochs',
  'checkpoint.every_bars',
  'checkpoint.interval',
]

const MTBF_MS = 8 * 3_600_000 // a laptop is closed, and a spot machine taken away, about once a working day
const SETTLE_MS = 1000

/** How a run is saved when no flag says otherwise. */
export function runSettingsOf({ values, origins }: Settings): RunSettings {
  return {
    policy: {
      every: {
        epoch: values['checkpoint.every_epochs'],
        bar: values['checkpoint.every_bars'],
        ...(values['checkpoint.on_best'] ? { [BEST]: 1 } : {}),
      },
      intervalMs: values['checkpoint.interval'] === 0 ? null : values['checkpoint.interval'],
      minIntervalMs: values['checkpoint.min_interval'],
      onStop: true,
      adaptive: TRIGGERS.some((key) => origins.has(key))
        ? null
        : {
            budgetRatio: values['checkpoint.overhead_budget'],
            mtbfMs: MTBF_MS,
            settleMs: SETTLE_MS,
          },
    },
    retention: {
      keepLast: values['checkpoint.keep_last'],
      keepBest: values['checkpoint.keep_best'],
      keepEvery: values['checkpoint.keep_every'],
      keepHourly: values['checkpoint.keep_hourly'],
      keepDaily: values['checkpoint.keep_daily'],
      keepWeekly: values['checkpoint.keep_weekly'],
      maxVersions: values['checkpoint.max_versions'] ?? 0,
    },
    rules: {
      codec: values['checkpoint.codec'] as CodecChoice,
      maxDepth: values['checkpoint.max_delta_depth'],
      inlineLimitBytes: values['checkpoint.inline_limit'],
    },
    keepCheckpoints: false,
  }
}

/** As typed; what is absent stays as the settings say. */
export type CleanupFlags = {
  /** "30d" */
  readonly olderThan?: string | undefined
  readonly keepLast?: number | undefined
  /** "5GB" */
  readonly maxSize?: string | undefined
}

/** @throws USAGE */
export function cleanupRulesOf(
  { values }: Settings,
  { olderThan, keepLast, maxSize }: CleanupFlags = {},
): CleanupRules {
  const typed = <Key extends SettingKey>(key: Key, text: string | undefined, flag: string) =>
    text === undefined ? values[key] : (SETTINGS[key].parse(text, flag) as SettingValues[Key])
  return {
    maxAgeMs: typed('checkpoint.max_age', olderThan, '--older-than'),
    maxSizeBytes: typed('checkpoint.max_size', maxSize, '--max-size'),
    keepLast,
  }
}
