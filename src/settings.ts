// Settings and where they come from: flags > environment > ./ktrdr.yaml > user configuration > defaults.
// Environment names are KTRDR_ + the key in upper snake case; names of upstream that still mean something work too.

import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { CODEC_CHOICES, type CodecChoice } from './checkpoint/codecs/codec.ts'
import { ENCRYPTIONS } from './checkpoint/encryption.ts'
import { BEST } from './checkpoint/save-policy.ts'
import { nearest } from './core/did-you-mean.ts'
import { KtrdrError } from './core/errors.ts'
import type { Layout } from './core/layout.ts'
import type { CleanupRules } from './operations/cleanup.ts'
import { DEFAULT_RULES, type RunSettings } from './operations/run-settings.ts'
import {
  atLeast,
  between,
  duration,
  oneOf,
  pathText,
  share,
  size,
  unlimited,
  yesOrNo,
  type Raw,
  type Setting,
} from './setting-values.ts'

/** null = as many as are worth it. */
const threads: Setting<number | null> = {
  fallback: null,
  parse: (raw, key) => (raw === 'auto' ? null : atLeast(1)(raw, key)),
}

export const SETTINGS = {
  data_dir: { fallback: '', parse: pathText },
  models_dir: { fallback: '', parse: pathText, aliases: ['KTRDR_DATA_MODELS_DIR'] },
  strategies_dir: { fallback: 'strategies', parse: pathText, aliases: ['STRATEGIES_DIR'] },
  threads,
  data_cache: { fallback: true, parse: yesOrNo },
  'checkpoint.every_epochs': {
    fallback: 10,
    parse: atLeast(1),
    aliases: ['KTRDR_CHECKPOINT_EPOCH_INTERVAL', 'CHECKPOINT_EPOCH_INTERVAL'],
  },
  'checkpoint.every_bars': { fallback: 10_000, parse: atLeast(1) },
  'checkpoint.interval': {
    fallback: 60_000,
    parse: duration,
    aliases: ['KTRDR_CHECKPOINT_TIME_INTERVAL_SECONDS', 'CHECKPOINT_TIME_INTERVAL_SECONDS'],
  },
  'checkpoint.on_best': { fallback: false, parse: yesOrNo },
  'checkpoint.min_interval': { fallback: 0, parse: duration },
  'checkpoint.overhead_budget': { fallback: 0.005, parse: share },
  'checkpoint.keep_last': { fallback: 3, parse: atLeast(1) },
  'checkpoint.keep_best': { fallback: 1, parse: atLeast(0) },
  'checkpoint.keep_every': { fallback: 0, parse: atLeast(0) },
  'checkpoint.keep_hourly': { fallback: 0, parse: atLeast(0) },
  'checkpoint.keep_daily': { fallback: 0, parse: atLeast(0) },
  'checkpoint.keep_weekly': { fallback: 0, parse: atLeast(0) },
  'checkpoint.max_versions': { fallback: null, parse: unlimited(atLeast(0)) },
  'checkpoint.max_age': { fallback: 30 * 86_400_000, parse: unlimited(duration) },
  'checkpoint.max_size': { fallback: null, parse: unlimited(size) },
  'checkpoint.inline_limit': { fallback: DEFAULT_RULES.inlineLimitBytes, parse: size },
  'checkpoint.codec': {
    fallback: DEFAULT_RULES.codec as string,
    parse: oneOf(CODEC_CHOICES),
  },
  'checkpoint.encryption': { fallback: 'none', parse: oneOf(ENCRYPTIONS) },
  'checkpoint.key_file': { fallback: '', parse: pathText },
  'checkpoint.max_delta_depth': { fallback: DEFAULT_RULES.maxDepth, parse: between(0, 50) },
  'cleanup.auto': { fallback: true, parse: yesOrNo },
  'cleanup.interval': { fallback: 86_400_000, parse: duration },
} satisfies Record<
  string,
  Setting<string> | Setting<number> | Setting<number | null> | Setting<boolean>
>

export type SettingKey = keyof typeof SETTINGS
export type SettingValues = {
  readonly [Key in SettingKey]: ReturnType<(typeof SETTINGS)[Key]['parse']>
}

export type Settings = {
  readonly values: SettingValues
  /** What was set by somebody; the rest are defaults. */
  readonly given: ReadonlySet<SettingKey>
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
  const project = await readConfig(join(cwd, 'ktrdr.yaml'))
  const user = await readConfig(
    join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'ktrdr', 'config.yaml'),
  )
  const values: Record<string, Raw | null> = {}
  const given = new Set<SettingKey>()
  for (const [key, setting] of Object.entries(SETTINGS) as [SettingKey, Setting<Raw | null>][]) {
    const names = [`KTRDR_${key.toUpperCase().replace('.', '_')}`, ...(setting.aliases ?? [])]
    const variable = names.find((name) => env[name] !== undefined && env[name] !== '')
    const candidates: [Raw | undefined, string][] = [
      [flags[key], key],
      [variable && env[variable], `${key} (${variable})`],
      [project.values.get(key), `${key} (${project.path})`],
      [user.values.get(key), `${key} (${user.path})`],
    ]
    const [raw, name] = candidates.find(([candidate]) => candidate !== undefined) ?? []
    values[key] = raw === undefined ? setting.fallback : setting.parse(raw, name!)
    if (raw !== undefined) given.add(key)
  }
  const known = values as unknown as SettingValues
  const root = resolve(
    cwd,
    known.data_dir || join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'ktrdr'),
  )
  return {
    values: known,
    given,
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

function layoutOf(root: string, models: string, hasCache: boolean): Layout {
  return {
    root,
    database: join(root, 'ktrdr.db'),
    packs: join(root, 'packs'),
    locks: join(root, 'locks'),
    logs: join(root, 'logs'),
    barCache: hasCache ? join(root, 'cache', 'bars') : null,
    bundles: { model: models, backtest: join(root, 'results') },
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
export function runSettingsOf({ values, given }: Settings): RunSettings {
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
      adaptive: TRIGGERS.some((key) => given.has(key))
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

type Config = { readonly path: string; readonly values: ReadonlyMap<string, Raw> }

/** Keys of a YAML file, nested ones joined by dots. A file that is not there is empty. */
async function readConfig(path: string): Promise<Config> {
  const values = new Map<string, Raw>()
  if (!existsSync(path)) return { path, values }
  // Within the limits of a strategy: a file that comes with a project is not to be trusted more.
  const { readDocument } = await import('./strategy/strategy-document.ts')
  const { formatProblem } = await import('./strategy/problems.ts')
  const { root, problems } = readDocument(readFileSync(path, 'utf8'), path)
  if (problems[0]) throw new KtrdrError('USAGE', `${formatProblem(problems[0])}.`)
  const walk = (value: unknown, prefix: string): void => {
    if (value === null || value === undefined) return
    if (typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, item] of Object.entries(value))
        walk(item, prefix === '' ? key : `${prefix}.${key}`)
      return
    }
    if (!Object.hasOwn(SETTINGS, prefix)) throw unknownKey(path, prefix)
    if (typeof value === 'object')
      throw new KtrdrError('USAGE', `${path}: ${prefix} is a list; expected one value.`)
    values.set(prefix, value as Raw)
  }
  walk(root, '')
  return { path, values }
}

function unknownKey(path: string, key: string): KtrdrError {
  const known = Object.keys(SETTINGS)
  const meant = nearest(key, known)
  return new KtrdrError('USAGE', `${path}: there is no setting "${key}".`, {
    suggestions: meant === undefined ? known : [meant],
  })
}
