// Each setting as it is now, and where it came from.

import { nearest } from './core/did-you-mean.ts'
import { KtrdrError } from './core/errors.ts'
import type { Setting } from './setting-values.ts'
import { SETTINGS, variableOf, type SettingKey } from './setting-table.ts'
import { settingsFiles, type Origin, type Settings, type SettingSources } from './settings.ts'
import { ignoredVariables, SECRET_VARIABLES } from './upstream-variables.ts'

type Value = string | number | boolean | null

export type ShownSetting = {
  readonly key: SettingKey
  /** As ktrdr takes it: milliseconds, bytes, whole paths; null: none, or as many as are worth it. */
  readonly value: Value
  /** As it can be typed. */
  readonly text: string
  readonly origin: Origin
  readonly meaning: string
  readonly variable: string
}

export type ShownSettings = {
  readonly settings: readonly ShownSetting[]
  /** Names of variables that hold a key or a passphrase, and nothing of what they hold. */
  readonly secrets: readonly string[]
  /** Variables that do nothing. */
  readonly warnings: readonly string[]
}

/**
 * @param key one setting, or the beginning of several: `checkpoint`
 * @throws USAGE for a key that is none
 */
export function showSettings(
  settings: Settings,
  env: SettingSources['env'],
  key?: string,
): ShownSettings {
  const shown = settingKeys()
    .filter((each) => key === undefined || each === key || each.startsWith(`${key}.`))
    .map((each) => showSetting(settings, each))
  if (shown.length === 0) throw unknownSetting(key!)
  return {
    settings: shown,
    secrets: SECRET_VARIABLES.filter((name) => env[name]),
    warnings: ignoredVariables(env),
  }
}

export function settingKeys(): SettingKey[] {
  return Object.keys(SETTINGS) as SettingKey[]
}

function showSetting(settings: Settings, key: SettingKey): ShownSetting {
  const { meaning } = SETTINGS[key]
  const value = placeOf(settings, key) ?? settings.values[key]
  return {
    key,
    value,
    text: settingText(key, value),
    origin: settings.origins.get(key) ?? { kind: 'default', name: 'default' },
    meaning,
    variable: variableOf(key),
  }
}

/** What can be typed for a value. */
export function settingText(key: SettingKey, value: Value): string {
  const { text = String } = SETTINGS[key] as Setting<Value>
  return value === '' ? 'none' : text(value)
}

/** Directories as they were resolved. */
function placeOf({ layout, strategyDirectories }: Settings, key: SettingKey): string | undefined {
  switch (key) {
    case 'data_dir':
      return layout.root
    case 'models_dir':
      return layout.bundles.model
    case 'strategies_dir':
      return strategyDirectories[0]
    default:
      return undefined
  }
}

function unknownSetting(key: string): KtrdrError {
  const keys = settingKeys()
  const groups = new Set(keys.flatMap((each) => each.split('.').slice(0, -1)))
  const meant = nearest(key, [...keys, ...groups])
  const question = meant === undefined ? '' : ` Did you mean "${meant}"?`
  return new KtrdrError('USAGE', `There is no setting "${key}".${question}`, {
    suggestions: [`ktrdr config show${meant === undefined ? '' : ` ${meant}`}`],
  })
}

export type Place = { readonly name: string; readonly path: string; readonly meaning: string }

/** Where ktrdr reads and writes. */
export function settingsPlaces(
  { layout, strategyDirectories }: Settings,
  { env, cwd }: SettingSources,
): Place[] {
  const { project, user } = settingsFiles(env, cwd)
  const place = (name: string, path: string | null | undefined, meaning: string): Place[] =>
    path ? [{ name, path, meaning }] : []
  return [
    ...place('project settings', project, 'settings of this directory'),
    ...place('user settings', user, 'your settings, wherever you are'),
    ...place('strategies', strategyDirectories[0], 'where a strategy is looked up by its name'),
    ...place('data', layout.root, 'the data directory'),
    ...place('database', layout.database, 'the record of every operation'),
    ...place('packs', layout.packs, 'checkpoints'),
    ...place('logs', layout.logs, 'one log a run'),
    ...place('locks', layout.locks, 'held by whoever runs an operation'),
    ...place('bar cache', layout.barCache, 'bars that were read; may be deleted at any time'),
    ...place('models', layout.bundles.model, 'trained models'),
    ...place('results', layout.bundles.backtest, 'results of backtests'),
  ]
}
