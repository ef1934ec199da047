// What `ktrdr help TOPIC` explains, from the tables that the program itself goes by.

import { EXIT_CODES, EXIT_MEANINGS } from './core/errors.ts'
import { SETTINGS, settingEntries, variableOf, type SettingKey } from './setting-table.ts'
import { settingText } from './show-settings.ts'
import { OTHER_VARIABLES, UPSTREAM_VARIABLES } from './upstream-variables.ts'

type Section = {
  readonly title: string
  readonly rows: readonly (readonly [name: string, meaning: string])[]
}

export type HelpPage = { readonly sections: readonly Section[]; readonly more: readonly string[] }

export const HELP_TOPICS = ['exit-codes', 'environment', 'files', 'formats'] as const
export type HelpTopic = (typeof HELP_TOPICS)[number]

export function helpTopic(topic: HelpTopic): HelpPage {
  switch (topic) {
    case 'exit-codes':
      return exitCodes()
    case 'environment':
      return environment()
    case 'files':
      return FILES
    case 'formats':
      return FORMATS
  }
}

function exitCodes(): HelpPage {
  const codesOf = (exit: string): string =>
    Object.entries(EXIT_CODES)
      .flatMap(([code, each]) => (String(each) === exit ? code : []))
      .join(' ')
  return {
    sections: [
      { title: 'EXIT CODES', rows: Object.entries(EXIT_MEANINGS) },
      {
        title: 'CODES OF ERRORS',
        rows: Object.keys(EXIT_MEANINGS)
          .map((exit) => [exit, codesOf(exit)] as const)
          .filter(([, codes]) => codes !== ''),
      },
    ],
    more: ['With --json an error is one document on stdout: {"error": {"code": …}}.'],
  }
}

function environment(): HelpPage {
  return {
    sections: [
      {
        title: 'SETTINGS',
        rows: settingEntries().map(([key, { meaning }]) => [
          variableOf(key),
          `${meaning} (${defaultText(key)})`,
        ]),
      },
      {
        title: 'NAMES OF UPSTREAM THAT WORK TOO',
        rows: settingEntries().flatMap(([key, { aliases = [] }]) =>
          aliases.map((name) => [name, variableOf(key)] as const),
        ),
      },
      {
        title: 'NAMES OF UPSTREAM THAT DO NOTHING HERE',
        rows: Object.entries(UPSTREAM_VARIABLES),
      },
      { title: 'KEYS, AND FOR TESTS', rows: Object.entries(OTHER_VARIABLES) },
      {
        title: 'OF THE SYSTEM',
        rows: [
          ['XDG_DATA_HOME', 'where the data directory lies, else ~/.local/share'],
          ['XDG_CONFIG_HOME', 'where ktrdr/config.yaml lies, else ~/.config'],
          ['XDG_CACHE_HOME', 'where compiled code is kept, else ~/.cache; safe to delete'],
          ['NO_COLOR, FORCE_COLOR', 'no colour, or colour, whatever the terminal is'],
          ['LC_ALL, LC_CTYPE, LANG', 'whether the terminal shows more than ASCII'],
        ],
      },
    ],
    more: ['What is in force now:  ktrdr config show'],
  }
}

/** Of a setting; directories have theirs by other settings. */
export function defaultText(key: SettingKey): string {
  if (key === 'data_dir') return '~/.local/share/ktrdr'
  if (key === 'models_dir') return '<data_dir>/models'
  return settingText(key, SETTINGS[key].fallback)
}

const FILES: HelpPage = {
  sections: [
    {
      title: 'SETTINGS',
      rows: [
        ['./ktrdr.yaml', 'settings of this directory'],
        ['~/.config/ktrdr/config.yaml', 'your settings, wherever you are'],
      ],
    },
    {
      title: 'STRATEGIES',
      rows: [['strategies/NAME.yaml, ./NAME.yaml', 'a strategy that is named NAME']],
    },
    {
      title: 'THE DATA DIRECTORY',
      rows: [
        ['ktrdr.db', 'the record of every operation, checkpoint and model (SQLite)'],
        ['packs/ID/*.safetensors', 'checkpoints, one file a save at most'],
        ['logs/ID.jsonl', 'the log of a run, one JSON document a line'],
        ['locks/ID.lock', 'held by whoever runs the operation; leave it alone'],
        ['cache/', 'bars that were read; safe to delete at any time'],
        ['models/NAME/SYMBOL_TIMEFRAME/vN/', 'a trained model'],
        ['results/NAME/SYMBOL_TIMEFRAME/vN/', 'the result of a backtest'],
        ['quarantine/', 'what repairs and clean-up took out, for a while'],
      ],
    },
  ],
  more: [
    'The data directory is ~/.local/share/ktrdr unless --data-dir or KTRDR_DATA_DIR says otherwise.',
    'Where everything lies for you:  ktrdr config path',
  ],
}

const FORMATS: HelpPage = {
  sections: [
    {
      title: 'WHAT IS TYPED',
      rows: [
        ['ID', 'an operation: its id, a unique beginning, its last six characters, or latest'],
        ['ID@7, ID@TAG', 'one of its checkpoints'],
        ['MODEL', 'NAME, NAME@latest, NAME@3, NAME/SYMBOL_1d@3, or a directory'],
        [
          'DATE',
          '2015-01-01, 2015-01-01T09:30, 2015-01-01T09:30:00Z; UTC; as an end a day is whole',
        ],
        ['DURATION', '90s, 10m, 12h, 30d, 250ms; a bare number is in seconds'],
        ['SIZE', '512KiB, 1MiB, 5GB'],
        ['SHARE', '5% or 0.05'],
      ],
    },
    {
      title: 'WHAT IS READ',
      rows: [
        ['bars', 'CSV, gzipped CSV or Parquet: a time, open, high, low, close, volume'],
        ['strategies', 'YAML of version 3; ktrdr migrate makes it of versions 1 and 2'],
        ['signals', 'CSV or Parquet: probabilities, BUY/HOLD/SELL, or target positions'],
      ],
    },
    {
      title: 'WHAT IS WRITTEN',
      rows: [
        ['--json', 'one JSON document on stdout; times in ISO 8601, ratios as shares'],
        ['--progress json', 'one JSON document a line, on stderr'],
        ['models', 'safetensors, with JSON beside it'],
        ['--export DIR', 'trades and equity as CSV and Parquet, metrics.json'],
        ['report', 'one HTML file that needs nothing else'],
      ],
    },
  ],
  more: [],
}
