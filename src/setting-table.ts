// Every setting there is. In the environment it is KTRDR_ and its key in capitals; names of upstream that still mean
// something are its aliases.

import { CODEC_CHOICES } from './checkpoint/codecs/codec.ts'
import { ENCRYPTIONS } from './checkpoint/encryption.ts'
import { LOG_LEVELS } from './core/events.ts'
import { DEFAULT_RULES } from './operations/run-settings.ts'
import {
  atLeast,
  autoOr,
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

export const SETTINGS = {
  data_dir: { fallback: '', ...pathText, meaning: 'where everything is kept' },
  models_dir: {
    fallback: '',
    ...pathText,
    meaning: 'where models are kept',
    aliases: ['KTRDR_DATA_MODELS_DIR'],
  },
  strategies_dir: {
    fallback: 'strategies',
    ...pathText,
    meaning: 'where a strategy is looked up by its name, then in ./',
    aliases: ['STRATEGIES_DIR'],
  },
  threads: {
    fallback: null,
    ...autoOr(atLeast(1)),
    meaning: 'threads to train on; auto: as many as are worth it; the result is the same',
  },
  data_cache: {
    fallback: true,
    ...yesOrNo,
    meaning: 'keep bars that were read in <data_dir>/cache, to find them faster next time',
  },
  network_file_system: {
    fallback: false,
    ...yesOrNo,
    meaning: 'let the data directory lie on a network file system, where SQLite may lose data',
  },
  shared_data_dir: {
    fallback: false,
    ...yesOrNo,
    meaning: 'let the data directory be one that other users can write to, and plant files in',
  },
  'log.level': {
    fallback: 'info',
    ...oneOf(LOG_LEVELS),
    meaning:
      'least that `operations logs` tells: debug, info, warn, error; silent: runs keep no log to watch',
  },
  'checkpoint.every_epochs': {
    fallback: 10,
    ...atLeast(1),
    meaning: 'save on multiples: 10, 20, 30 …',
    aliases: ['KTRDR_CHECKPOINT_EPOCH_INTERVAL', 'CHECKPOINT_EPOCH_INTERVAL'],
  },
  'checkpoint.every_bars': {
    fallback: 10_000,
    ...atLeast(1),
    meaning: 'the same, of a backtest',
  },
  'checkpoint.interval': {
    fallback: 60_000,
    ...duration,
    meaning: 'save so long after the last time; 0 switches it off',
    aliases: ['KTRDR_CHECKPOINT_TIME_INTERVAL_SECONDS', 'CHECKPOINT_TIME_INTERVAL_SECONDS'],
  },
  'checkpoint.on_best': {
    fallback: false,
    ...yesOrNo,
    meaning: 'also save whenever the validation loss is the lowest so far',
  },
  'checkpoint.min_interval': {
    fallback: 0,
    ...duration,
    meaning: 'least time between two periodic saves',
  },
  'checkpoint.overhead_budget': {
    fallback: 0.005,
    ...share,
    meaning: 'share of the running time that periodic saves may take while no trigger is set',
  },
  'checkpoint.keep_last': { fallback: 3, ...atLeast(1), meaning: 'newest ones to keep' },
  'checkpoint.keep_best': {
    fallback: 1,
    ...atLeast(0),
    meaning: 'those with the lowest validation loss',
  },
  'checkpoint.keep_every': {
    fallback: 0,
    ...atLeast(0),
    meaning: '10: also #10, #20, #30 …',
  },
  'checkpoint.keep_hourly': {
    fallback: 0,
    ...atLeast(0),
    meaning: '24: also the newest of each of the last 24 hours that have one',
  },
  'checkpoint.keep_daily': { fallback: 0, ...atLeast(0), meaning: 'the same of days, in UTC' },
  'checkpoint.keep_weekly': {
    fallback: 0,
    ...atLeast(0),
    meaning: 'the same of weeks, from Monday on',
  },
  'checkpoint.max_versions': {
    fallback: null,
    ...unlimited(atLeast(0)),
    meaning: 'of an operation, whatever else would keep more',
  },
  'checkpoint.max_age': {
    fallback: 30 * 86_400_000,
    ...unlimited(duration),
    meaning: 'clean-up removes what is older; none = nothing',
    aliases: ['KTRDR_CHECKPOINT_MAX_AGE_DAYS', 'CHECKPOINT_MAX_AGE_DAYS'],
  },
  'checkpoint.max_size': {
    fallback: null,
    ...unlimited(size),
    meaning: 'clean-up removes until all checkpoints fit, e.g. 5GB',
  },
  'checkpoint.inline_limit': {
    fallback: DEFAULT_RULES.inlineLimitBytes,
    ...size,
    meaning: 'parts that are no tensors stand in the database up to this size; 0: all in files',
  },
  'checkpoint.codec': {
    fallback: DEFAULT_RULES.codec as string,
    ...oneOf(CODEC_CHOICES),
    meaning: `how tensors are stored: ${CODEC_CHOICES.join(', ')}`,
  },
  'checkpoint.encryption': {
    fallback: 'none',
    ...oneOf(ENCRYPTIONS),
    meaning: 'aes-256-gcm encrypts what is saved',
  },
  'checkpoint.key_file': {
    fallback: '',
    ...pathText,
    meaning: 'file with the key, 32 bytes as they are or as hex or base64',
  },
  'checkpoint.max_delta_depth': {
    fallback: DEFAULT_RULES.maxDepth,
    ...between(0, 50),
    meaning: 'longest chain of differences to earlier checkpoints; 0 to 50',
  },
  'cleanup.auto': {
    fallback: true,
    ...yesOrNo,
    meaning: 'clean up at the start of a run, and while it goes on',
  },
  'cleanup.interval': {
    fallback: 86_400_000,
    ...duration,
    meaning: 'at most once in this time',
  },
} satisfies Record<
  string,
  Setting<string> | Setting<number> | Setting<number | null> | Setting<boolean>
>

export type SettingKey = keyof typeof SETTINGS
export type SettingValues = {
  readonly [Key in SettingKey]: ReturnType<(typeof SETTINGS)[Key]['parse']>
}

export function settingEntries(): [SettingKey, Setting<Raw | null>][] {
  return Object.entries(SETTINGS) as [SettingKey, Setting<Raw | null>][]
}

/** The name of a setting in the environment. */
export function variableOf(key: string): string {
  return `KTRDR_${key.toUpperCase().replace('.', '_')}`
}
